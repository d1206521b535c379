/** The catalog check, and proof that it bites: each planted mistake is found, by name, and nothing else is. */
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inspectCatalog } from '../../src/database/catalog/catalog.js';
import { connect, createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let admin: Client;
beforeAll(async () => {
  database = await createTestDatabase();
  admin = await connect(database.adminUrl);
});
afterAll(async () => {
  await admin.end();
  await database.drop();
});

test('the migrated database is exactly what the code declares', async () => {
  expect(await inspectCatalog(admin)).toEqual([]);
});

test('any role can run the check: it reads only the catalog', async () => {
  const readonly = await connect(database.urlOf('bulkhead_readonly'));
  expect(await inspectCatalog(readonly)).toEqual([]);
  await readonly.end();
});

const table = (columns: string) => `SET ROLE bulkhead_owner; CREATE TABLE planted (${columns}); RESET ROLE`;
const secured = 'ALTER TABLE planted ENABLE ROW LEVEL SECURITY; ALTER TABLE planted FORCE ROW LEVEL SECURITY';
const organization = 'organization_id uuid NOT NULL, id uuid NOT NULL';
const proper = table(`${organization}, PRIMARY KEY (organization_id, id)`);

/** What is planted, and the finding it must cause. */
const mistakes: readonly [name: string, sql: string, object: string, problem: RegExp][] = [
  ['a table without organization_id', table('id uuid PRIMARY KEY'), 'planted', /no organization_id/],
  [
    'a nullable organization_id',
    table('organization_id uuid, id uuid NOT NULL'),
    'planted',
    /not uuid not null/,
  ],
  [
    'an organization_id that is text',
    table('organization_id text NOT NULL, id uuid'),
    'planted',
    /not uuid not null/,
  ],
  ['a simple primary key', table(`${organization}, PRIMARY KEY (id)`), 'planted', /primary key \(id\)/],
  [
    'a primary key in the wrong order',
    table(`${organization}, PRIMARY KEY (id, organization_id)`),
    'planted',
    /primary key/,
  ],
  ['no row-level security', proper, 'planted', /ENABLE is missing/],
  [
    'row-level security that is not forced',
    `${proper}; ALTER TABLE planted ENABLE ROW LEVEL SECURITY`,
    'planted',
    /FORCE is missing/,
  ],
  [
    'a table without the template’s policies',
    `${proper}; ${secured}`,
    'planted',
    /does not declare the template/,
  ],
  [
    'a table of another owner',
    `CREATE TABLE planted (${organization}, PRIMARY KEY (organization_id, id))`,
    'planted',
    /owned by/,
  ],
  [
    'a column of times without a zone',
    'ALTER TABLE members ADD at timestamp',
    'members.at',
    /timestamptz\(3\)/,
  ],
  [
    'row-level security switched off',
    'ALTER TABLE members DISABLE ROW LEVEL SECURITY',
    'members',
    /ENABLE is missing/,
  ],
  ['FORCE taken away', 'ALTER TABLE members NO FORCE ROW LEVEL SECURITY', 'members', /FORCE is missing/],
  [
    'FORCE taken away from a platform table',
    'ALTER TABLE users NO FORCE ROW LEVEL SECURITY',
    'users',
    /FORCE is missing/,
  ],
  ['a policy dropped', 'DROP POLICY own_organization ON members', 'members.own_organization', /is missing/],
  [
    'a policy with another USING',
    'ALTER POLICY own_organization ON members USING (true)',
    'members.own_organization',
    /differs/,
  ],
  [
    'a policy with another WITH CHECK',
    'ALTER POLICY own_organization ON members WITH CHECK (true)',
    'members.own_organization',
    /differs/,
  ],
  [
    'a policy for more roles',
    'ALTER POLICY own_organization ON members TO bulkhead_tenant, bulkhead_owner, bulkhead_queue',
    'members.own_organization',
    /differs/,
  ],
  [
    'a policy nobody declared',
    'CREATE POLICY open ON members USING (true)',
    'members.open',
    /nobody declared/,
  ],
  [
    'a policy on a table that has none',
    'CREATE POLICY open ON sessions USING (true)',
    'sessions.open',
    /nobody declared/,
  ],
  [
    'a grant more',
    'GRANT DELETE ON members TO bulkhead_tenant',
    'bulkhead_tenant DELETE members',
    /not declared/,
  ],
  [
    'a TRUNCATE',
    'GRANT TRUNCATE ON members TO bulkhead_retention',
    'bulkhead_retention TRUNCATE members',
    /not declared/,
  ],
  [
    'a column grant more',
    'GRANT SELECT (password_hash) ON users TO bulkhead_tenant',
    'bulkhead_tenant SELECT users(password_hash)',
    /not declared/,
  ],
  [
    'a grant less',
    'REVOKE SELECT ON members FROM bulkhead_tenant',
    'bulkhead_tenant SELECT members',
    /not granted/,
  ],
  [
    'a column grant less',
    'REVOKE UPDATE (role) ON members FROM bulkhead_tenant',
    'bulkhead_tenant UPDATE members(role)',
    /not granted/,
  ],
  ['a grant to everybody', 'GRANT SELECT ON members TO PUBLIC', 'PUBLIC SELECT members', /not declared/],
  [
    'a grant that can be passed on',
    'GRANT SELECT ON members TO bulkhead_tenant WITH GRANT OPTION',
    'bulkhead_tenant SELECT members WITH GRANT OPTION',
    /not declared/,
  ],
  [
    'a sequence open to a role',
    'GRANT USAGE ON SEQUENCE migrations_id_seq TO bulkhead_tenant',
    'bulkhead_tenant USAGE migrations_id_seq',
    /not declared/,
  ],
  [
    'the schema open for CREATE',
    'GRANT CREATE ON SCHEMA public TO bulkhead_tenant',
    'bulkhead_tenant CREATE schema public',
    /not declared/,
  ],
  [
    'temporary tables',
    "DO $$ BEGIN EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO bulkhead_tenant', current_database()); END $$",
    'bulkhead_tenant TEMPORARY database',
    /not declared/,
  ],
  [
    'a unique constraint across organizations',
    'ALTER TABLE idempotency_keys ADD CONSTRAINT planted UNIQUE (key)',
    'idempotency_keys.planted',
    /unique index/,
  ],
  [
    'an index not led by the organization',
    'CREATE INDEX planted ON idempotency_keys (key)',
    'idempotency_keys.planted',
    /not led/,
  ],
  [
    'an index on an expression',
    'CREATE INDEX planted ON idempotency_keys (lower(key))',
    'idempotency_keys.planted',
    /not led/,
  ],
  [
    'an excused index that is gone',
    'DROP INDEX members_user_id_idx',
    'members_user_id_idx',
    /does not exist/,
  ],
  [
    'a foreign key without the organization',
    'ALTER TABLE members ADD UNIQUE (id); ALTER TABLE idempotency_keys ADD CONSTRAINT planted FOREIGN KEY (actor_id) REFERENCES members (id)',
    'idempotency_keys.planted',
    /without organization_id/,
  ],
  [
    'a composite foreign key that crosses over',
    'ALTER TABLE idempotency_keys ADD CONSTRAINT planted FOREIGN KEY (actor_id, id) REFERENCES members (organization_id, id)',
    'idempotency_keys.planted',
    /without organization_id/,
  ],
  [
    'a cascade',
    'ALTER TABLE members ADD CONSTRAINT planted FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE',
    'members.planted',
    /cascades/,
  ],
  [
    'a SET NULL',
    'ALTER TABLE sessions ADD CONSTRAINT planted FOREIGN KEY (user_id) REFERENCES users (id) ON UPDATE SET NULL',
    'sessions.planted',
    /cascades/,
  ],
  [
    'a view that reads as its owner',
    'SET ROLE bulkhead_owner; CREATE VIEW planted AS SELECT id FROM members; RESET ROLE',
    'planted',
    /security_invoker/,
  ],
  [
    'a materialized view',
    'CREATE MATERIALIZED VIEW planted AS SELECT id FROM members',
    'planted',
    /materialized/,
  ],
  [
    'a SECURITY DEFINER function',
    "CREATE FUNCTION planted() RETURNS int SECURITY DEFINER LANGUAGE sql AS 'SELECT 1'",
    'planted()',
    /nobody declared/,
  ],
  [
    'a search_path taken from auth_assert',
    'ALTER FUNCTION auth_assert(uuid, uuid, uuid, text) RESET search_path',
    'auth_assert(uuid,uuid,uuid,text)',
    /search_path/,
  ],
  [
    'a function open to everybody',
    "CREATE FUNCTION planted() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    'PUBLIC EXECUTE planted()',
    /not declared/,
  ],
  ['a schema nobody declared', 'CREATE SCHEMA planted', 'planted', /schema that nobody declared/],
  [
    'a role above row-level security',
    'ALTER ROLE bulkhead_platform BYPASSRLS',
    'bulkhead_platform',
    /BYPASSRLS/,
  ],
  ['a role that is a superuser', 'ALTER ROLE bulkhead_queue SUPERUSER', 'bulkhead_queue', /SUPERUSER/],
  [
    'a role in another role',
    'GRANT bulkhead_owner TO bulkhead_tenant',
    'bulkhead_tenant',
    /member of bulkhead_owner/,
  ],
  [
    'row-level security switched off on organizations',
    'ALTER TABLE organizations DISABLE ROW LEVEL SECURITY',
    'organizations',
    /ENABLE is missing/,
  ],
  [
    'row-level security switched off on users',
    'ALTER TABLE users DISABLE ROW LEVEL SECURITY',
    'users',
    /ENABLE is missing/,
  ],
  [
    'an auth_assert that asserts nothing',
    `CREATE OR REPLACE FUNCTION auth_assert(organization uuid, session uuid, person uuid, person_role text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$ BEGIN PERFORM set_config('app.organization_id', organization::text, true); END $$`,
    'auth_assert(uuid,uuid,uuid,text)',
    /another body/,
  ],
  [
    'an auth_assert that is gone',
    'DROP FUNCTION auth_assert(uuid, uuid, uuid, text)',
    'auth_assert(uuid,uuid,uuid,text)',
    /does not exist/,
  ],
  [
    'an auth_assert that runs as its caller',
    'ALTER FUNCTION auth_assert(uuid, uuid, uuid, text) SECURITY INVOKER',
    'auth_assert(uuid,uuid,uuid,text)',
    /SECURITY DEFINER/,
  ],
  [
    'a setting that puts a role into an organization',
    "ALTER ROLE bulkhead_tenant SET app.organization_id = '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d01'",
    'bulkhead_tenant app.organization_id=019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d01',
    /nobody declared/,
  ],
  [
    'a limit that was lifted',
    'ALTER ROLE bulkhead_readonly RESET default_transaction_read_only',
    'bulkhead_readonly default_transaction_read_only=on',
    /not set/,
  ],
  [
    'a setting of the whole database',
    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET row_security = off', current_database()); END $$",
    'everybody in this database row_security=off',
    /nobody declared/,
  ],
  [
    'somebody who can act as one of our roles',
    'CREATE ROLE planted; GRANT bulkhead_owner TO planted',
    'bulkhead_owner',
    /member planted/,
  ],
  [
    'a trigger',
    "CREATE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER planted BEFORE UPDATE ON members FOR EACH ROW EXECUTE FUNCTION planted()",
    'members.planted',
    /trigger/,
  ],
  ['a rule', 'CREATE RULE planted AS ON UPDATE TO members DO ALSO NOTHING', 'members.planted', /rule/],
  ['a publication', 'CREATE PUBLICATION planted FOR ALL TABLES', 'planted', /publication/],
  [
    'privileges on tables to come',
    'ALTER DEFAULT PRIVILEGES FOR ROLE bulkhead_owner IN SCHEMA public GRANT SELECT ON TABLES TO bulkhead_tenant',
    'tables in public: {bulkhead_tenant=r/bulkhead_owner}',
    /default privileges/,
  ],
  [
    'the key that keeps a session where its user is a member, dropped',
    'ALTER TABLE sessions DROP CONSTRAINT sessions_current_organization_id_user_id_fkey',
    'sessions FOREIGN KEY (current_organization_id, user_id) REFERENCES members(organization_id, user_id)',
    /is missing/,
  ],
  [
    'a unique e-mail that is no longer unique',
    'ALTER TABLE users DROP CONSTRAINT users_email_key',
    'users UNIQUE (email)',
    /is missing/,
  ],
  [
    'a check that is not validated',
    "ALTER TABLE users DROP CONSTRAINT users_status_check, ADD CONSTRAINT users_status_check CHECK (status = ANY (ARRAY['active'::text, 'disabled'::text])) NOT VALID",
    "users CHECK ((status = ANY (ARRAY['active'::text, 'disabled'::text]))) NOT VALID",
    /nobody declared/,
  ],
];

describe('planted', () => {
  for (const [name, sql, object, problem] of mistakes) {
    test(`${name} is found`, async () => {
      await admin.query('BEGIN');
      try {
        await admin.query(sql);
        const findings = await inspectCatalog(admin);
        expect(findings).toContainEqual({ object, problem: expect.stringMatching(problem) });
      } finally {
        await admin.query('ROLLBACK');
      }
      expect(await inspectCatalog(admin)).toEqual([]);
    });
  }
});
