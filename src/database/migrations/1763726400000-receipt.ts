import type { MigrationInterface, QueryRunner } from 'typeorm';
import { getConstructionPlans } from 'pg-boss';
import { rowLevelSecurity } from '../organization-table.js';

export class Receipt1763726400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [endpoints, connections, deliveries, events, unclaimed])
      await runner.query(statement);
    for (const table of ['endpoints', 'connections', 'webhook_events']) {
      for (const statement of rowLevelSecurity(table)) await runner.query(statement);
    }
    // pg-boss' own plan brings its BEGIN and COMMIT, and this migration is a transaction already.
    await runner.query(
      getConstructionPlans('pgboss')
        .replace(/^\s*BEGIN;/, '')
        .replace(/COMMIT;\s*$/, ''),
    );
    await runner.query(dropStatisticsPartitions);
    for (const statement of rowLevelSecurity('pgboss.job_common')) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA pgboss CASCADE');
    for (const table of [
      'webhook_unclaimed',
      'webhook_events',
      'webhook_deliveries',
      'connections',
      'endpoints',
    ]) {
      await runner.query(`DROP TABLE ${table}`);
    }
  }
}

/** `owner_id` is an organization, or the nil UUID (RFC 9562, 5.9) for the platform's own app. */
const endpoints = `
  CREATE TABLE endpoints (
    id uuid PRIMARY KEY,
    key text NOT NULL CHECK (key ~ '^[A-Za-z0-9_-]{22}$'),
    provider text NOT NULL CHECK (provider IN ('shopify', 'whatsapp', 'richpanel')),
    owner_id uuid NOT NULL,
    secret text NOT NULL,
    previous_secret text,
    verify_token text CHECK ((verify_token IS NULL) = (provider <> 'whatsapp')),
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'disabled')),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT endpoints_key_key UNIQUE (key),
    CONSTRAINT endpoints_owner_key UNIQUE (id, owner_id, provider)
  );
  CREATE INDEX endpoints_owner_id_idx ON endpoints (owner_id)`;

// A connection's endpoint is its organization's own or the platform's, and of the same vendor: the keys say so.
const connections = `
  CREATE TABLE connections (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    provider text NOT NULL CHECK (provider IN ('shopify', 'whatsapp', 'richpanel')),
    account text NOT NULL CHECK (length(account) BETWEEN 1 AND 255),
    name text NOT NULL,
    status text NOT NULL DEFAULT 'unverified' CHECK (status IN ('unverified', 'verified', 'disabled')),
    problem text CHECK (problem IN ('credentials-refused', 'account-mismatch', 'account-taken', 'vendor-unavailable', 'uninstalled')),
    credentials text NOT NULL,
    credentials_hint text NOT NULL,
    endpoint_id uuid NOT NULL,
    endpoint_owner_id uuid NOT NULL,
    verified_at timestamptz(3),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    PRIMARY KEY (organization_id, id),
    CONSTRAINT connections_account_key UNIQUE (organization_id, provider, account),
    FOREIGN KEY (endpoint_id, endpoint_owner_id, provider) REFERENCES endpoints (id, owner_id, provider),
    CHECK (endpoint_owner_id IN (organization_id, '00000000-0000-0000-0000-000000000000')),
    CHECK ((status <> 'verified') OR (verified_at IS NOT NULL AND problem IS NULL))
  );
  CREATE UNIQUE INDEX connections_verified_account_key ON connections (provider, account) WHERE status = 'verified'`;

// The bytes are JSON of some kilobytes: compressing them would cost more than the rest of the insert.
const deliveries = `
  CREATE TABLE webhook_deliveries (
    id uuid PRIMARY KEY,
    endpoint_id uuid NOT NULL REFERENCES endpoints (id),
    delivery_key bytea NOT NULL CHECK (length(delivery_key) = 32),
    headers json NOT NULL,
    body bytea NOT NULL,
    received_at timestamptz(3) NOT NULL DEFAULT now(),
    split_at timestamptz(3),
    CONSTRAINT webhook_deliveries_delivery_key UNIQUE (endpoint_id, delivery_key)
  );
  ALTER TABLE webhook_deliveries ALTER COLUMN body SET STORAGE EXTERNAL`;

const events = `
  CREATE TABLE webhook_events (
    organization_id uuid NOT NULL REFERENCES organizations (id),
    id uuid NOT NULL,
    connection_id uuid NOT NULL,
    delivery_id uuid NOT NULL,
    type text NOT NULL,
    fact_key text NOT NULL,
    vendor_event_key text,
    payload json NOT NULL,
    occurred_at timestamptz(3),
    received_at timestamptz(3) NOT NULL,
    handled_at timestamptz(3),
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (organization_id, id),
    CONSTRAINT webhook_events_fact_key UNIQUE (organization_id, connection_id, fact_key),
    CONSTRAINT webhook_events_vendor_event_key UNIQUE (organization_id, connection_id, vendor_event_key),
    FOREIGN KEY (organization_id, connection_id) REFERENCES connections (organization_id, id)
  );
  CREATE INDEX webhook_events_connection_id_idx ON webhook_events (organization_id, connection_id, id)`;

const unclaimed = `
  CREATE TABLE webhook_unclaimed (
    id uuid PRIMARY KEY,
    delivery_id uuid NOT NULL REFERENCES webhook_deliveries (id),
    fact_key text NOT NULL,
    type text NOT NULL,
    account text,
    reason text NOT NULL CHECK (reason IN ('unreadable', 'account-unknown', 'account-mismatch', 'topic-mismatch', 'not-connected')),
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT webhook_unclaimed_fact_key UNIQUE (delivery_id, fact_key)
  )`;

/** Only for statistics over time, which are off; named by the day of the migration, so no two databases would be equal. */
const dropStatisticsPartitions = `
  DO $$ DECLARE part regclass; BEGIN
    FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'pgboss.queue_stats'::regclass LOOP
      EXECUTE 'DROP TABLE ' || part;
    END LOOP;
  END $$`;
