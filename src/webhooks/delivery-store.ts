/** Stores verified deliveries, once each, with the job that will take them apart: one transaction and one round trip. */
import { Injectable } from '@nestjs/common';
import { EntryDb } from '../database/entry-db.js';
import { Jobs } from '../jobs/jobs.js';
import { GroupCommit } from './group-commit.js';

export interface VerifiedDelivery {
  /** UUIDv7, fresh. */
  readonly id: string;
  readonly endpointId: string;
  /** Of the endpoint whose secret it was verified with. */
  readonly endpointVersion: number;
  readonly deliveryKey: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** `stale`: the endpoint has changed since; nothing was stored. */
export type Storage = 'stored' | 'duplicate' | 'stale';

@Injectable()
export class DeliveryStore {
  private readonly group = new GroupCommit<VerifiedDelivery, Storage>(async (rows) => this.commit(rows));

  constructor(
    private readonly entryDb: EntryDb,
    private readonly jobs: Jobs,
  ) {}

  /** @throws Problem `unavailable`: not stored, and the vendor is to send it again */
  async store(delivery: VerifiedDelivery): Promise<Storage> {
    return this.group.add(delivery, delivery.body.length);
  }

  private async commit(rows: readonly VerifiedDelivery[]): Promise<Storage[]> {
    // An id that turns out to be stored already names nothing, which is what the job will find.
    const job = await this.jobs.statement('split-deliveries', { deliveryIds: rows.map(({ id }) => id) });
    const insert = { text: insertOf(rows.length), values: rows.flatMap(valuesOf) };
    const [result] = await this.entryDb.write([insert, job]);
    const outcomes = new Map(
      (result!.rows as { id: string; outcome: Storage }[]).map(({ id, outcome }) => [id, outcome]),
    );
    return rows.map(({ id }) => outcomes.get(id)!);
  }
}

const columns = ['uuid', 'uuid', 'int', 'bytea', 'json', 'bytea'];

function valuesOf({
  id,
  endpointId,
  endpointVersion,
  deliveryKey,
  headers,
  body,
}: VerifiedDelivery): unknown[] {
  return [id, endpointId, endpointVersion, deliveryKey, JSON.stringify(headers), body];
}

const statements: string[] = [];

/**
 * Sorted by key, so that two processes with the same deliveries wait for each other instead of both for ever. One
 * statement, so that what it says of an endpoint is what the insert saw.
 */
function insertOf(rows: number): string {
  return (statements[rows] ??= `
    WITH given (id, endpoint_id, endpoint_version, delivery_key, headers, body) AS (VALUES ${placeholders(rows)}),
    live AS (
      SELECT g.id FROM given g JOIN endpoints e ON e.id = g.endpoint_id AND e.version = g.endpoint_version AND e.status = 'active'
    ),
    stored AS (
      INSERT INTO webhook_deliveries (id, endpoint_id, delivery_key, headers, body)
      SELECT g.id, g.endpoint_id, g.delivery_key, g.headers, g.body FROM given g JOIN live USING (id)
       ORDER BY g.endpoint_id, g.delivery_key
      ON CONFLICT DO NOTHING RETURNING id
    )
    SELECT g.id, CASE WHEN s.id IS NOT NULL THEN 'stored' WHEN l.id IS NOT NULL THEN 'duplicate' ELSE 'stale' END AS outcome
      FROM given g LEFT JOIN live l USING (id) LEFT JOIN stored s USING (id)`);
}

function placeholders(rows: number): string {
  const row = (index: number) =>
    `(${columns.map((type, column) => `$${index * columns.length + column + 1}::${type}`).join(', ')})`;
  return Array.from({ length: rows }, (_, index) => row(index)).join(', ');
}
