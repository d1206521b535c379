import type { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inspectCatalog } from '../../src/database/catalog/catalog.js';
import {
  appliedMigrations,
  migrateDown,
  migrateUp,
  migrationNames,
  migrationState,
} from '../../src/database/migrations.js';
import { connect, createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let admin: Client;
beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  admin = await connect(database.adminUrl);
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});

/** Everything that structure is made of, as text. */
async function structure(): Promise<string[]> {
  const { rows } = await admin.query<{ line: string }>(`
    SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull
           || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '') AS line
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
       AND c.relname NOT IN ('migrations', 'environment_stamp')
    UNION ALL SELECT c.conrelid::regclass || ' ' || c.conname || ' ' || pg_get_constraintdef(c.oid)
      FROM pg_constraint c WHERE c.connamespace = 'public'::regnamespace AND c.conrelid::regclass::text NOT IN ('migrations', 'environment_stamp')
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT IN ('migrations', 'environment_stamp')
    UNION ALL SELECT tablename || ' ' || policyname || ' ' || cmd || roles::text || coalesce(qual, '') || coalesce(with_check, '')
      FROM pg_policies
    UNION ALL SELECT proname || ' ' || prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    ORDER BY 1`);
  return rows.map(({ line }) => line);
}

test('S2.3: every migration goes up, down and up again, and leaves the same structure', async () => {
  const ownerUrl = database.urlOf('bulkhead_owner');
  expect(await appliedMigrations(ownerUrl)).toEqual([]);
  expect(await migrateUp(ownerUrl, 'local')).toEqual(migrationNames);
  const first = await structure();
  expect(first.length).toBeGreaterThan(50);
  for (const _ of migrationNames) await migrateDown(ownerUrl, 'local');
  expect(await structure()).toEqual([]);
  expect(await migrateUp(ownerUrl, 'local')).toEqual(migrationNames);
  expect(await structure()).toEqual(first);
  expect(await inspectCatalog(admin)).toEqual([]);
});

test('S2.5: what was applied is recorded, and applying again does nothing', async () => {
  const ownerUrl = database.urlOf('bulkhead_owner');
  expect(await migrateUp(ownerUrl, 'local')).toEqual([]);
  expect(await appliedMigrations(database.urlOf('bulkhead_platform'))).toEqual(migrationNames);
});

test('two processes that migrate at once: one does it, the other finds it done', async () => {
  const other = await createTestDatabase({ empty: true });
  const applied = await Promise.all([1, 2, 3].map(() => migrateUp(other.urlOf('bulkhead_owner'), 'local')));
  expect(applied.flat()).toEqual(migrationNames);
  await other.drop();
});

test('grants that somebody added by hand are taken away', async () => {
  await admin.query('GRANT DELETE, TRUNCATE ON members TO bulkhead_tenant, PUBLIC');
  await admin.query('GRANT UPDATE (password_hash), SELECT (password_hash) ON users TO bulkhead_platform');
  await migrateUp(database.urlOf('bulkhead_owner'), 'local');
  expect(await inspectCatalog(admin)).toEqual([]);
});

test('a pending and an unknown migration are told apart', () => {
  expect(migrationState([])).toEqual({ pending: migrationNames, unknown: [] });
  expect(migrationState([...migrationNames, 'Later1']).unknown).toEqual(['Later1']);
});
