/** What must be in a contestant's database when all is answered: a fast answer to what was not stored measures nothing. */
import type { Client } from 'pg';
import { withClient } from '../../src/database/provision.js';
import { unpackBody, type StoredBody } from '../../src/webhooks/stored-body.js';
import type { BenchDatabase } from '../bench-database.js';
import type { LoadResult } from '../load/load.js';
import { bodies } from './data.js';

interface Place {
  readonly name: string;
  readonly database: BenchDatabase;
  readonly table: 'bare_deliveries' | 'webhook_deliveries';
  readonly enqueues: boolean;
}

/** Counts one contestant's answers, of all rounds and the warm-up too. */
export class Receipts {
  private answers = 0;

  constructor(private readonly place: Place) {}

  /** @throws Error that quotes the first wrong answer */
  readonly check = ({ answers, samples }: LoadResult): void => {
    this.answers += answers;
    const wrong = samples.find(({ body }) => body !== '{"status":"stored"}');
    if (wrong) throw new Error(`not the answer to a new delivery: ${wrong.body}`);
  };

  /** @throws Error unless every answer has its row, every row its body and, if jobs are enqueued, exactly one job */
  async requireStored(): Promise<void> {
    const { name, database, table, enqueues } = this.place;
    const problems = await withClient(database.superuserUrl, async (client) => {
      const { rows, strange } = await countRows(client, table);
      const found = [
        ...(rows === this.answers ? [] : [`${this.answers} answers, but ${rows} rows`]),
        ...(strange === 0 ? [] : [`${strange} rows hold other bytes than were sent`]),
      ];
      if (!enqueues) return found;
      const { unmatched } = (await client.query<{ unmatched: number }>(unmatchedIds)).rows[0]!;
      return unmatched === 0
        ? found
        : [...found, `${unmatched} ids are not both a row's and exactly one job's`];
    });
    if (problems.length > 0) throw new Error(`${name}: ${problems.join('; ')}`);
  }
}

/** Each body is looked at once, however many rows have it. */
async function countRows(client: Client, table: Place['table']): Promise<{ rows: number; strange: number }> {
  const encoding = table === 'webhook_deliveries' ? 'body_encoding' : `'identity'`;
  const kinds = await client.query<{ digest: Buffer; rows: number }>(
    `SELECT sha256(body) AS digest, count(*)::int AS rows FROM ${table} GROUP BY 1`,
  );
  let [rows, strange] = [0, 0];
  for (const kind of kinds.rows) {
    const { rows: found } = await client.query<StoredBody>(
      `SELECT ${encoding} AS "bodyEncoding", body FROM ${table} WHERE sha256(body) = $1 LIMIT 1`,
      [kind.digest],
    );
    rows += kind.rows;
    if (!bodies.some((body) => body.equals(unpackBody(found[0]!)))) strange += kind.rows;
  }
  return { rows, strange };
}

const unmatchedIds = `
  WITH named AS (
    SELECT value::uuid AS id, count(*) AS jobs
      FROM pgboss.job, jsonb_array_elements_text(data -> 'deliveryIds')
     WHERE name = 'split-deliveries' GROUP BY value
  )
  SELECT count(*)::int AS unmatched FROM webhook_deliveries d FULL JOIN named n ON n.id = d.id
   WHERE d.id IS NULL OR n.jobs IS DISTINCT FROM 1`;
