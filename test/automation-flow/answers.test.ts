/** From a signed WhatsApp message to the mock's outbox, through the running application. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { mara, grace, Shop, soon } from './shop.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp({ ROLE: 'all' });
});
afterAll(() => t.close());

interface Row {
  readonly id: string;
  readonly status: string;
  readonly text: string;
  readonly failure: string | null;
  readonly author: string;
  readonly verdict: string;
  readonly reason: string;
  readonly attempt: string | null;
}
/** What only its owner may learn of #1001 (the mock's book of orders): statuses, tracking, dates, total, mail, phone. */
const secretsOf1001 =
  /tracking\.example|RM123456785GB|Royal Mail|in transit|on its way|shipped|November|2026-11-(14|24)T|129[.,]90|mara@lindqvist|12025550143/i;

test('an order that is proven to be the writer’s is told of by itself, once', async () => {
  const shop = await Shop.open(t);
  await shop.write(mara, 'Hi, where is my order #1001?');
  await expect.poll(() => shop.outbox(), soon).toHaveLength(1);
  await shop.settled();
  const [sent] = await shop.outbox();
  expect(sent!.text).toContain('#1001');
  expect(sent!.to.phone).toBe(`+${mara}`);
  const [decision] = await shop.rows<Row>('decisions');
  expect(decision).toMatchObject({
    verdict: 'send',
    reason: 'ok',
    author: 'automation',
    message_id: sent!.id,
  });
  const [draft] = await shop.rows<Row>('drafts');
  expect(draft).toMatchObject({ status: 'sent-by-itself', message_id: sent!.id });
  const [{ last_message_at: last, last_inbound_at: asked }] = (await shop.rows('conversations')) as [
    Record<string, Date>,
  ];
  expect(last! > asked!).toBe(true);
  expect((await shop.rows<Row>('messages')).map(({ status }) => status)).toEqual(['received', 'sent']);
});

test('of somebody else’s order nothing is said, neither to the writer nor in a draft or a decision', async () => {
  const shop = await Shop.open(t);
  await shop.write(grace, 'Where is my order #1001?');
  await shop.settled();
  const told = [await shop.outbox(), await shop.rows('drafts'), await shop.rows('decisions')];
  expect(JSON.stringify(told)).not.toMatch(secretsOf1001);
  expect((await shop.rows<Row & { context: object }>('decisions'))[0]!.context).toMatchObject({
    tier: 1,
    matchReason: 'not-the-writers',
  });
  expect((await shop.rows<Row>('decisions'))[0]).toMatchObject({
    verdict: 'refuse',
    reason: 'order-unproven',
  });
  expect(await shop.outbox()).toEqual([]);
});

test('the same delivery twice is answered once', async () => {
  const shop = await Shop.open(t);
  const id = await shop.write(mara, 'Where is my order #1001?');
  await shop.write(mara, 'Where is my order #1001?', id);
  await shop.settled();
  expect(await shop.outbox()).toHaveLength(1);
  expect(await shop.rows('messages')).toHaveLength(2);
});

