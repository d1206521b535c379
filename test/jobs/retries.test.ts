/** A job that fails is tried again, later and later; one that always fails ends where a person finds it, and can be put back. */
import type { INestApplication } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DeadLetters } from '../../src/jobs/dead-letters.js';
import { JobQueue } from '../../src/jobs/job-queue.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { enqueue, jobs, makeDue, someEvents, soon, startWorker, wake } from './worked.js';

/** What somebody wrote, and an error quotes. */
const written = 'Where is my parcel, says Mara Lindqvist';

let t: TestApp;
let worker: INestApplication;
let letters: DeadLetters;
const failing = new Set<string>();
const attempts = new Map<string, number>();
beforeAll(async () => {
  t = await startTestApp();
  letters = t.app.get(DeadLetters);
  worker = await startWorker(t, {
    'handle-event': async ({ eventId }) => {
      attempts.set(eventId, (attempts.get(eventId) ?? 0) + 1);
      if (failing.has(eventId))
        throw Object.assign(new RangeError(written), { code: '22P02', detail: written });
    },
  });
});
afterAll(async () => {
  await worker.close();
  await t.close();
});

/** Enqueued, and failing until it is mended. */
async function failingJobs(organizationId: string, count: number): Promise<string[]> {
  const events = someEvents(count);
  for (const { eventId } of events) failing.add(eventId);
  await enqueue(t, organizationId, 'handle-event', events);
  return events.map(({ eventId }) => eventId);
}
const mend = (ids: readonly string[]) => ids.forEach((id) => failing.delete(id));
const of = async (organizationId: string, where = 'true') =>
  jobs(t, 'handle-event', `group_id = $1 AND ${where}`, [organizationId]);

/** Fails for good after one more attempt than it has had. */
async function kill(organizationId: string): Promise<void> {
  await expect
    .poll(async () => (await of(organizationId)).every(({ state }) => state === 'retry'), soon)
    .toBe(true);
  await t.admin.query(
    `UPDATE pgboss.job_common SET retry_limit = retry_count + 1 WHERE name = 'handle-event' AND group_id = $1`,
    [organizationId],
  );
  await makeDue(t, 'handle-event');
  await expect
    .poll(async () => (await of(organizationId)).every(({ state }) => state === 'failed'), soon)
    .toBe(true);
}

test('a job that fails waits longer each time, each wait random within its bounds; then it is a dead letter', async () => {
  const organizationId = await t.make.organization();
  const [before] = (await t.admin.query<{ now: Date }>('SELECT now()')).rows;
  let since = before!.now.getTime();
  const ids = await failingJobs(organizationId, 5);
  const spreads: number[] = [];
  for (let retry = 0; retry < 8; retry += 1) {
    const failed = async () =>
      of(organizationId, `state = 'retry' AND retry_count = ${retry} AND start_after > now()`);
    await expect.poll(async () => (await failed()).length, soon).toBe(5);
    const { rows } = await t.admin.query<{ now: Date }>('SELECT now()');
    const [least, most] = [2 ** (retry + 1), Math.min(600, 2 ** (retry + 2))];
    const due = (await failed()).map(({ start_after: at }) => at.getTime());
    for (const at of due) {
      expect(at).toBeGreaterThanOrEqual(since + least * 1_000);
      expect(at).toBeLessThanOrEqual(rows[0]!.now.getTime() + most * 1_000);
    }
    spreads.push(Math.max(...due) - Math.min(...due));
    since = rows[0]!.now.getTime();
    await makeDue(t, 'handle-event');
  }
  // They failed together, and do not come back together.
  for (const spread of spreads.slice(3)) expect(spread).toBeGreaterThan(20);
  await expect.poll(async () => (await of(organizationId, `state = 'failed'`)).length, soon).toBe(5);
  expect(ids.map((id) => attempts.get(id))).toEqual([9, 9, 9, 9, 9]);
  expect(await letters.list('handle-event', { organizationId }, 10)).toHaveLength(5);
});

test('a dead letter says whose it is, what it was about and the name of the error, and quotes nothing', async () => {
  const organizationId = await t.make.organization();
  const [eventId] = await failingJobs(organizationId, 1);
  await kill(organizationId);
  const [letter, ...others] = await letters.list('handle-event', { organizationId }, 10);
  expect(others).toEqual([]);
  expect(letter).toEqual({
    id: expect.any(String) as string,
    job: 'handle-event',
    organizationId,
    data: { eventId },
    error: { error: 'RangeError', code: '22P02' },
    diedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
  });
  expect(Math.abs(Date.parse(letter!.diedAt) - Date.now())).toBeLessThan(60_000);
  const { rows } = await t.admin.query<{ everything: string }>(
    `SELECT string_agg(j::text, E'\\n') AS everything FROM pgboss.job_common j`,
  );
  for (const word of [written, 'Mara', 'parcel', 'retries.test'])
    expect(rows[0]!.everything).not.toContain(word);
});

