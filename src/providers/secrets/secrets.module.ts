/** Selects where secrets are read: before there is an application, for its settings; in it, for the keys that rotate. */
import { Global, Inject, Logger, Module, type DynamicModule, type OnModuleDestroy } from '@nestjs/common';
import { Config } from '../../config/config.module.js';
import { judgeKeys, type KeyLists } from '../../config/key-lists.js';
import { fixedKeys, KeyRing } from './key-ring.provider.js';
import { RotatingKeys } from './rotating-keys.js';
import type { SecretsAccess } from './secrets.aws.js';
import { SecretsMock } from './secrets.mock.js';
import type { SecretOutcome, SecretsProvider } from './secrets.provider.js';

export type SecretsSource =
  | { readonly kind: 'aws'; readonly access: SecretsAccess }
  | { readonly kind: 'mock'; readonly secrets: ReadonlyMap<string, string | SecretOutcome> };

/** Opens the account; called only where a list of keys came from a secret. */
export type OpenSource = (region: string) => Promise<SecretsSource>;

@Global()
@Module({})
export class SecretsModule implements OnModuleDestroy {
  constructor(@Inject(KeyRing) private readonly ring: KeyRing) {}

  static register(open: OpenSource): DynamicModule {
    const useFactory = async (config: Config) => select(config, open);
    return {
      module: SecretsModule,
      providers: [{ provide: KeyRing, inject: [Config], useFactory }],
      exports: [KeyRing],
    };
  }

  onModuleDestroy(): void {
    if (this.ring instanceof RotatingKeys) this.ring.stop();
  }
}

async function select(config: Config, open: OpenSource): Promise<KeyRing> {
  const references = config.get('keyReferences', { infer: true });
  const aws = config.get('aws', { infer: true });
  const lists: KeyLists = {
    ACCESS_TOKEN_KEYS: config.get('accessTokenKeys', { infer: true }),
    REFRESH_TOKEN_KEYS: config.get('refreshTokenKeys', { infer: true }),
    CREDENTIAL_KEYS: config.get('credentialKeys', { infer: true }),
  };
  if (!aws || Object.keys(references).length === 0) return fixedKeys(lists);
  const logger = new Logger(KeyRing.name);
  const policy = config.get('policy', { infer: true });
  const ring = new RotatingKeys({
    lists,
    references,
    secrets: await openSecrets(await open(aws.region)),
    judge: (setting, text, inForce) => judgeKeys(setting, text, inForce, policy),
    report: (line) => logger.warn(line),
  });
  ring.start();
  return ring;
}

/** The SDK is loaded only when it is needed. */
export async function openSecrets(source: SecretsSource): Promise<SecretsProvider> {
  switch (source.kind) {
    case 'aws': {
      const { SecretsAws } = await import('./secrets.aws.js');
      return new SecretsAws(source.access);
    }
    case 'mock':
      return new SecretsMock(source.secrets);
  }
}
