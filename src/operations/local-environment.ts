/** What `local` makes by itself when nobody gives it: the embedded database with its roles, and signing keys. */
import { randomBytes } from 'node:crypto';
import type { ProcessEnvironment, Purpose } from '../config/settings.js';
import { databaseUrl, provision } from '../database/provision.js';
import { roleNames, type RoleName } from '../database/roles.js';
import { localSecret, startLocalPostgres, type LocalPostgres } from '../local-postgres/local-postgres.js';

export const localDatabase = 'bulkhead_local';

const roleSettings = {
  DATABASE_URL: 'bulkhead_tenant',
  DATABASE_ENTRY_URL: 'bulkhead_entry',
  DATABASE_PLATFORM_URL: 'bulkhead_platform',
  DATABASE_QUEUE_URL: 'bulkhead_queue',
  DATABASE_DIRECT_URL: 'bulkhead_queue',
  DATABASE_OWNER_URL: 'bulkhead_owner',
} as const satisfies Record<string, RoleName>;

const keySettings = {
  ACCESS_TOKEN_KEYS: 'access-token-key',
  REFRESH_TOKEN_KEYS: 'refresh-token-key',
  CREDENTIAL_KEYS: 'credential-key',
} as const;

/** Whether somebody brings a database of their own; half of one is their mistake to mend, not ours to complete. */
export function namesDatabase(env: ProcessEnvironment): boolean {
  return Object.keys(roleSettings).some((setting) => env[setting] !== undefined);
}

/** Stands in for what will be made, so that everything else can be checked before anything is started. */
export function withPlaceholders(env: ProcessEnvironment): ProcessEnvironment {
  const urls = roleUrls('postgresql://127.0.0.1:5432', env['DB_NAME'] ?? localDatabase, () => 'placeholder');
  const keys = Object.fromEntries(
    Object.keys(keySettings).map((setting) => [setting, `local:${randomBytes(32).toString('base64url')}`]),
  );
  return { ...(namesDatabase(env) ? {} : urls), ...keys, ...env };
}

/** @returns the environment with keys that are kept in the state folder; those given win */
export function withLocalKeys(env: ProcessEnvironment, stateDir: string): ProcessEnvironment {
  const keys = Object.fromEntries(
    Object.entries(keySettings).map(([setting, name]) => [setting, `local:${localSecret(stateDir, name)}`]),
  );
  return { ...keys, ...env };
}

/** Starts (or finds) the embedded server, provisions it, and says how each role signs in. */
export async function startEmbeddedDatabase(
  env: ProcessEnvironment,
  stateDir: string,
  onProgress: (line: string) => void,
  purpose: Purpose,
): Promise<{ server: LocalPostgres; env: ProcessEnvironment }> {
  const server = await startLocalPostgres({ stateDir, onProgress, settings: { max_connections: '200' } });
  const database = env['DB_NAME'] ?? localDatabase;
  const passwordOf = (role: RoleName) => localSecret(stateDir, role.replaceAll('_', '-'));
  const passwords = Object.fromEntries(roleNames.map((role) => [role, passwordOf(role)]));
  const adminUrl = server.superuserUrl('postgres');
  try {
    await provision({ environment: 'local', adminUrl, database, passwords });
  } catch (error) {
    await server.stop();
    throw error;
  }
  const reader = { name: 'bulkhead_readonly', password: passwordOf('bulkhead_readonly') };
  // Commands look through it; a serving process must not hold it.
  const more = purpose === 'serve' ? {} : { DATABASE_READONLY_URL: databaseUrl(adminUrl, database, reader) };
  return { server, env: { ...env, ...roleUrls(adminUrl, database, passwordOf), ...more } };
}

/** @param serverUrl host and port are taken from it */
export function roleUrls(
  serverUrl: string,
  database: string,
  passwordOf: (role: RoleName) => string,
): ProcessEnvironment {
  return Object.fromEntries(
    Object.entries(roleSettings).map(([setting, name]) => [
      setting,
      databaseUrl(serverUrl, database, { name, password: passwordOf(name) }),
    ]),
  );
}
