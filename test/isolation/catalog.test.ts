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

const asOwner = (sql: string) => `SET ROLE bulkhead_owner; ${sql}; RESET ROLE`;
const table = (columns: string) => asOwner(`CREATE TABLE planted (${columns})`);
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
  // Accounts at vendors, their endpoints and events.
  [
    'row-level security switched off on connections',
    'ALTER TABLE connections DISABLE ROW LEVEL SECURITY',
    'connections',
    /ENABLE is missing/,
  ],
  [
    'row-level security switched off on endpoints, a platform table',
    'ALTER TABLE endpoints DISABLE ROW LEVEL SECURITY',
    'endpoints',
    /ENABLE is missing/,
  ],
  [
    'FORCE taken away from events',
    'ALTER TABLE webhook_events NO FORCE ROW LEVEL SECURITY',
    'webhook_events',
    /FORCE is missing/,
  ],
  [
    'endpoints of others open to an organization',
    'ALTER POLICY own_organization ON endpoints USING (true)',
    'endpoints.own_organization',
    /differs/,
  ],
  [
    'endpoints that the platform makes for an organization',
    'ALTER POLICY platform_creates ON endpoints WITH CHECK (true)',
    'endpoints.platform_creates',
    /differs/,
  ],
  [
    'connections open to the door before the organization',
    'GRANT SELECT ON connections TO bulkhead_entry',
    'bulkhead_entry SELECT connections',
    /not declared/,
  ],
  [
    'credentials open to the platform',
    'GRANT SELECT (credentials) ON connections TO bulkhead_platform',
    'bulkhead_platform SELECT connections(credentials)',
    /not declared/,
  ],
  [
    'secrets of endpoints open to the platform',
    'GRANT SELECT (secret) ON endpoints TO bulkhead_platform',
    'bulkhead_platform SELECT endpoints(secret)',
    /not declared/,
  ],
  [
    'a connection that may move to another endpoint',
    'GRANT UPDATE (endpoint_id) ON connections TO bulkhead_tenant',
    'bulkhead_tenant UPDATE connections(endpoint_id)',
    /not declared/,
  ],
  [
    'the key that binds a connection to its endpoint, dropped',
    'ALTER TABLE connections DROP CONSTRAINT connections_endpoint_id_endpoint_owner_id_provider_fkey',
    'connections FOREIGN KEY (endpoint_id, endpoint_owner_id, provider) REFERENCES endpoints(id, owner_id, provider)',
    /is missing/,
  ],
  [
    'the check that the endpoint is its own or the platform’s, dropped',
    'ALTER TABLE connections DROP CONSTRAINT connections_check',
    "connections CHECK (((endpoint_owner_id = organization_id) OR (endpoint_owner_id = '00000000-0000-0000-0000-000000000000'::uuid)))",
    /is missing/,
  ],
  [
    'an index for the one verified account that is gone',
    'DROP INDEX connections_verified_account_key',
    'connections_verified_account_key',
    /does not exist/,
  ],
  [
    'such an index that no longer makes it one',
    "DROP INDEX connections_verified_account_key; CREATE INDEX connections_verified_account_key ON connections (provider, account) WHERE status = 'verified'",
    'connections.connections_verified_account_key',
    /another index|differs/,
  ],
  [
    'such an index that is about something else',
    "DROP INDEX connections_verified_account_key; CREATE UNIQUE INDEX connections_verified_account_key ON connections (provider, account, organization_id) WHERE status = 'verified'",
    'connections.connections_verified_account_key',
    /another index|differs/,
  ],
  // The queue's schema.
  [
    'a table more in the queue’s schema',
    asOwner('CREATE TABLE pgboss.planted (id int)'),
    'pgboss.planted',
    /table that nobody declared/,
  ],
  [
    'a view there',
    asOwner('CREATE VIEW pgboss.planted AS SELECT data FROM pgboss.job_common'),
    'pgboss.planted',
    /nobody declared/,
  ],
  [
    'a table of the queue that is gone',
    'DROP TABLE pgboss.warning',
    'pgboss.warning',
    /declared table that does not exist/,
  ],
  [
    'a table of the queue of another owner',
    'ALTER TABLE pgboss.job_common OWNER TO bulkhead_queue',
    'pgboss.job_common',
    /owned by bulkhead_queue/,
  ],
  [
    'row-level security switched off on jobs',
    'ALTER TABLE pgboss.job_common DISABLE ROW LEVEL SECURITY',
    'pgboss.job_common',
    /no row-level security/,
  ],
  [
    'FORCE taken away from jobs',
    'ALTER TABLE pgboss.job_common NO FORCE ROW LEVEL SECURITY',
    'pgboss.job_common',
    /no row-level security/,
  ],
  [
    'the policy that keeps jobs apart, dropped',
    'DROP POLICY own_organization ON pgboss.job_common',
    'pgboss.job_common.own_organization',
    /is missing/,
  ],
  [
    'jobs of others open to an organization',
    'ALTER POLICY own_organization ON pgboss.job_common USING (true)',
    'pgboss.job_common.own_organization',
    /differs/,
  ],
  [
    'jobs enqueued for others',
    'ALTER POLICY own_organization ON pgboss.job_common WITH CHECK (true)',
    'pgboss.job_common.own_organization',
    /differs/,
  ],
  [
    'jobs of an organization enqueued before it is known',
    'ALTER POLICY of_no_organization ON pgboss.job_common WITH CHECK (true)',
    'pgboss.job_common.of_no_organization',
    /differs/,
  ],
  [
    'a policy more on jobs',
    'CREATE POLICY open ON pgboss.job_common USING (true)',
    'pgboss.job_common.open',
    /nobody declared/,
  ],
  [
    'a grant more on jobs',
    'GRANT UPDATE ON pgboss.job_common TO bulkhead_tenant',
    'bulkhead_tenant UPDATE pgboss.job_common',
    /not declared/,
  ],
  [
    'what jobs carry open to an organization',
    'GRANT SELECT (data) ON pgboss.job_common TO bulkhead_tenant',
    'bulkhead_tenant SELECT pgboss.job_common(data)',
    /not declared/,
  ],
  [
    'all jobs through the parent of their table',
    'GRANT SELECT ON pgboss.job TO bulkhead_tenant',
    'bulkhead_tenant SELECT pgboss.job',
    /not declared/,
  ],
  [
    'a grant less on jobs',
    'REVOKE DELETE ON pgboss.job_common FROM bulkhead_queue',
    'bulkhead_queue DELETE pgboss.job_common',
    /not granted/,
  ],
  [
    'the queue’s schema open to another role',
    'GRANT USAGE ON SCHEMA pgboss TO bulkhead_readonly',
    'bulkhead_readonly USAGE schema pgboss',
    /not declared/,
  ],
  [
    'the queue’s schema open for CREATE',
    'GRANT CREATE ON SCHEMA pgboss TO bulkhead_queue',
    'bulkhead_queue CREATE schema pgboss',
    /not declared/,
  ],
  [
    'a SECURITY DEFINER function in the queue’s schema',
    asOwner(
      "CREATE FUNCTION pgboss.planted() RETURNS int SECURITY DEFINER LANGUAGE sql AS 'SELECT 1'; REVOKE ALL ON FUNCTION pgboss.planted() FROM PUBLIC",
    ),
    'pgboss.planted',
    /runs as its owner/,
  ],
  [
    'a function of the queue that runs as its owner now',
    'ALTER FUNCTION pgboss.job_now() SECURITY DEFINER',
    'pgboss.job_now',
    /runs as its owner/,
  ],
  [
    'a function of the queue open to everybody',
    'GRANT EXECUTE ON FUNCTION pgboss.create_queue(text, jsonb) TO PUBLIC',
    'PUBLIC EXECUTE pgboss.create_queue(text,jsonb)',
    /not declared/,
  ],
  [
    'a trigger on jobs',
    asOwner(
      "CREATE FUNCTION pgboss.planted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER planted BEFORE INSERT ON pgboss.job_common FOR EACH ROW EXECUTE FUNCTION pgboss.planted()",
    ),
    'pgboss.job_common.planted',
    /trigger/,
  ],
  [
    'a rule that copies jobs',
    'CREATE RULE planted AS ON INSERT TO pgboss.job_common DO ALSO NOTHING',
    'pgboss.job_common.planted',
    /rule/,
  ],
  ['a schema beside the queue’s', 'CREATE SCHEMA pgboss_v2', 'pgboss_v2', /schema that nobody declared/],
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
