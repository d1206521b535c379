/** Every kind of job is worked off by somebody, inside its organization and nowhere else. */
import type { INestApplication } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { TenantDb } from '../../src/database/tenant-db.js';
import { EntryDb } from '../../src/database/entry-db.js';
import { PlatformDb } from '../../src/database/platform-db.js';
import { deadLetterOf, jobDefinitions, jobNames } from '../../src/jobs/job-definitions.js';
import { JobRunner } from '../../src/jobs/job-runner.js';
import { Jobs } from '../../src/jobs/jobs.js';
import { currentOrganization, openContext, withinOrganization } from '../../src/tenancy/context.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { enqueue, jobs, someEvents, soon, startWorker } from './worked.js';

interface Seen {
  readonly eventId: string;
  /** The organization of the context, of the transaction, and of all that can be read in it. */
  readonly organizations: readonly string[];
}

let t: TestApp;
let worker: INestApplication;
/** Handed to a handler, whatever came of it. */
const called: string[] = [];
const seen: Seen[] = [];
const split: { readonly ids: readonly string[]; readonly context: string }[] = [];
beforeAll(async () => {
  t = await startTestApp();
  worker = await startWorker(t, {
    'handle-event': async ({ eventId }) => {
      called.push(eventId);
      const tenantDb = worker.get(TenantDb);
      const rows = await tenantDb.read<{ id: string }>(() => ({
        text: `SELECT id FROM organizations UNION ALL SELECT organization_id FROM members UNION ALL SELECT current_setting('app.organization_id')::uuid`,
      }));
      const written = await tenantDb.run((manager) =>
        manager.query<{ id: string }[]>('SELECT organization_id AS id FROM members'),
      );
      const ids = [
        currentOrganization().organizationId,
        ...rows.map(({ id }) => id),
        ...written.map(({ id }) => id),
      ];
      seen.push({ eventId, organizations: [...new Set(ids)] });
    },
    'split-deliveries': async ({ deliveryIds }) => {
      called.push(...deliveryIds);
      let context = 'an organization';
      try {
        currentOrganization();
      } catch (error) {
        context = (error as Error).message;
      }
      await worker.get(PlatformDb).read({ text: 'SELECT' });
      split.push({ ids: deliveryIds, context });
    },
  });
});
afterAll(async () => {
  await worker.close();
  await t.close();
});

describe('the definitions', () => {
  test('each has exactly one handler, and no handler is without one', () => {
    const { registered } = t.app.get(JobRunner);
    expect(registered.toSorted()).toEqual(jobNames.toSorted());
    expect(new Set(registered).size).toBe(registered.length);
    expect(jobNames.length).toBeGreaterThan(1);
  });

  test('a second handler for the same is refused', () => {
    for (const name of jobNames) {
      expect(() => t.app.get(JobRunner).register(name, async () => undefined)).toThrow(
        'has a handler already',
      );
    }
  });

  test('each says whose it is, and a queue of the database says how it is retried and where it ends', async () => {
    const queues = new Map((await declared()).map((queue) => [queue.name, queue]));
    for (const name of jobNames) {
      const { scope, options } = jobDefinitions[name];
      expect(['organization', 'platform']).toContain(scope);
      expect(options.retryLimit).toBeGreaterThan(0);
      expect(queues.get(name)).toMatchObject({
        dead_letter: deadLetterOf(name),
        retry_limit: options.retryLimit,
        retry_backoff: true,
        retry_delay: options.retryDelay,
        retry_delay_max: options.retryDelayMax,
        expire_seconds: options.expireInSeconds,
      });
      expect(queues.get(deadLetterOf(name))).toMatchObject({ dead_letter: null, retry_limit: 0 });
    }
  });

  test('a start that finds its queues as they should be changes none; one that does not mends them', async () => {
    const before = await declared();
    await t.another({});
    expect(await declared()).toEqual(before);
    await t.admin.query(
      `UPDATE pgboss.queue SET retry_limit = 0, dead_letter = NULL WHERE name = 'handle-event'`,
    );
    await t.another({});
    const mended = before.map((queue) => ({ ...queue, updated_on: expect.any(Date) as Date }));
    expect(await declared()).toEqual(mended);
  });
});

interface Queue {
  readonly name: string;
  readonly dead_letter: string | null;
  readonly updated_on: Date;
}
async function declared(): Promise<Queue[]> {
  const columns =
    'name, dead_letter, retry_limit, retry_backoff, retry_delay, retry_delay_max, expire_seconds, policy, notify, updated_on';
  return (await t.admin.query<Queue>(`SELECT ${columns} FROM pgboss.queue ORDER BY name`)).rows;
}