describe('held for a person', () => {
  test('under safe mode there is a draft, and an approval makes it the person’s own message', async () => {
    const shop = await Shop.open(t, { safe_mode: true });
    await shop.write(mara, 'Where is my order #1001?');
    await expect.poll(() => shop.rows('drafts'), soon).toHaveLength(1);
    await shop.settled();
    expect(await shop.outbox()).toEqual([]);
    const [draft] = await shop.rows<Row>('drafts');
    expect(draft!.status).toBe('open');
    await t.http().post(`/v1/drafts/${draft!.id}/approval`).set(shop.owner.bearer).expect(200);
    await expect.poll(() => shop.outbox(), soon).toHaveLength(1);
    await shop.settled();
    expect((await shop.outbox())[0]!.text).toBe(draft!.text);
    const [held, sent] = await shop.rows<Row>('decisions');
    expect([held!.verdict, held!.reason]).toEqual(['hold', 'safe-mode']);
    expect([sent!.verdict, sent!.author]).toEqual(['send', 'member']);
  });

  test('what the model invents lies before nobody: the draft has the template’s words', async () => {
    const shop = await Shop.open(t);
    await shop.write(mara, 'Where is my order #1001? MOCK-INVENT');
    await expect.poll(() => shop.rows('drafts'), soon).toHaveLength(1);
    await shop.settled();
    expect(await shop.outbox()).toEqual([]);
    const [draft] = await shop.rows<Row>('drafts');
    expect(draft!.status).toBe('open');
    expect(draft!.text).not.toContain('1Z999AA10123456784');
    expect((await shop.rows<Row>('decisions'))[0]).toMatchObject({
      verdict: 'hold',
      reason: 'facts-unsupported',
    });
  });

  test('a new message makes the draft stale: it is void, and cannot be approved any more', async () => {
    const shop = await Shop.open(t, { ladder: 'drafts' });
    await shop.write(mara, 'Where is my order #1001?');
    await expect.poll(() => shop.rows('drafts'), soon).toHaveLength(1);
    await shop.write(mara, 'Where is my order #1001 now?');
    await shop.settled();
    const drafts = await shop.rows<Row>('drafts');
    expect(drafts.map(({ status }) => status)).toEqual(['void', 'open']);
    const answer = await t.http().post(`/v1/drafts/${drafts[0]!.id}/approval`).set(shop.owner.bearer);
    expect([answer.status, answer.body.code]).toEqual([409, 'draft-stale']);
    expect(await shop.outbox()).toEqual([]);
  });
});

describe('nothing leaves', () => {
  test('and nothing is drafted on the ladder step routing, or with automation off', async () => {
    for (const flags of [{ ladder: 'routing' }, { automation_enabled: false }]) {
      const shop = await Shop.open(t, flags);
      await shop.write(mara, 'Where is my order #1001?');
      await expect.poll(() => shop.rows('decisions'), soon).toHaveLength(1);
      await shop.settled();
      expect(await shop.rows('drafts')).toEqual([]);
      expect(await shop.outbox()).toEqual([]);
    }
  });

  test('behind the organization’s kill switch, not even a person’s reply; the next after it is off does', async () => {
    const shop = await Shop.open(t, { kill_switch: true });
    await shop.write(mara, 'Where is my order #1001?');
    await shop.settled();
    const [conversation] = await shop.get<Row>('/v1/conversations');
    const reply = async (text: string) =>
      t
        .http()
        .post(`/v1/conversations/${conversation!.id}/messages`)
        .set(shop.owner.bearer)
        .send({ text })
        .expect(201);
    await reply('Held back');
    await shop.settled();
    expect(await shop.outbox()).toEqual([]);
    const [, held] = await shop.rows<Row>('messages');
    expect([held!.status, held!.failure]).toEqual(['not-sent', 'kill-switch-on']);
    await shop.set({ kill_switch: false });
    await reply('Now');
    await expect.poll(() => shop.outbox(), soon).toHaveLength(1);
    expect((await shop.outbox())[0]!.text).toBe('Now');
  });

  test('behind the platform’s kill switch, in any organization', async () => {
    const own = await startTestApp({ ROLE: 'all' });
    const shop = await Shop.open(own);
    await own.admin.query('UPDATE platform_flags SET kill_switch = true');
    await shop.write(mara, 'Where is my order #1001?');
    await shop.settled();
    expect(await shop.outbox()).toEqual([]);
    expect((await shop.rows<Row>('decisions'))[0]).toMatchObject({
      verdict: 'refuse',
      reason: 'kill-switch-on',
    });
    await own.close();
  });
});

