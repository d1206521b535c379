/** The group commit on a real database: what a failure, a lock, a lost connection and a stop in the middle leave behind. */
import { Agent as Sockets, request as open } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { createApp } from '../../src/app.js';
import { withClient } from '../../src/database/provision.js';
import { defaultLimits } from '../../src/webhooks/group-commit.js';
import { DeliveryStore, type Storage, type VerifiedDelivery } from '../../src/webhooks/delivery-store.js';
import { expectBareProblem } from '../api/answers.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { connect } from '../support/database.js';
import { connected, countOf, storedAt, type Connected } from './connected.js';
import { deliver, signed, type Signed } from './signed.js';

let t: TestApp;
let endpoint: Connected;
beforeAll(async () => {
  t = await startTestApp();
  // Here locks are held for as long as it takes, on however slow a machine; nowhere else.
  await t.admin.query(`ALTER ROLE bulkhead_entry IN DATABASE ${t.database.name} SET lock_timeout = '60s'`);
  await t.admin.query(
    `ALTER ROLE bulkhead_entry IN DATABASE ${t.database.name} SET statement_timeout = '60s'`,
  );
  await t.admin.query(`SELECT pg_terminate_backend(pid) ${entryConnections}`);
  endpoint = await connected(t, 'whatsapp');
});
afterEach(async () => {
  const lost = await countOf(t, 'pgboss.job_common', namesWhatIsNot);
  if (lost > 0) throw new Error(`${lost} jobs name deliveries that are not stored`);
});
afterAll(() => t.close());

const entryConnections = `FROM pg_stat_activity WHERE datname = current_database() AND usename = 'bulkhead_entry'`;
const namesWhatIsNot = `name = 'split-deliveries' AND EXISTS (
  SELECT FROM jsonb_array_elements_text(data -> 'deliveryIds') AS id
   WHERE NOT EXISTS (SELECT FROM webhook_deliveries d WHERE d.id = id::uuid))`;

let n = 0;
const soon = { timeout: 20_000, interval: 20 };
const next = (): Signed => signed('whatsapp', endpoint.secret, JSON.stringify({ n: (n += 1) }));

function verified(body: string): VerifiedDelivery {
  return {
    id: uuidv7(),
    endpointId: endpoint.endpointId,
    endpointVersion: 1,
    deliveryKey: randomBytes(32),
    headers: {},
    body: Buffer.from(body),
  };
}
/** The first is committed alone, at once; what comes meanwhile goes together, if it is too few to leave on its own. */
const fewEnough = defaultLimits.companyRows - 1;
/** Rows on their way while nothing can be written: the first, and a second group as soon as there is company. */
const onTheirWay = 1 + defaultLimits.companyRows;
async function storeTogether(
  deliveries: readonly VerifiedDelivery[],
  app: NestFastifyApplication = t.app,
): Promise<PromiseSettledResult<Storage>[]> {
  if (deliveries.length > fewEnough) throw new Error('so many would not go together');
  const stored = [verified('before'), ...deliveries].map(async (each) => app.get(DeliveryStore).store(each));
  return (await Promise.allSettled(stored)).slice(1);
}
const told = (outcomes: readonly PromiseSettledResult<Storage>[]) =>
  outcomes.map((outcome) =>
    outcome.status === 'fulfilled' ? outcome.value : String((outcome.reason as { code?: unknown }).code),
  );
async function withPlanted<Result>(
  table: string,
  check: string,
  work: () => Promise<Result>,
): Promise<Result> {
  await t.admin.query(`ALTER TABLE ${table} ADD CONSTRAINT planted CHECK (${check}) NOT VALID`);
  try {
    return await work();
  } finally {
    await t.admin.query(`ALTER TABLE ${table} DROP CONSTRAINT planted`);
  }
}