describe('dead letters', () => {
  async function died(count: number): Promise<{ organizationId: string; events: string[]; ids: string[] }> {
    const organizationId = await t.make.organization();
    const events = await failingJobs(organizationId, count);
    await kill(organizationId);
    const found = await letters.list('handle-event', { organizationId }, 100);
    return { organizationId, events, ids: found.map(({ id }) => id) };
  }
  const left = async (organizationId: string) =>
    (await letters.list('handle-event', { organizationId }, 100)).map(({ id }) => id);

  test('are listed and put back by id, as fresh jobs of the same organization, worked off like any', async () => {
    const { organizationId, events, ids } = await died(3);
    expect((await letters.list('handle-event', { ids: ids.slice(0, 2) }, 10)).map(({ id }) => id)).toEqual(
      ids.slice(0, 2),
    );
    const chosen = (await letters.list('handle-event', { ids: [ids[1]!] }, 10))[0]!;
    const { eventId } = chosen.data as { eventId: string };
    mend(events);
    const before = attempts.get(eventId)!;
    expect(await letters.replay('handle-event', { ids: [ids[1]!] })).toBe(1);
    const [fresh] = await of(organizationId, `state = 'created'`);
    expect(fresh).toMatchObject({
      group_id: organizationId,
      data: { eventId },
      retry_count: 0,
      retry_limit: 8,
    });
    await wake(t, 'handle-event');
    await expect
      .poll(async () => (await of(organizationId, `state = 'completed'`)).map(({ data }) => data), soon)
      .toEqual([{ eventId }]);
    expect(attempts.get(eventId)).toBe(before + 1);
    expect(await left(organizationId)).toEqual([ids[0], ids[2]]);
    expect(await letters.replay('handle-event', { ids: [ids[1]!] })).toBe(0);
  });

  test('are put back by organization, and no other’s with them', async () => {
    const [one, two] = [await died(3), await died(2)];
    mend([...one.events, ...two.events]);
    expect(await letters.replay('handle-event', { organizationId: one.organizationId })).toBe(3);
    await wake(t, 'handle-event');
    await expect.poll(async () => (await of(one.organizationId, `state = 'completed'`)).length, soon).toBe(3);
    expect(await left(one.organizationId)).toEqual([]);
    expect(await left(two.organizationId)).toEqual(two.ids);
    // An id of somebody else's does not slip through with the organization.
    expect(await letters.replay('handle-event', { organizationId: one.organizationId, ids: two.ids })).toBe(
      0,
    );
    expect(await left(two.organizationId)).toEqual(two.ids);
  });

  test('are listed, the oldest first, and put back by time', async () => {
    const { organizationId, events, ids } = await died(3);
    const at = ['2026-11-03T00:00:00Z', '2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z'];
    for (const [index, id] of ids.entries())
      await t.admin.query('UPDATE pgboss.job_common SET created_on = $2 WHERE id = $1', [id, at[index]]);
    const oldestFirst = [ids[1]!, ids[2]!, ids[0]!];
    expect(await left(organizationId)).toEqual(oldestFirst);
    const filter = { organizationId, before: '2026-11-02T12:00:00Z' };
    expect((await letters.list('handle-event', filter, 10)).map(({ id }) => id)).toEqual(
      oldestFirst.slice(0, 2),
    );
    expect((await letters.list('handle-event', filter, 1)).map(({ id }) => id)).toEqual([ids[1]]);
    mend(events);
    expect(await letters.replay('handle-event', filter)).toBe(2);
    expect(await left(organizationId)).toEqual([ids[0]]);
  });

  test('of one kind of job are not those of another', async () => {
    const { organizationId } = await died(1);
    expect(await letters.list('split-deliveries', { organizationId }, 10)).toEqual([]);
    expect(await letters.replay('split-deliveries', {})).toBe(0);
    expect(await left(organizationId)).toHaveLength(1);
  });

  test('more than one page of them are put back, all and once', async () => {
    const organizationId = await t.make.organization();
    await t.admin.query(
      `INSERT INTO pgboss.job_common (name, data, group_id, source_name, source_id, source_output, retry_limit)
       SELECT 'handle-event-dead', jsonb_build_object('eventId', gen_random_uuid()), $1, 'handle-event', gen_random_uuid(), '{"error":"X"}', 0
         FROM generate_series(1, 1200)`,
      [organizationId],
    );
    expect(await letters.replay('handle-event', { organizationId })).toBe(1_200);
    expect(await letters.list('handle-event', { organizationId }, 1)).toEqual([]);
    const back = await of(organizationId);
    expect(new Set(back.map(({ data }) => data.eventId)).size).toBe(1_200);
    await t.admin.query('DELETE FROM pgboss.job_common WHERE group_id = $1', [organizationId]);
  });

  test('a job that dies again after it was put back is a dead letter again, with the same organization', async () => {
    const { organizationId, events } = await died(1);
    expect(await letters.replay('handle-event', { organizationId })).toBe(1);
    await wake(t, 'handle-event');
    await t.admin.query(`DELETE FROM pgboss.job_common WHERE group_id = $1 AND state = 'failed'`, [
      organizationId,
    ]);
    await kill(organizationId);
    const [letter] = await letters.list('handle-event', { organizationId }, 10);
    expect(letter).toMatchObject({ organizationId, data: { eventId: events[0] } });
  });
});

test('a job whose process was killed is given to another after half a minute', async () => {
  const organizationId = await t.make.organization();
  const [{ eventId }] = someEvents(1) as [{ eventId: string }];
  // As a process leaves it that took it and is gone.
  await t.admin.query(
    `INSERT INTO pgboss.job_common (name, data, group_id, state, started_on, retry_limit, retry_delay, retry_backoff, retry_delay_max, expire_seconds)
     SELECT name, $1, $2, 'active', now() - interval '31 seconds', retry_limit, retry_delay, retry_backoff, retry_delay_max, expire_seconds
       FROM pgboss.queue WHERE name = 'handle-event'`,
    [{ eventId }, organizationId],
  );
  // What workers do every ten seconds by themselves, one of them at a time.
  await t.admin.query(`UPDATE pgboss.queue SET monitor_on = NULL WHERE name = 'handle-event'`);
  await worker.get(JobQueue).boss.supervise('handle-event');
  await expect.poll(async () => (await of(organizationId))[0]!.state, soon).toBe('retry');
  expect((await of(organizationId))[0]!.output).toEqual({ value: { message: 'job timed out' } });
  await makeDue(t, 'handle-event');
  await expect.poll(() => attempts.get(eventId), soon).toBe(1);
});
