/** Who works what off, and how a busy organization leaves room for the others. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../../src/app.js';
import { withClient } from '../../src/database/provision.js';
import { JobQueue } from '../../src/jobs/job-queue.js';
import { currentOrganization, withinOrganization } from '../../src/tenancy/context.js';
import { EventStore } from '../../src/webhooks/event-store.js';
import { TenantDb } from '../../src/database/tenant-db.js';
import { expectBareProblem } from '../api/answers.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { declaredRoutes } from '../support/routes.js';
import { connected, countOf, type Connected } from '../webhooks/connected.js';
import { deliver, signed } from '../webhooks/signed.js';
import { enqueue, jobs, someEvents, soon, startWorker } from './worked.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

/** Stored as splitting a delivery stores them, with a job each. */
async function storeEvents(own: TestApp, { owner, connectionId }: Connected, count: number): Promise<void> {
  const { organizationId } = owner;
  const events = someEvents(count).map(({ eventId }) => ({
    connectionId,
    deliveryId: eventId,
    type: 'orders/create',
    factKey: eventId,
    vendorEventKey: null,
    payload: {},
    occurredAt: null,
    receivedAt: new Date().toISOString(),
  }));
  await withinOrganization({ organizationId }, 'test', async () =>
    own.app.get(EventStore).store(organizationId, events),
  );
}
/** What one process says of its jobs. */
async function completed(http: TestApp['http'], job: string): Promise<number> {
  const { text } = await http().get('/metrics').expect(200);
  const line = text
    .split('\n')
    .find((each) => each.startsWith(`jobs_total{job="${job}",outcome="completed"`));
  return Number(line?.split(' ').at(-1) ?? 0);
}

test('a process that answers requests alone works nothing off: jobs wait for one that does', async () => {
  expect(t.app.get(JobQueue).works).toBe(false);
  const shop = await connected(t, 'shopify');
  await deliver(t.http, shop.path, signed('shopify', shop.secret, '{"n":1}')).expect(200);
  await enqueue(t, shop.owner.organizationId, 'handle-event', someEvents(1));
  expect(
    t.app
      .get(JobQueue)
      .boss.getWipData({ includeInternal: true })
      .filter(({ name }) => !name.startsWith('__')),
  ).toEqual([]);
  const waiting = async () => [...(await jobs(t, 'split-deliveries')), ...(await jobs(t, 'handle-event'))];
  expect((await waiting()).map(({ state, started_on }) => [state, started_on])).toEqual([
    ['created', null],
    ['created', null],
  ]);
  const worker = await t.another({ ROLE: 'worker' });
  await expect
    .poll(async () => (await waiting()).every(({ state }) => state === 'completed'), soon)
    .toBe(true);
  expect(await completed(worker, 'split-deliveries')).toBe(1);
  expect(await completed(t.http, 'split-deliveries')).toBe(0);
});

test('a process that only works answers those who watch it, and nobody else', async () => {
  const worker = await t.another({ ROLE: 'worker' });
  for (const path of ['/healthz', '/readyz', '/metrics']) await worker().get(path).expect(200);
  const { bearer } = await t.make.signedIn();
  const shop = await connected(t, 'shopify');
  const others = declaredRoutes(t.app).filter(
    ({ path }) => !['/healthz', '/readyz', '/metrics'].includes(path),
  );
  expect(others.length).toBeGreaterThan(15);
  for (const { method, path } of others) {
    const verb = method.toLowerCase() as 'get';
    const url = path.replace(':endpointKey', shop.key);
    expectBareProblem(await worker()[verb](url).set(bearer), 'not-found');
  }
  for (const path of ['/docs', '/openapi.json', '/nothing', '/healthz/']) {
    expectBareProblem(await worker().get(path), 'not-found');
  }
  expectBareProblem(await deliver(worker, shop.path, signed('shopify', shop.secret, '{}')), 'not-found');
});