describe('what the vendor does', () => {
  const write = async (from: string) => {
    const shop = await Shop.open(t);
    await shop.write(from, 'Where is my order?');
    await expect.poll(async () => (await shop.rows<Row>('messages')).length, soon).toBe(2);
    const latest = async () => (await shop.rows<Row>('messages'))[1]!;
    return { shop, latest };
  };

  test('refuses for good: failed, with its reason, and not tried again', async () => {
    const { shop, latest } = await write('447700910001');
    await shop.settled();
    expect(await latest()).toMatchObject({ status: 'failed', failure: 'undeliverable' });
    expect(await shop.outbox()).toEqual([]);
  });

  test('refuses for now: sent by a later attempt, once', async () => {
    const { shop, latest } = await write('447700910002');
    await expect.poll(async () => (await latest()).status, soon).toBe('sent');
    await shop.settled();
    expect(await shop.outbox()).toHaveLength(1);
  });

  test('does not answer: unknown, never sent again, and settled by the report that echoes our id', async () => {
    const { shop, latest } = await write('447700910004');
    await expect.poll(async () => (await latest()).status, soon).toBe('unknown');
    await shop.settled();
    expect(await shop.outbox()).toHaveLength(1);
    await shop.report('wamid.of.the.vendor', 'delivered', (await latest()).id);
    await expect.poll(async () => (await latest()).status, soon).toBe('delivered');
  });
});

test('who claimed a message and never came back leaves it unknown: nobody sends it again', async () => {
  const shop = await Shop.open(t);
  await shop.write(mara, 'Where is my order #1001?');
  await expect.poll(() => shop.outbox(), soon).toHaveLength(1);
  await shop.settled();
  // As a process leaves it that was killed between claim and record, and as the queue then gives the job out again.
  await t.admin.query(
    `UPDATE messages SET status = 'sending', vendor_message_id = NULL, sending_since = now() - interval '2 minutes'
      WHERE organization_id = $1 AND direction = 'outbound'`,
    [shop.owner.organizationId],
  );
  await t.admin.query(
    `UPDATE pgboss.job_common SET state = 'created', started_on = NULL, completed_on = NULL WHERE group_id = $1 AND name = 'answer-message'`,
    [shop.owner.organizationId],
  );
  const status = async () => (await shop.rows<Row>('messages'))[1]!.status;
  await expect.poll(status, soon).toBe('unknown');
  await shop.settled();
  expect(await shop.outbox()).toHaveLength(1);
});

describe('routing', () => {
  test('the first enabled rule that holds assigns and tags, also where nothing is drafted; a person’s choice stays', async () => {
    const shop = await Shop.open(t, { ladder: 'routing' });
    const { id: assigneeId } = shop.owner;
    const rule = async (place: number, conditions: object[], actions: object) =>
      t
        .http()
        .post('/v1/routing-rules')
        .set(shop.owner.bearer)
        .send({ name: `at ${place}`, place, conditions, actions })
        .expect(201);
    await rule(20, [], { tags: ['anything else'] });
    const wanted = await rule(10, [{ type: 'intent', is: 'order-status' }], { assigneeId, tags: ['orders'] });
    await shop.write(mara, 'Where is my order #1001?');
    await shop.settled();
    const [conversation] = await shop.get<{ id: string; assigneeId: string; tags: string[] }>(
      '/v1/conversations',
    );
    expect(conversation).toMatchObject({ assigneeId, tags: ['orders'] });
    const [decision] = await shop.rows<Row & { context: object }>('decisions');
    expect(decision!.context).toMatchObject({ ruleId: (wanted.body as { id: string }).id });
    const other = await t.make.member(shop.owner.organizationId);
    await t
      .http()
      .patch(`/v1/conversations/${conversation!.id}`)
      .set(shop.owner.bearer)
      .send({ assigneeId: other.id })
      .expect(200);
    await shop.write(mara, 'So where is my order #1001?');
    await shop.settled();
    expect((await shop.get('/v1/conversations'))[0]).toMatchObject({ assigneeId: other.id });
  });
});
