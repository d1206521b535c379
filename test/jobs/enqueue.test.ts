/** What is enqueued by our own statement is what pg-boss would have enqueued, and stands where it should. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EntryDb } from '../../src/database/entry-db.js';
import { JobQueue } from '../../src/jobs/job-queue.js';
import { Jobs } from '../../src/jobs/jobs.js';
import { TenantDb } from '../../src/database/tenant-db.js';
import { withinOrganization } from '../../src/tenancy/context.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { connect } from '../support/database.js';
import { enqueue, jobs, someEvents } from './worked.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

const ofItsOwn = new Set(['id', 'created_on', 'start_after', 'keep_until']);

test('a job of the platform is the row that pg-boss writes itself, column by column', async () => {
  const data = { deliveryIds: ['01a1fed6-cb00-73ba-8a66-1dbd4f618670'] };
  await t.app.get(EntryDb).write([t.app.get(Jobs).statement('split-deliveries', data)]);
  await t.app.get(JobQueue).boss.insert('split-deliveries', [{ data }]);
  const { rows } = await t.admin.query<Record<string, unknown>>(
    `SELECT *, keep_until - created_on AS kept, start_after - created_on AS wait FROM pgboss.job_common
      WHERE name = 'split-deliveries' ORDER BY created_on`,
  );
  const [ours, theirs] = rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([column]) => !ofItsOwn.has(column))),
  );
  expect(Object.keys(theirs!).length).toBeGreaterThan(25);
  expect(ours).toEqual(theirs);
});

test('so is one of an organization', async () => {
  const organization = await t.make.organization();
  const [data] = someEvents(1);
  await enqueue(t, organization, 'handle-event', [data!]);
  const group = { id: organization };
  await withinOrganization({ organizationId: organization }, 'test', async () =>
    t.app.get(TenantDb).run(async (transaction) => {
      const executeSql = async (text: string, values?: unknown[]) => ({
        rows: await transaction.query<object[]>(text, values),
      });
      await t.app.get(JobQueue).boss.insert('handle-event', [{ data: data!, group }], { db: { executeSql } });
    }),
  );
  const { rows } = await t.admin.query<Record<string, unknown>>(
    'SELECT * FROM pgboss.job_common WHERE group_id = $1',
    [organization],
  );
  const [ours, theirs] = rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([column]) => !ofItsOwn.has(column))),
  );
  expect(ours).toEqual(theirs);
});

test('its workers are told when it is committed, as by pg-boss itself', async () => {
  const listener = await connect(t.database.adminUrl);
  const heard: (string | undefined)[] = [];
  listener.on('notification', ({ payload }) => heard.push(payload));
  const { rows } = await t.admin.query<{ channel: string }>(
    `SELECT 'pgboss_' || left(encode(sha224('pgboss'::bytea), 'hex'), 24) AS channel`,
  );
  await listener.query(`LISTEN ${rows[0]!.channel}`);
  await t.app.get(EntryDb).write([t.app.get(Jobs).statement('split-deliveries', { deliveryIds: [] })]);
  await t.app.get(JobQueue).boss.insert('split-deliveries', [{ data: { deliveryIds: [] } }]);
  await expect.poll(() => heard).toEqual(['split-deliveries', 'split-deliveries']);
  await listener.end();
});

test('each further waiting job of an organization stands one place behind, whoever else waits', async () => {
  const [one, two] = [await t.make.organization(), await t.make.organization()];
  await enqueue(t, one, 'handle-event', someEvents(3));
  await enqueue(t, two, 'handle-event', someEvents(1));
  await enqueue(t, one, 'handle-event', someEvents(2));
  const places = async (organization: string) =>
    (await jobs(t, 'handle-event', 'group_id = $1', [organization]))
      .map((job) => (job as unknown as { priority: number }).priority)
      .toSorted((a, b) => b - a);
  expect(await places(one)).toEqual([0, -1, -2, -3, -4].map((place) => place + 0));
  expect((await places(two)).map(Math.abs)).toEqual([0]);
  // What is done does not count.
  await t.admin.query(`UPDATE pgboss.job_common SET state = 'completed' WHERE group_id = $1`, [one]);
  await enqueue(t, one, 'handle-event', someEvents(1));
  const [latest] = await jobs(t, 'handle-event', `group_id = $1 AND state = 'created'`, [one]);
  expect(latest).toMatchObject({ priority: 0 });
});