test('two workers share what there is to do, and handle nothing twice', async () => {
  // On a database of its own, where nobody else works.
  const own = await startTestApp();
  // So many organizations that the limit of each keeps no worker from its share.
  const connections = await Promise.all(Array.from({ length: 16 }, () => connected(own, 'shopify')));
  for (const each of connections) await storeEvents(own, each, 10);
  const [workers, busy] = await withClient(own.database.adminUrl, async (locker) => {
    // Nothing can be handled, so that neither is done with everything before the other has begun.
    await locker.query('BEGIN; LOCK TABLE webhook_events IN EXCLUSIVE MODE');
    const started = [0, 1].map(() => createApp(own.database.settings({ ROLE: 'worker' })));
    const apps = await Promise.all(started);
    const taken = () =>
      apps.map((app) => {
        const counts = app
          .get(JobQueue)
          .boss.getWipData()
          .map(({ name, count }) => (name === 'handle-event' ? count : 0));
        return counts.some((count) => count > 0);
      });
    await expect.poll(taken, soon).toEqual([true, true]);
    await locker.query('COMMIT');
    return [apps, taken];
  });
  const of = (where: string) => countOf(own, 'webhook_events', where);
  await expect.poll(() => of('handled_at IS NOT NULL'), soon).toBe(160);
  // One update each: stored as version 1, handled once.
  expect(await of('version = 2')).toBe(160);
  await expect.poll(busy, soon).toEqual([false, false]);
  await Promise.all(workers.map((worker) => worker.close()));
  await own.close();
});

test('an event whose job runs ten times at once, and once more, is handled once', async () => {
  const { connectionId, owner } = await connected(t, 'shopify');
  const { organizationId } = owner;
  const events = someEvents(6);
  for (const { eventId } of events) {
    await t.admin.query(
      `INSERT INTO webhook_events (organization_id, id, connection_id, delivery_id, type, fact_key, payload, received_at)
       VALUES ($1, $2::uuid, $3, $2::uuid, 'orders/create', $2::text, '{}', now())`,
      [organizationId, eventId, connectionId],
    );
  }
  const completedJobs = async () =>
    (await jobs(t, 'handle-event', `group_id = $1 AND state = 'completed'`, [organizationId])).length;
  await enqueue(
    t,
    organizationId,
    'handle-event',
    events.flatMap((event) => Array.from({ length: 10 }, () => event)),
  );
  await expect.poll(completedJobs, soon).toBe(60);
  await enqueue(t, organizationId, 'handle-event', events);
  await expect.poll(completedJobs, soon).toBe(66);
  expect(await countOf(t, 'webhook_events', 'connection_id = $1 AND version = 2', [connectionId])).toBe(6);
});

describe('an organization that floods the queue', () => {
  // On a database of its own: what other tests left to do would come first.
  test('300 jobs of one, then 5 of another: these are done before half of those', async () => {
    const own = await startTestApp();
    const [busy, patient] = [await own.make.organization(), await own.make.organization()];
    await enqueue(own, busy, 'handle-event', someEvents(300));
    await enqueue(own, patient, 'handle-event', someEvents(5));
    const order: string[] = [];
    const worker = await startWorker(own, {
      'handle-event': async () => {
        const { organizationId } = currentOrganization();
        await worker.get(TenantDb).read(() => ({ text: 'SELECT pg_sleep(0.002)' }));
        order.push(organizationId);
      },
    });
    await expect.poll(() => order.filter((each) => each === patient).length, soon).toBe(5);
    expect(order.lastIndexOf(patient) + 1 - 5).toBeLessThan(150);
    await worker.close();
    await own.close();
  });

  test('four of 100 jobs each, in many transactions, then 5 of a fifth: these wait for 5 of each, not for all', async () => {
    const own = await startTestApp();
    const busy = await Promise.all(Array.from({ length: 4 }, () => own.make.organization()));
    for (const each of busy) {
      for (let part = 0; part < 10; part += 1) await enqueue(own, each, 'handle-event', someEvents(10));
    }
    const patient = await own.make.organization();
    await enqueue(own, patient, 'handle-event', someEvents(5));
    const order: string[] = [];
    const worker = await startWorker(own, {
      'handle-event': async () => {
        const { organizationId } = currentOrganization();
        await worker.get(TenantDb).read(() => ({ text: 'SELECT pg_sleep(0.002)' }));
        order.push(organizationId);
      },
    });
    await expect.poll(() => order.filter((each) => each === patient).length, soon).toBe(5);
    // 5 of each of the five, and what two fetchers of ten had taken besides.
    expect(order.lastIndexOf(patient) + 1).toBeLessThanOrEqual(25 + 20);
    await worker.close();
    await own.close();
  });
});
