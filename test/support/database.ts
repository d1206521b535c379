/** A database of a test file's own, copied from the migrated template and dropped afterwards. */
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { join } from 'node:path';
import { inject } from 'vitest';
import { loadSettings, type Settings } from '../../src/config/settings.js';
import { claimDatabase, databaseUrl, withClient } from '../../src/database/provision.js';
import type { RoleName } from '../../src/database/roles.js';
import { roleUrls } from '../../src/operations/local-environment.js';
import { template } from './global-setup.js';

export interface TestDatabase {
  readonly name: string;
  /** The server's superuser, in this database: to plant what the application may not. */
  readonly adminUrl: string;
  urlOf(role: RoleName): string;
  settings(overrides?: Record<string, string>): Settings;
  drop(): Promise<void>;
}

/** @param empty without tables and grants: roles and database only */
export async function createTestDatabase({ empty = false } = {}): Promise<TestDatabase> {
  const { adminUrl, passwords } = inject('postgres');
  const name = `bulkhead_local_${randomBytes(6).toString('hex')}`;
  await withClient(adminUrl, async (admin) => {
    await admin.query(
      `CREATE DATABASE ${name} OWNER bulkhead_owner TEMPLATE ${empty ? 'template0' : template}`,
    );
  });
  // Rights on the database itself are not copied with the template.
  await withClient(databaseUrl(adminUrl, name), (admin) => claimDatabase(admin, name, 'local'));
  const mocksDir = join(inject('mocksDir'), name);
  const urlOf = (role: RoleName) => databaseUrl(adminUrl, name, { name: role, password: passwords[role]! });
  return {
    name,
    adminUrl: databaseUrl(adminUrl, name),
    urlOf,
    settings: (overrides = {}) =>
      loadSettings({
        APP_ENV: 'local',
        LOG_LEVEL: 'silent',
        // Jobs are worked off where a test asks for it.
        ROLE: 'api',
        // Its own outbox and faults, gone with the temporary folder.
        MOCKS_DIR: mocksDir,
        ...roleUrls(adminUrl, name, (role) => passwords[role]!),
        ...testKeys,
        ...overrides,
      }),
    drop: () =>
      withClient(adminUrl, async (admin) => void (await admin.query(`DROP DATABASE ${name} WITH (FORCE)`))),
  };
}

export const testKeys = {
  ACCESS_TOKEN_KEYS: `test:${randomBytes(32).toString('base64url')}`,
  REFRESH_TOKEN_KEYS: `test:${randomBytes(32).toString('base64url')}`,
  CREDENTIAL_KEYS: `test:${randomBytes(32).toString('base64url')}`,
};

export async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}