describe('a row that the database refuses', () => {
  const noPoison = `position('poison'::bytea IN body) = 0`;

  test('fails alone: its group is stored, each row with a job', async () => {
    const bodies = ['a', 'poison 1', 'b', 'c', 'poison 2', 'd'];
    const deliveries = bodies.map(verified);
    const outcomes = await withPlanted('webhook_deliveries', noPoison, () => storeTogether(deliveries));
    expect(told(outcomes)).toEqual(['stored', '23514', 'stored', 'stored', '23514', 'stored']);
    const { rows } = await t.admin.query<{ body: string; jobs: number }>(
      `SELECT convert_from(body, 'UTF8') AS body, (SELECT count(*)::int FROM pgboss.job_common WHERE data -> 'deliveryIds' ? d.id::text) AS jobs
         FROM webhook_deliveries d WHERE id = ANY ($1) ORDER BY id`,
      [deliveries.map(({ id }) => id)],
    );
    expect(rows).toEqual(['a', 'b', 'c', 'd'].map((body) => ({ body, jobs: 1 })));
  });

  test('is an error of ours to its sender, who learns nothing of it, while others are acknowledged', async () => {
    const bad = signed('whatsapp', endpoint.secret, '{"x":"poison"}');
    await withPlanted('webhook_deliveries', noPoison, async () => {
      const answers = await Promise.all(
        [next(), bad, next(), next()].map(async (each) => deliver(t.http, endpoint.path, each)),
      );
      expect(answers.map(({ status }) => status)).toEqual([200, 500, 200, 200]);
      expectBareProblem(answers[1]!, 'internal');
    });
    // What was refused took no place: once the database takes it, it is new.
    const { body } = await deliver(t.http, endpoint.path, bad).expect(200);
    expect(body).toEqual({ status: 'stored' });
  });

  test('when its job is what is refused, is not stored', async () => {
    const before = await countOf(t, 'webhook_deliveries');
    const outcomes = await withPlanted('pgboss.job_common', `name <> 'split-deliveries'`, () =>
      storeTogether(['a', 'b', 'c'].map(verified)),
    );
    expect(told(outcomes)).toEqual(['23514', '23514', '23514']);
    expect(await countOf(t, 'webhook_deliveries')).toBe(before);
  });
});

test('a group is one transaction, with one job that names every row of it', async () => {
  const deliveries = Array.from({ length: fewEnough }, (_, index) => verified(`row ${index}`));
  expect(new Set(told(await storeTogether(deliveries)))).toEqual(new Set(['stored']));
  const { rows } = await t.admin.query<{ ids: string[]; transactions: number }>(
    `SELECT j.data -> 'deliveryIds' AS ids, count(DISTINCT d.xmin::text || ' ' || j.xmin::text)::int AS transactions
       FROM pgboss.job_common j JOIN webhook_deliveries d ON j.data -> 'deliveryIds' ? d.id::text
      WHERE d.id = ANY ($1) AND d.xmin = j.xmin GROUP BY j.id, j.data ORDER BY jsonb_array_length(j.data -> 'deliveryIds')`,
    [deliveries.map(({ id }) => id)],
  );
  expect(rows).toEqual([{ ids: deliveries.map(({ id }) => id), transactions: 1 }]);
});

test('each row is told its own outcome: stored, duplicate, stale', async () => {
  const [one, two, three] = [verified('one'), verified('two'), verified('three')];
  await storeTogether([one]);
  const outcomes = await storeTogether([
    two,
    { ...one, id: uuidv7() },
    { ...three, id: uuidv7(), endpointVersion: 2 },
    { ...two, id: uuidv7() },
    three,
    { ...verified('nowhere'), endpointId: uuidv7() },
  ]);
  expect(told(outcomes)).toEqual(['stored', 'duplicate', 'stale', 'duplicate', 'stored', 'stale']);
  // The rest of a group names ids that were not stored, which the job does not find: that is not the failure above.
  await t.admin.query(`DELETE FROM pgboss.job_common WHERE ${namesWhatIsNot}`);
});

test('the smallest and the largest delivery share a group with others', async () => {
  const deliveries = [
    verified('x'),
    verified(''),
    { ...verified(''), body: Buffer.alloc(3 * 1024 * 1024, 1) },
    verified('y'),
  ];
  expect(told(await storeTogether(deliveries))).toEqual(['stored', 'stored', 'stored', 'stored']);
  const ids = deliveries.map(({ id }) => id);
  const lengths = await t.admin.query(
    'SELECT length(body) FROM webhook_deliveries WHERE id = ANY ($1) ORDER BY id',
    [ids],
  );
  expect(lengths.rows.map(({ length }) => length as number)).toEqual([1, 0, 3 * 1024 * 1024, 1]);
});

