/** A message is decided about once: a job that is given out again finds the decision, and changes nothing. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enqueue } from '../jobs/worked.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { again } from './again.js';
import { grace, mara, Shop, soon } from './shop.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp({ ROLE: 'all' });
});
afterAll(() => t.close());

interface Row {
  readonly id: string;
  readonly status: string;
  readonly author: string;
  readonly verdict: string;
  readonly reason: string;
}

/** All that an answer leaves behind. */
const left = async (shop: Shop) => ({
  decisions: await shop.rows<Row>('decisions'),
  drafts: await shop.rows<Row>('drafts'),
  messages: await shop.rows<Row>('messages'),
  outbox: await shop.outbox(),
});

test('what a kill switch refused is no draft, and does not leave when the job comes again after it', async () => {
  const shop = await Shop.open(t, { kill_switch: true });
  await shop.write(mara, 'Where is my order #1001?');
  await expect.poll(() => shop.rows('decisions'), soon).toHaveLength(1);
  await shop.settled();
  const before = await left(shop);
  expect(before).toMatchObject({ drafts: [], outbox: [] });
  expect(before.decisions).toMatchObject([{ verdict: 'refuse', reason: 'kill-switch-on' }]);
  await shop.set({ kill_switch: false });
  await again(t, shop, 'answer-message');
  await shop.settled();
  expect(await left(shop)).toEqual(before);
});

test.each(['open', 'rejected', 'approved'] as const)(
  'a draft that is %s is not sent by itself when the job comes again and everything would allow it',
  async (status) => {
    const shop = await Shop.open(t, { safe_mode: true });
    await shop.write(mara, 'Where is my order #1001?');
    await expect.poll(() => shop.rows('drafts'), soon).toHaveLength(1);
    await shop.settled();
    const [draft] = await shop.rows<Row>('drafts');
    const act = { open: undefined, rejected: 'rejection', approved: 'approval' }[status];
    if (act) await t.http().post(`/v1/drafts/${draft!.id}/${act}`).set(shop.owner.bearer).expect(200);
    await shop.settled();
    const before = await left(shop);
    expect(before.drafts).toMatchObject([{ status }]);
    expect(before.outbox).toHaveLength(status === 'approved' ? 1 : 0);
    await shop.set({ safe_mode: false });
    await again(t, shop, 'answer-message');
    await shop.settled();
    expect(await left(shop)).toEqual(before);
  },
);

test('what was sent is not sent again, whoever wrote it', async () => {
  const shop = await Shop.open(t);
  await shop.write(grace, 'Where is my order?');
  await expect.poll(() => shop.outbox(), soon).toHaveLength(1);
  const [conversation] = await shop.get<Row>('/v1/conversations');
  const path = `/v1/conversations/${conversation!.id}/messages`;
  await t.http().post(path).set(shop.owner.bearer).send({ text: 'And from me' }).expect(201);
  await expect.poll(() => shop.outbox(), soon).toHaveLength(2);
  await shop.settled();
  const before = await left(shop);
  for (const job of ['answer-message', 'send-message'] as const) await again(t, shop, job);
  await shop.settled();
  expect(await left(shop)).toEqual(before);
});

test('the job of people’s messages takes none of the automation’s past its checks', async () => {
  const shop = await Shop.open(t);
  await shop.write(grace, 'Where is my order?');
  await expect.poll(() => shop.outbox(), soon).toHaveLength(1);
  await shop.settled();
  const { organizationId } = shop.owner;
  // As after an attempt that the vendor did not take.
  await t.admin.query(
    `UPDATE messages SET status = 'ready', attempt = NULL WHERE organization_id = $1 AND direction = 'outbound'`,
    [organizationId],
  );
  const before = await left(shop);
  const { id: messageId } = before.messages.find(({ author }) => author === 'automation')!;
  await enqueue(t, organizationId, 'send-message', [{ messageId }]);
  await shop.settled();
  expect(await left(shop)).toEqual(before);
});
