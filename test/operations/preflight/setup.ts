/** A staging that is right in everything, asked through the real adapters at a stand-in; a test then spoils one thing. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '../../../src/config/settings.js';
import { migrationNames } from '../../../src/database/migrations.js';
import type { Artifact } from '../../../src/operations/preflight/artifact.js';
import { preflight } from '../../../src/operations/preflight/preflight.js';
import type {
  Check,
  PreflightDependencies,
  PreflightOptions,
} from '../../../src/operations/preflight/types.js';
import { AwsAccess } from '../../../src/providers/cloud/aws-access.js';
import { CloudAws } from '../../../src/providers/cloud/cloud.aws.js';
import { SecretsAws } from '../../../src/providers/secrets/secrets.aws.js';
import { startAwsStandIn, type StandIn } from '../../cloud/aws-stand-in.js';
import { completeSettings, secretsIn } from '../../config/complete-settings.js';

export const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'not-a-secret' };
export const fingerprintKey = 'fingerprint-key-of-both-environments-0123456789';
export const names = {
  databases: 'bulkhead/staging/databases',
  keys: 'bulkhead/staging/access-token-keys',
  killSwitch: '/bulkhead/staging/kill-switch',
};
const given = completeSettings('staging');

export interface Staging {
  readonly aws: StandIn;
  readonly folder: string;
  readonly env: Record<string, string>;
  run(
    spoilt?: Partial<PreflightDependencies>,
    options?: Partial<PreflightOptions>,
  ): Promise<{ code: number; lines: string; artifact: Artifact; progress: string[] }>;
  stop(): Promise<void>;
}

export async function newStaging(): Promise<Staging> {
  const aws = await startAwsStandIn();
  aws.state.secrets.set(names.databases, JSON.stringify({ tenant: given['DATABASE_URL'] }));
  aws.state.secrets.set(names.keys, given['ACCESS_TOKEN_KEYS']!);
  aws.state.parameters.set(names.killSwitch, 'off');
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-preflight-'));
  const env = {
    ...given,
    DATABASE_URL: `secretsmanager:${names.databases}#tenant`,
    ACCESS_TOKEN_KEYS: `secretsmanager:${names.keys}`,
    AWS_ACCOUNT_ID: aws.state.account,
    AWS_REGION: 'us-east-2',
    FINGERPRINT_KEY: fingerprintKey,
  };
  return {
    aws,
    folder,
    env,
    run: async (spoilt = {}, options = {}) => {
      const progress: string[] = [];
      const out = join(folder, 'made/when-needed/preflight.json');
      const dependencies = { ...dependenciesOn(aws.endpoint, env, progress), ...spoilt };
      const chosen = { env: 'staging', region: 'us-east-2', out, ...options };
      const { code = 0, lines } = await preflight(chosen, dependencies);
      const written = readFileSync(out, 'utf8');
      const shown = lines.join('\n');
      // Whatever a test spoils, no secret and no person may be seen.
      const leaked = [...secretsIn(written + shown), ...(/jane|@/.exec(written + shown) ?? [])];
      if (leaked.length > 0) throw new Error(`told ${leaked.join()}: ${shown}`);
      return { code, lines: shown, artifact: JSON.parse(written) as Artifact, progress };
    },
    stop: async () => {
      await aws.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

export function dependenciesOn(
  endpoint: string,
  env: Record<string, string>,
  progress: string[],
): PreflightDependencies {
  return {
    env,
    openAccount: async (region) => {
      const access = new AwsAccess({ region, endpoint, credentials });
      return { cloud: new CloudAws(access), secrets: new SecretsAws(access) };
    },
    complete: async (resolved) => ({ settings: loadSettings(resolved, 'preflight') }),
    inspectDatabase: async (url) => ({
      name: 'bulkhead_staging',
      role: new URL(url).username,
      version: 170_004,
      stamp: 'staging',
    }),
    appliedMigrations: async () => migrationNames,
    readMongoStamp: async () => 'staging',
    whoAmI: {},
    onProgress: (line) => progress.push(line),
  };
}

export function failedIn({ checks }: { readonly checks: readonly Check[] }): string[] {
  return checks.filter(({ status }) => status === 'failed').map(({ name }) => name);
}

export function checkIn({ checks }: { readonly checks: readonly Check[] }, name: string): Check | undefined {
  return checks.find((check) => check.name === name);
}
