import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApp } from '../../src/app.js';
import { unfitness } from '../../src/database/door-role.js';
import { withClient } from '../../src/database/provision.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const plant = (sql: string) => withClient(database.adminUrl, async (admin) => void (await admin.query(sql)));

test.each([
  [
    'DELETE',
    'GRANT DELETE ON members TO bulkhead_tenant',
    'bulkhead_tenant may DELETE from or TRUNCATE members',
  ],
  [
    'TRUNCATE',
    'GRANT TRUNCATE ON sessions TO bulkhead_entry',
    'bulkhead_entry may DELETE from or TRUNCATE sessions',
  ],
  ['a table of its own', 'ALTER TABLE users OWNER TO bulkhead_platform', 'bulkhead_platform owns users'],
  [
    'what everybody was given',
    'GRANT DELETE ON users TO PUBLIC',
    'bulkhead_tenant may DELETE from or TRUNCATE users',
  ],
])('S3.2: a role with %s does not start', async (_what, sql, problem) => {
  await plant(sql);
  await expect(createApp(database.settings())).rejects.toThrow(problem);
});

// These belong to the whole server, which other tests share, so they are not planted.
test('S3.2: neither does a superuser nor a role that bypasses row-level security', () => {
  const fit = { role: 'r', superuser: false, bypass: false, owned: [], erasable: [] };
  expect(unfitness(fit)).toEqual([]);
  expect(unfitness({ ...fit, superuser: true })).toEqual(['r is a superuser']);
  expect(unfitness({ ...fit, bypass: true })).toEqual(['r has BYPASSRLS']);
});

test('the roles as declared do', async () => {
  const app = await createApp(database.settings());
  expect(app.getHttpServer().listening).toBe(false);
  await app.close();
});
