/** Selects where secrets are read. No Nest module: they are read before there is an application. */
import type { SecretsAccess } from './secrets.aws.js';
import { SecretsMock } from './secrets.mock.js';
import type { SecretOutcome, SecretsProvider } from './secrets.provider.js';

export type SecretsSource =
  | { readonly kind: 'aws'; readonly access: SecretsAccess }
  | { readonly kind: 'mock'; readonly secrets: ReadonlyMap<string, string | SecretOutcome> };

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
