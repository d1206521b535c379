import { afterAll, beforeAll, expect, test } from 'vitest';
import { appliedMigrations, migrationNames } from '../../../src/database/migrations.js';
import { inspectDatabase } from '../../../src/operations/preflight/database.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

let database: TestDatabase;
beforeAll(async () => void (database = await createTestDatabase()));
afterAll(() => database.drop());

test('a real database says its name, who signs in, its version and its stamp', async () => {
  const facts = await inspectDatabase(database.urlOf('bulkhead_platform'), async (client) => {
    await client.query('SELECT 1');
    return 'local';
  });
  expect(facts).toEqual({
    name: database.name,
    role: 'bulkhead_platform',
    version: expect.any(Number),
    stamp: 'local',
  });
  expect(facts.version).toBeGreaterThanOrEqual(150_000);
  expect(await appliedMigrations(database.urlOf('bulkhead_platform'))).toEqual(migrationNames);
});

test('one that cannot be reached fails with its code', async () => {
  const url = database.urlOf('bulkhead_tenant').replace(/:\d+\//, ':1/');
  await expect(inspectDatabase(url, async () => undefined)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
