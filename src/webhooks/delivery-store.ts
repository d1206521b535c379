/** Stores verified deliveries, once each, with the job that will take them apart: one transaction and one round trip. */
import { Injectable } from '@nestjs/common';
import { EntryDb } from '../database/entry-db.js';
import { Jobs } from '../jobs/jobs.js';
import { binaryArray } from './binary-array.js';
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
    // In one order everywhere: two processes with the same deliveries wait for each other, not both for ever.
    const sorted = rows.toSorted(byKey);
    // An id that turns out to be stored already names nothing, which is what the job will find.
    const job = await this.jobs.statement('split-deliveries', { deliveryIds: rows.map(({ id }) => id) });
    const endpointIds = [...new Set(sorted.map(({ endpointId }) => endpointId))];
    const store = { text: insert, values: [endpointIds, ...columnsOf(sorted)] };
    const [result] = await this.entryDb.write([store, job]);
    const facts = new Map(
      (result!.rows as { id: string; version: number | null }[]).map(({ id, version }) => [id, version]),
    );
    return rows.map(({ id, endpointId, endpointVersion }) => {
      if (facts.has(id)) return 'stored';
      return facts.get(endpointId) === endpointVersion ? 'duplicate' : 'stale';
    });
  }
}

function byKey(a: VerifiedDelivery, b: VerifiedDelivery): number {
  if (a.endpointId !== b.endpointId) return a.endpointId < b.endpointId ? -1 : 1;
  return Buffer.compare(a.deliveryKey, b.deliveryKey);
}

/** One array a column: however many rows, it is the same statement with seven parameters. */
function columnsOf(rows: readonly VerifiedDelivery[]): unknown[] {
  return [
    rows.map(({ id }) => id),
    rows.map(({ endpointId }) => endpointId),
    rows.map(({ endpointVersion }) => endpointVersion),
    bytes(rows.map(({ deliveryKey }) => deliveryKey)),
    rows.map(({ headers }) => JSON.stringify(headers)),
    bytes(rows.map(({ body }) => body)),
  ];
}

/** Its OID, the same in every database (PostgreSQL source, pg_type.dat). */
const byteaType = 17;
const bytes = (elements: readonly Buffer[]) => binaryArray(byteaType, elements);

/**
 * Inserts what was verified with the endpoint as it is; answers the ids stored, and the endpoints' versions. One
 * statement, so that both are of one moment: whoever was not stored, of an endpoint that is as it was, was there before.
 * The version is compared row by row, by a scalar subquery: a join would be free to change the order of the rows.
 */
const insert = `
  WITH stored AS (
    INSERT INTO webhook_deliveries (id, endpoint_id, delivery_key, headers, body)
    SELECT g.id, g.endpoint_id, g.delivery_key, g.headers, g.body
      FROM unnest($2::uuid[], $3::uuid[], $4::int[], $5::bytea[], $6::json[], $7::bytea[])
           AS g (id, endpoint_id, endpoint_version, delivery_key, headers, body)
     WHERE g.endpoint_version = (SELECT e.version FROM endpoints e WHERE e.id = g.endpoint_id AND e.status = 'active')
    ON CONFLICT DO NOTHING RETURNING id
  )
  SELECT id, NULL::int AS version FROM stored
  UNION ALL SELECT id, version FROM endpoints WHERE id = ANY ($1) AND status = 'active'`;