/** While nobody can write a delivery. */
async function whileLocked<Result>(work: (release: () => Promise<void>) => Promise<Result>): Promise<Result> {
  const locker = await connect(t.database.adminUrl);
  await locker.query('BEGIN; LOCK TABLE webhook_deliveries IN ACCESS EXCLUSIVE MODE');
  try {
    return await work(async () => void (await locker.query('COMMIT')));
  } finally {
    await locker.end();
  }
}
const lockedOut = async () =>
  (
    await t.admin.query<{ pid: number }>(`SELECT pid ${entryConnections} AND wait_event_type = 'Lock'`)
  ).rows.map(({ pid }) => pid);
/** How many rows wait for the commit that is on its way. */
function waitingIn(app: NestFastifyApplication): number {
  const group = Reflect.get(app.get(DeliveryStore), 'group') as { waiting: unknown[] };
  return group.waiting.length;
}

test('two processes with the same deliveries in opposite order wait for each other, and not for ever', async () => {
  const other = await createApp(t.database.settings());
  const keys = [1, 2, 3].map((byte) => Buffer.alloc(32, byte));
  const make = (key: Buffer) => ({ ...verified('the same'), deliveryKey: key });
  const held = await connect(t.database.adminUrl);
  await held.query('BEGIN');
  await held.query(
    'INSERT INTO webhook_deliveries (id, endpoint_id, delivery_key, headers, body) VALUES ($1, $2, $3, $4, $5)',
    [uuidv7(), endpoint.endpointId, keys[1], '{}', ''],
  );
  // In the order they were given, each would get one, wait for the one between, and then for the other’s.
  const stored = [t.app, other].map(async (app, index) =>
    storeTogether((index === 0 ? keys : keys.toReversed()).map(make), app),
  );
  await expect.poll(async () => (await lockedOut()).length, soon).toBe(2);
  await held.query('ROLLBACK');
  await held.end();
  const outcomes = (await Promise.all(stored)).map(told);
  const how = outcomes.map((each) => each.join()).toSorted();
  expect(how).toEqual(['duplicate,duplicate,duplicate', 'stored,stored,stored']);
  await t.admin.query(`DELETE FROM pgboss.job_common WHERE ${namesWhatIsNot}`);
  await other.close();
});

interface Answered {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly body: { readonly status?: string; readonly code?: string };
}
/** Many requests at once, each on a connection of its own. @returns what was answered so far, and all of it */
function flood(app: NestFastifyApplication, deliveries: readonly Signed[]) {
  const { port } = app.getHttpServer().address() as AddressInfo;
  const agent = new Sockets({ maxSockets: Number.POSITIVE_INFINITY });
  const answered: Answered[] = [];
  const send = async ({ headers, body }: Signed): Promise<Answered> =>
    new Promise((resolve, reject) => {
      const sent = open({ agent, host: '127.0.0.1', port, path: endpoint.path, method: 'POST', headers });
      sent.on('error', reject);
      sent.on('response', (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const content = JSON.parse(Buffer.concat(chunks).toString()) as Answered['body'];
          const answer = {
            status: response.statusCode!,
            retryAfter: response.headers['retry-after'],
            body: content,
          };
          answered.push(answer);
          resolve(answer);
        });
      });
      sent.end(body);
    });
  return { answered, all: Promise.all(deliveries.map(send)) };
}