describe('a job of an organization', () => {
  test('is worked off inside it, and sees nothing of others that are worked off beside it', async () => {
    const organizations = await Promise.all(Array.from({ length: 6 }, () => t.make.organization()));
    for (const organization of organizations) await t.make.member(organization);
    const events = organizations.map((organizationId) => ({ organizationId, data: someEvents(8) }));
    seen.length = 0;
    await Promise.all(
      events.map(async ({ organizationId, data }) => enqueue(t, organizationId, 'handle-event', data)),
    );
    await expect.poll(() => seen.length, soon).toBe(48);
    const expected = events.flatMap(({ organizationId, data }) =>
      data.map(({ eventId }) => ({ eventId, organizations: [organizationId] })),
    );
    const order = (all: readonly Seen[]) => all.toSorted((a, b) => (a.eventId < b.eventId ? -1 : 1));
    expect(order(seen)).toEqual(order(expected));
  });

  test('belongs to the organization that was entered, whatever its data says', async () => {
    const [mine, theirs] = [await t.make.organization(), await t.make.organization()];
    const data = {
      ...someEvents(1)[0]!,
      group: { id: theirs },
      groupId: theirs,
      group_id: theirs,
      organizationId: theirs,
    };
    await enqueue(t, mine, 'handle-event', [data]);
    await expect
      .poll(() => seen.find(({ eventId }) => eventId === data.eventId), soon)
      .toEqual({
        eventId: data.eventId,
        organizations: [mine],
      });
  });

  test('cannot be enqueued where no organization was entered', async () => {
    const enqueued = t.app
      .get(EntryDb)
      .run({}, (manager) => t.app.get(Jobs).enqueue(manager, 'handle-event', someEvents(1)));
    await expect(enqueued).rejects.toThrow('no organization was entered');
    const opened = openContext('test', () =>
      t.app.get(Jobs).enqueue(undefined as never, 'handle-event', someEvents(1)),
    );
    await expect(opened).rejects.toThrow('no organization was entered');
  });

  test('is there when its transaction commits, and not when it rolls back', async () => {
    const organizationId = await t.make.organization();
    const [kept, lost] = someEvents(2);
    const work = withinOrganization({ organizationId }, 'test', async () =>
      t.app.get(TenantDb).run(async (manager) => {
        await t.app.get(Jobs).enqueue(manager, 'handle-event', [lost!]);
        throw new Error('changed my mind');
      }),
    );
    await expect(work).rejects.toThrow('changed my mind');
    await enqueue(t, organizationId, 'handle-event', [kept!]);
    await expect.poll(() => seen.map(({ eventId }) => eventId), soon).toContain(kept!.eventId);
    expect(await jobs(t, 'handle-event', 'group_id = $1', [organizationId])).toHaveLength(1);
    expect(seen.map(({ eventId }) => eventId)).not.toContain(lost!.eventId);
  });

  test('of a suspended organization is not worked off in another one', async () => {
    const organizationId = await t.make.organization();
    const [event] = someEvents(1);
    await t.admin.query(`UPDATE organizations SET status = 'suspended' WHERE id = $1`, [organizationId]);
    await plant('handle-event', organizationId, event!);
    await expect
      .poll(async () => stateOf(organizationId), soon)
      .toEqual([{ state: 'retry', output: { error: 'Problem', code: 'organization-suspended' } }]);
    expect(seen.map(({ eventId }) => eventId)).not.toContain(event!.eventId);
    await t.admin.query('DELETE FROM pgboss.job_common WHERE group_id = $1', [organizationId]);
  });
});

describe('whose a job is', () => {
  test('a job of the platform runs in no organization', async () => {
    const ids = [uuidv7()];
    const statement = t.app.get(Jobs).statement('split-deliveries', { deliveryIds: ids });
    await t.app.get(EntryDb).write([statement]);
    await expect.poll(() => split, soon).toContainEqual({ ids, context: 'no organization was entered' });
  });

  test('a job of the platform that names an organization fails, and does nothing', async () => {
    const organizationId = await t.make.organization();
    const ids = [uuidv7()];
    await plant('split-deliveries', organizationId, { deliveryIds: ids });
    await expect
      .poll(async () => stateOf(organizationId), soon)
      .toEqual([{ state: 'retry', output: { error: 'Error' } }]);
    expect(called).not.toContain(ids[0]);
  });

  test('a job of an organization that names none fails, and does nothing', async () => {
    const [{ eventId }] = someEvents(1) as [{ eventId: string }];
    await plant('handle-event', null, { eventId });
    const failed = async () => jobs(t, 'handle-event', 'group_id IS NULL');
    await expect
      .poll(async () => (await failed()).map(({ state, output }) => ({ state, output })), soon)
      .toEqual([{ state: 'retry', output: { error: 'Error' } }]);
    expect(called).not.toContain(eventId);
  });

  test('a job of an organization that is none fails, and reads nothing', async () => {
    for (const nobody of [uuidv7(), 'not-a-uuid', '']) {
      const [{ eventId }] = someEvents(1) as [{ eventId: string }];
      await plant('handle-event', nobody, { eventId });
      await expect
        .poll(async () => (await stateOf(nobody)).map(({ state }) => state), soon)
        .toEqual(['retry']);
      expect(seen.map((each) => each.eventId)).not.toContain(eventId);
    }
  });
});

/** As nobody of ours may: past row-level security. */
async function plant(name: string, groupId: string | null, data: object): Promise<void> {
  await t.admin.query(
    `INSERT INTO pgboss.job_common (name, data, group_id, retry_limit, retry_delay, retry_backoff, retry_delay_max, expire_seconds)
     VALUES ($1, $2, $3, 8, 2, true, 600, 30)`,
    [name, data, groupId],
  );
  await t.admin.query(`SELECT pg_notify('pgboss_' || left(encode(sha224('pgboss'::bytea), 'hex'), 24), $1)`, [
    name,
  ]);
}
async function stateOf(groupId: string): Promise<{ state: string; output: object | null }[]> {
  const { rows } = await t.admin.query<{ state: string; output: object | null }>(
    'SELECT state::text, output FROM pgboss.job_common WHERE group_id = $1',
    [groupId],
  );
  return rows;
}
