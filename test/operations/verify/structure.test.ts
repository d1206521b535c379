/** A structure that is not the declared one: each difference is found by `ops verify`, and by its name. */
import type { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openShops, type Shops } from './shops.js';

let s: Shops;
let planter: Client;
beforeAll(async () => {
  s = await openShops();
  ({ planter } = s);
});
afterAll(() => s.close());
const planned = async (sql: string) => planter.query(sql);

const key = 'members_user_id_fkey';
const readd = `ALTER TABLE members DROP CONSTRAINT IF EXISTS ${key}; ALTER TABLE members ADD CONSTRAINT ${key} FOREIGN KEY (user_id) REFERENCES users (id)`;
/** What is done to the structure, how it is put back, and the finding it must cause. */
const structure: readonly [string, sql: string, undo: string, object: string, problem: RegExp][] = [
  [
    'a foreign key that is NOT VALID',
    `ALTER TABLE members DROP CONSTRAINT ${key}; ALTER TABLE members ADD CONSTRAINT ${key} FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID`,
    readd,
    `members.${key}`,
    /is NOT VALID/,
  ],
  [
    'a foreign key whose triggers are off',
    'ALTER TABLE members DISABLE TRIGGER ALL',
    'ALTER TABLE members ENABLE TRIGGER ALL',
    `members.${key}`,
    /is not enforced/,
  ],
  [
    'row-level security off',
    'ALTER TABLE contacts DISABLE ROW LEVEL SECURITY',
    'ALTER TABLE contacts ENABLE ROW LEVEL SECURITY',
    'contacts',
    /ENABLE is missing/,
  ],
  [
    'row-level security that the owner escapes',
    'ALTER TABLE contacts NO FORCE ROW LEVEL SECURITY',
    'ALTER TABLE contacts FORCE ROW LEVEL SECURITY',
    'contacts',
    /FORCE is missing/,
  ],
  [
    'a missing policy',
    'ALTER POLICY own_organization ON contacts RENAME TO gone',
    'ALTER POLICY gone ON contacts RENAME TO own_organization',
    'contacts.own_organization',
    /is a declared policy that is missing/,
  ],
  [
    'rows that a policy hides from it',
    'ALTER POLICY read_across ON contacts TO bulkhead_backup, bulkhead_platform',
    'ALTER POLICY read_across ON contacts TO bulkhead_backup, bulkhead_platform, bulkhead_readonly',
    'contacts',
    /no policy that shows bulkhead_readonly every row/,
  ],
  [
    'rows that a restrictive policy hides from it',
    'CREATE POLICY hides ON contacts AS RESTRICTIVE FOR SELECT TO bulkhead_readonly USING (false)',
    'DROP POLICY hides ON contacts',
    'contacts',
    /no policy that shows bulkhead_readonly every row/,
  ],
  [
    'a grant too many',
    'GRANT DELETE ON contacts TO bulkhead_tenant',
    'REVOKE DELETE ON contacts FROM bulkhead_tenant',
    'bulkhead_tenant DELETE contacts',
    /granted but not declared/,
  ],
  [
    'a table of another owner',
    'ALTER TABLE contacts OWNER TO CURRENT_USER',
    'ALTER TABLE contacts OWNER TO bulkhead_owner',
    'contacts',
    /^is owned by/,
  ],
  [
    'a table it may not count',
    'CREATE TABLE planted (organization_id uuid, id uuid)',
    'DROP TABLE planted',
    'planted',
    /may not read: its rows are not counted/,
  ],
  [
    'an organization_id that is no uuid, without falling over it',
    'CREATE TABLE planted (organization_id text); GRANT SELECT ON planted TO bulkhead_readonly',
    'DROP TABLE planted',
    'planted',
    /is no uuid: its rows are not counted/,
  ],
  [
    'a table that another schema hides',
    'CREATE SCHEMA strange; CREATE TABLE strange.planted (organization_id uuid)',
    'DROP SCHEMA strange CASCADE',
    'strange.planted',
    /may not read/,
  ],
  [
    'a rule that cannot be asked, and goes on',
    'ALTER TABLE template_versions RENAME number TO no',
    'ALTER TABLE template_versions RENAME no TO number',
    'templates: its number is a version of its template',
    /could not be checked \(SQLSTATE 42703\)/,
  ],
];

test.each(structure)('%s', async (_what, sql, undo, object, problem) => {
  await planned(sql);
  try {
    const { code, findings } = await s.verified(s.shop.slug);
    expect(code).toBe(1);
    expect(findings).toContainEqual({ object, problem: expect.stringMatching(problem) });
  } finally {
    await planned(undo);
  }
  expect((await s.verified()).findings).toEqual([]);
});
