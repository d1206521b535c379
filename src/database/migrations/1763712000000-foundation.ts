import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createAuthAssert } from '../auth-assert.js';
import { rowLevelSecurity } from '../organization-table.js';

const tables = ['idempotency_keys', 'sessions', 'members', 'organizations', 'users'];

export class Foundation1763712000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(identity);
    await runner.query(tenancy);
    await runner.query(sessions);
    await runner.query(idempotency);
    for (const table of tables) {
      if (table === 'sessions') continue;
      for (const statement of rowLevelSecurity(table)) await runner.query(statement);
    }
    await runner.query(createAuthAssert);
    await runner.query('REVOKE ALL ON FUNCTION auth_assert(uuid, uuid, uuid, text) FROM PUBLIC');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP FUNCTION auth_assert(uuid, uuid, uuid, text)');
    // The policies of users and organizations read members, so they go before it.
    await runner.query('DROP POLICY fellow_members ON users');
    await runner.query('DROP POLICY entry_reads_own ON organizations');
    for (const table of tables) await runner.query(`DROP TABLE ${table}`);
  }
}

const identity = `
  CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text NOT NULL,
    display_name text NOT NULL,
    password_hash text,
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT users_email_key UNIQUE (email),
    CONSTRAINT users_email_normalized CHECK (email = lower(btrim(email)))
  )`;

const tenancy = `
  CREATE TABLE organizations (
    id uuid PRIMARY KEY,
    slug text NOT NULL CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('demo', 'internal', 'customer')),
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT organizations_slug_key UNIQUE (slug)
  );
  CREATE TABLE members (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    user_id uuid NOT NULL REFERENCES users (id),
    role text NOT NULL CHECK (role IN ('owner', 'admin', 'agent', 'viewer')),
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'removed')),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id),
    CONSTRAINT members_user_key UNIQUE (organization_id, user_id)
  );
  CREATE INDEX members_user_id_idx ON members (user_id)`;

// A session's organization is always one its user is a member of: the key says so, not the code.
const sessions = `
  CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    current_organization_id uuid NOT NULL,
    generation integer NOT NULL DEFAULT 1,
    salt bytea NOT NULL CHECK (length(salt) = 32),
    created_at timestamptz(3) NOT NULL,
    refreshed_at timestamptz(3) NOT NULL,
    idle_expires_at timestamptz(3) NOT NULL,
    expires_at timestamptz(3) NOT NULL,
    revoked_at timestamptz(3),
    revoked_reason text CHECK (revoked_reason IN ('signed-out', 'refresh-token-reused')),
    FOREIGN KEY (current_organization_id, user_id) REFERENCES members (organization_id, user_id),
    CHECK ((revoked_at IS NULL) = (revoked_reason IS NULL))
  );
  CREATE INDEX sessions_user_id_idx ON sessions (user_id)`;

const idempotency = `
  CREATE TABLE idempotency_keys (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    actor_id uuid NOT NULL,
    method text NOT NULL,
    route text NOT NULL,
    key text NOT NULL,
    request_hash bytea NOT NULL,
    status_code smallint NOT NULL,
    response json,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id),
    CONSTRAINT idempotency_keys_scope_key UNIQUE (organization_id, actor_id, method, route, key)
  )`;
