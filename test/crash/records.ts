/** What is in the database, seen by its superuser, past row-level security. */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { unpackBody, type StoredBody } from '../../src/webhooks/stored-body.js';

export interface Records {
  readonly deliveries: readonly StoredDelivery[];
  readonly events: readonly StoredEvent[];
  readonly unclaimed: readonly object[];
  readonly jobs: readonly JobCount[];
}

export interface StoredDelivery {
  readonly id: string;
  /** Endpoint and delivery key. */
  readonly key: string;
  /** SHA-256 of the body. */
  readonly digest: string;
  readonly split: boolean;
}

export interface StoredEvent {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly deliveryId: string;
  readonly type: string;
  readonly mark: string;
  readonly payload: string;
  readonly handled: boolean;
  /** Inserted with 1; every time it is handled adds one. */
  readonly version: number;
}

export interface JobCount {
  readonly name: string;
  readonly state: string;
  readonly count: number;
  readonly retries: number;
}

export async function readRecords(admin: Pool): Promise<Records> {
  return {
    deliveries: (await admin.query<Omit<StoredDelivery, 'digest'> & StoredBody>(deliveries)).rows.map(
      ({ bodyEncoding, body, ...row }) => ({
        ...row,
        digest: createHash('sha256').update(unpackBody({ bodyEncoding, body })).digest('hex'),
      }),
    ),
    events: (await admin.query<StoredEvent>(events)).rows,
    unclaimed: (await admin.query<object>('SELECT delivery_id, type, account, reason FROM webhook_unclaimed'))
      .rows,
    jobs: (await admin.query<JobCount>(jobs)).rows,
  };
}

/** Polls until no job waits or is worked on. @returns seconds. @throws when that takes longer than five minutes */
export async function untilWorkedOff(admin: Pool): Promise<number> {
  const started = performance.now();
  for (;;) {
    const { rows } = await admin.query<JobCount>(
      `${jobs} HAVING state < 'completed' AND name NOT LIKE '%-dead'`,
    );
    const seconds = (performance.now() - started) / 1_000;
    if (rows.length === 0) return seconds;
    if (seconds > 300) throw new Error(`not worked off: ${JSON.stringify(rows)}`);
    await delay(250);
  }
}

/** Jobs that somebody works on, or did before it was killed. */
export async function jobsInHand(admin: Pool): Promise<JobCount[]> {
  return (await admin.query<JobCount>(`${jobs} HAVING state = 'active'`)).rows;
}

const deliveries = `
  SELECT id, endpoint_id || ' ' || encode(delivery_key, 'hex') AS key, body_encoding AS "bodyEncoding", body,
         split_at IS NOT NULL AS split
    FROM webhook_deliveries`;

const events = `
  SELECT organization_id AS "organizationId", connection_id AS "connectionId", delivery_id AS "deliveryId", type,
         coalesce(payload->'message'->>'id', payload->'status'->>'id', payload->>'name') AS mark, payload::text AS payload,
         handled_at IS NOT NULL AS handled, version
    FROM webhook_events`;

const jobs = `
  SELECT name, state::text, count(*)::int AS count, sum(retry_count)::int AS retries FROM pgboss.job GROUP BY name, job.state`;
