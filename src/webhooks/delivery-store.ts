/** Stores verified deliveries, once each, with the job that will take them apart: one transaction and one round trip. */
import { Injectable } from '@nestjs/common';
import { EntryDb } from '../database/entry-db.js';
import { Jobs } from '../jobs/jobs.js';
import { binaryArray } from './binary-array.js';
import { GroupCommit } from './group-commit.js';
import { packBody, type StoredBody } from './stored-body.js';

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

type PackedDelivery = Omit<VerifiedDelivery, 'body'> & StoredBody;

/** `stale`: the endpoint has changed since; nothing was stored. */
export type Storage = 'stored' | 'duplicate' | 'stale';

@Injectable()
export class DeliveryStore {
  private readonly group = new GroupCommit<PackedDelivery, Storage>(async (rows) => this.commit(rows));

  constructor(
    private readonly entryDb: EntryDb,
    private readonly jobs: Jobs,
  ) {}

  /** @throws Problem `unavailable`: not stored, and the vendor is to send it again */
  async store(delivery: VerifiedDelivery): Promise<Storage> {
    // Here, while the commit before is on its way, and not when the whole group waits to leave.
    const packed = { ...delivery, ...packBody(delivery.body) };
    return this.group.add(packed, packed.body.length);
  }

  private async commit(rows: readonly PackedDelivery[]): Promise<Storage[]> {
    // In one order everywhere: two processes with the same deliveries wait for each other, not both for ever.
    const sorted = rows.toSorted(byKey);
    // An id that turns out to be stored already names nothing, which is what the job will find.
    const job = this.jobs.statement('split-deliveries', { deliveryIds: rows.map(({ id }) => id) });
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

function byKey(a: PackedDelivery, b: PackedDelivery): number {
  if (a.endpointId !== b.endpointId) return a.endpointId < b.endpointId ? -1 : 1;
  return Buffer.compare(a.deliveryKey, b.deliveryKey);
}

/** One array a column: however many rows, it is the same statement with eight parameters. */
function columnsOf(rows: readonly PackedDelivery[]): unknown[] {
  return [
    plain(rows.map(({ id }) => id)),
    plain(rows.map(({ endpointId }) => endpointId)),
    plain(rows.map(({ endpointVersion }) => endpointVersion)),
    binaryArray(
      types.bytea,
      rows.map(({ deliveryKey }) => deliveryKey),
    ),
    binaryArray(
      types.json,
      rows.map(({ headers }) => Buffer.from(JSON.stringify(headers))),
    ),
    plain(rows.map(({ bodyEncoding }) => bodyEncoding)),
    binaryArray(
      types.bytea,
      rows.map(({ body }) => body),
    ),
  ];
}

/** OIDs, the same in every database (PostgreSQL source, pg_type.dat). */
const types = { bytea: 17, json: 114 };

/** As text, of elements that need no quotes: ids, numbers, names of ours. */
const plain = (elements: readonly (string | number)[]) => `{${elements.join(',')}}`;

/**
 * Inserts what was verified with the endpoint as it is; answers the ids stored, and the endpoints' versions. One
 * statement, so that both are of one moment: whoever was not stored, of an endpoint that is as it was, was there before.
 * The version is compared row by row, by a scalar subquery: a join would be free to change the order of the rows.
 */
const insert = `
  WITH stored AS (
    INSERT INTO webhook_deliveries (id, endpoint_id, delivery_key, headers, body_encoding, body)
    SELECT g.id, g.endpoint_id, g.delivery_key, g.headers, g.body_encoding, g.body
      FROM unnest($2::uuid[], $3::uuid[], $4::int[], $5::bytea[], $6::json[], $7::text[], $8::bytea[])
           AS g (id, endpoint_id, endpoint_version, delivery_key, headers, body_encoding, body)
     WHERE g.endpoint_version = (SELECT e.version FROM endpoints e WHERE e.id = g.endpoint_id AND e.status = 'active')
    ON CONFLICT DO NOTHING RETURNING id
  )
  SELECT id, NULL::int AS version FROM stored
  UNION ALL SELECT id, version FROM endpoints WHERE id = ANY ($1) AND status = 'active'`;
