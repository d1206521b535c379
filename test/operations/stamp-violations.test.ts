/** Every database that the settings name says which environment it is, or the start is refused. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stampViolations } from '../../src/operations/stamp-violations.js';
import { connect, createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const asked = async (environment: 'local' | 'staging', more: Record<string, string> = {}) => {
  const env = { DATABASE_URL: database.urlOf('bulkhead_tenant'), ...more };
  return (await stampViolations(env, environment)).map(({ setting, problem }) => `${setting} ${problem}`);
};

test('ours is none, another environment’s is one, through each URL that leads to it', async () => {
  const more = { DATABASE_ENTRY_URL: database.urlOf('bulkhead_entry'), APP_URL: 'https://bulkhead.example' };
  expect(await asked('local', more)).toEqual([]);
  const wrong =
    'leads to the wrong place: the stamp of the database says local, and this is staging: name the right database';
  expect(await asked('staging', more)).toEqual([`DATABASE_URL ${wrong}`, `DATABASE_ENTRY_URL ${wrong}`]);
});

test('one that is reached and does not say is refused; one that is not reached is nobody’s mistake yet', async () => {
  const admin = await connect(database.adminUrl);
  await admin.query('REVOKE SELECT ON environment_stamp FROM bulkhead_tenant');
  const nowhere = database.urlOf('bulkhead_entry').replace(/:\d+\//, ':1/');
  expect(await asked('local', { DATABASE_ENTRY_URL: nowhere })).toEqual([
    'DATABASE_URL leads to the wrong place: the database does not say which environment it is',
  ]);
  await admin.query('DROP TABLE environment_stamp');
  expect(await asked('local')).toEqual([expect.stringContaining('the database has no stamp')]);
  await admin.end();
});
