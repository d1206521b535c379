/** For every environment, settings that are right; a test then spoils one. Every secret in them is recognisable. */
import {
  loadSettings,
  SettingsError,
  type Purpose,
  type SettingViolation,
} from '../../src/config/settings.js';
import type { Environment } from '../../src/environment/environment.js';

export type Given = Readonly<Record<string, string>>;

/** What no message may ever contain: passwords, keys and tokens that the settings below are made of. */
export const secrets = {
  password: 'hunter2-tenant-password',
  otherPassword: 'hunter2-owner-password',
  accessKey: 'AccessSecretAccessSecret-0123456789_abcdefghij',
  refreshKey: 'RefreshSecretRefresh-9876543210_klmnopqrstuvwx',
  credentialKey: 'CredentialSecretCredential-0246813579_yzABc',
  weakKey: 'WeakSecretAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  metricsToken: 'MetricsSecretMetricsSecret-0123456789',
  shortToken: 'ShortSecretToken',
} as const;

const databases: Readonly<Record<Environment, string>> = {
  local: 'bulkhead_local',
  staging: 'bulkhead_staging',
  production: 'bulkhead',
};

/** Each role has a password of its own. */
export function urlOf(
  role: string,
  database: string,
  password: string = `${secrets.password}.${role}`,
): string {
  return `postgresql://${role}:${password}@127.0.0.1:1/${database}`;
}

/** The addresses that a serving process needs, all of one database. */
export function urlsOf(database: string): Given {
  return {
    DATABASE_URL: urlOf('bulkhead_tenant', database),
    DATABASE_ENTRY_URL: urlOf('bulkhead_entry', database),
    DATABASE_PLATFORM_URL: urlOf('bulkhead_platform', database),
    DATABASE_QUEUE_URL: urlOf('bulkhead_queue', database),
  };
}

export function completeSettings(environment: Environment): Given {
  return {
    APP_ENV: environment,
    ...urlsOf(databases[environment]),
    ACCESS_TOKEN_KEYS: `a1:${secrets.accessKey}`,
    REFRESH_TOKEN_KEYS: `r1:${secrets.refreshKey}`,
    CREDENTIAL_KEYS: `c1:${secrets.credentialKey}`,
    METRICS_TOKEN: secrets.metricsToken,
    ...(environment !== 'local' && { APP_URL: 'https://bulkhead.example', SERVICE_OWNER: 'support-tools' }),
    ...(environment === 'staging' && { MOCKS_DIR: '/var/lib/bulkhead/mocks' }),
  };
}

/** The secrets that a text gives away; a piece of one counts, because half a password is no longer a password. */
export function secretsIn(text: string): string[] {
  const pieces = Object.values(secrets).flatMap((secret) => [secret, secret.slice(0, 12), secret.slice(-12)]);
  return pieces.filter((piece) => text.includes(piece));
}

export function without(given: Given, ...settings: string[]): Given {
  return Object.fromEntries(Object.entries(given).filter(([setting]) => !settings.includes(setting)));
}

/** What is wrong with the settings. @throws when a message about it gives a secret away */
export function violationsOf(given: Given, purpose?: Purpose): readonly SettingViolation[] {
  try {
    loadSettings(given, purpose);
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const leaked = secretsIn(JSON.stringify([error.message, error.violations]));
    if (leaked.length > 0) throw new Error(`told a secret: ${error.message}`, { cause: error });
    return error.violations;
  }
}

/** The settings that are wrong, in order. */
export function wrongIn(given: Given, purpose?: Purpose): string[] {
  return violationsOf(given, purpose)
    .map(({ setting }) => setting)
    .toSorted();
}