test('of 1,100 requests while nothing can be written, 1,000 wait and are later acknowledged; the rest are told when to come back', async () => {
  await deliver(t.http, endpoint.path, next()).expect(200);
  const before = await storedAt(t, endpoint);
  const deliveries = Array.from({ length: 1_100 }, next);
  const { answered, all } = await whileLocked(async (release) => {
    const sent = flood(t.app, deliveries);
    await expect.poll(() => sent.answered.length, soon).toBe(100 - onTheirWay);
    expect(waitingIn(t.app)).toBe(1_000);
    for (const { status, body, retryAfter } of sent.answered) {
      expect([status, body.code, Number(retryAfter) > 0]).toEqual([503, 'unavailable', true]);
    }
    await release();
    await sent.all;
    return sent;
  });
  const acknowledged = answered.filter(({ body }) => body.status === 'stored');
  expect(acknowledged).toHaveLength(1_000 + onTheirWay);
  // What was acknowledged is what is stored, and what was refused is not.
  const answers = await all;
  const kept = deliveries
    .filter((_, index) => answers[index]!.status === 200)
    .map(({ body }) => body.toString());
  const stored = (await storedAt(t, endpoint)).slice(before.length).map((row) => row.body.toString());
  expect(stored.toSorted()).toEqual(kept.toSorted());
  // And all is as before.
  await deliver(t.http, endpoint.path, next()).expect(200);
});

test('stopped while requests wait, it stores and answers every one of them', async () => {
  const stopping = await createApp(t.database.settings({}));
  await stopping.listen(0, '127.0.0.1');
  const deliveries = Array.from({ length: 100 }, next);
  await flood(stopping, [next()]).all;
  await whileLocked(async (release) => {
    const sent = flood(stopping, deliveries);
    await expect.poll(() => waitingIn(stopping), soon).toBe(100 - onTheirWay);
    const server = stopping.getHttpServer();
    const stopped = stopping.close();
    await expect.poll(() => server.listening, soon).toBe(false);
    await release();
    const answers = await sent.all;
    expect(answers.map(({ body }) => body.status)).toEqual(deliveries.map(() => 'stored'));
    await stopped;
  });
  const bodies = deliveries.map(({ body }) => body);
  expect(await countOf(t, 'webhook_deliveries', 'body = ANY ($1)', [bodies])).toBe(100);
});

describe('a connection that is lost', () => {
  test('in the middle of a commit is 503 for its rows, nothing of which is kept; those that wait are stored', async () => {
    const [first, others] = [next(), [next(), next(), next()]];
    await whileLocked(async (release) => {
      const lost = flood(t.app, [first]);
      await expect.poll(async () => (await lockedOut()).length, soon).toBe(1);
      const [pid] = await lockedOut();
      const sent = flood(t.app, others);
      await expect.poll(() => waitingIn(t.app), soon).toBe(others.length);
      await t.admin.query('SELECT pg_terminate_backend($1)', [pid]);
      const [answer] = await lost.all;
      expect([answer!.status, answer!.body.code, Number(answer!.retryAfter) > 0]).toEqual([
        503,
        'unavailable',
        true,
      ]);
      await release();
      expect((await sent.all).map(({ body }) => body.status)).toEqual(['stored', 'stored', 'stored']);
    });
    const { body } = await deliver(t.http, endpoint.path, first).expect(200);
    expect(body).toEqual({ status: 'stored' });
  });

  test('between two requests is not noticed, or costs one a 503; the one after is stored', async () => {
    for (let round = 0; round < 5; round += 1) {
      await deliver(t.http, endpoint.path, next()).expect(200);
      await t.admin.query(`SELECT pg_terminate_backend(pid) ${entryConnections}`);
      const { status } = await deliver(t.http, endpoint.path, next());
      expect([200, 503]).toContain(status);
      await deliver(t.http, endpoint.path, next()).expect(200);
    }
  });

  test('and not to be had again is 503 with Retry-After, and no longer than that', async () => {
    await deliver(t.http, endpoint.path, next()).expect(200);
    const { name } = t.database;
    const asAdmin = (sql: string) => withClient(inject('postgres').adminUrl, (client) => client.query(sql));
    await asAdmin(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    try {
      await asAdmin(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND usename = 'bulkhead_entry'`,
      );
      for (let attempt = 0; attempt < 3; attempt += 1) {
        const answer = await deliver(t.http, endpoint.path, next());
        expectBareProblem(answer, 'unavailable');
        expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      }
    } finally {
      await asAdmin(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    }
    await deliver(t.http, endpoint.path, next()).expect(200);
  });
});
