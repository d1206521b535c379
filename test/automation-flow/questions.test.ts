/** What counts as the question: all that nobody has answered yet, and only while nobody has. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { again } from './again.js';
import { mara, Shop, soon } from './shop.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp({ ROLE: 'all' });
});
afterAll(() => t.close());

interface Row {
  readonly text: string;
  readonly status: string;
  readonly verdict: string;
  readonly reason: string;
  readonly context: object;
}

/** Once everything that was written has been decided on. */
async function newest(shop: Shop, table: 'decisions' | 'drafts', count: number): Promise<Row> {
  await expect.poll(() => shop.rows(table), soon).toHaveLength(count);
  await shop.settled();
  return (await shop.rows<Row>(table)).at(-1)!;
}

describe('a question in several messages', () => {
  test('is one question: the number in the first, a please in the second', async () => {
    const shop = await Shop.open(t, { ladder: 'drafts' });
    await shop.write(mara, 'Where is my order #1001?');
    await newest(shop, 'drafts', 1);
    await shop.write(mara, 'please');
    const draft = await newest(shop, 'drafts', 2);
    expect(draft).toMatchObject({ status: 'open', text: expect.stringContaining('#1001') as string });
  });

  test.each([
    ['23 hours', /#1001/],
    ['25 hours', /^(?!.*#1001).*Which order/s],
  ])('is one question for a day: the other message is %s older', async (age, text) => {
    const shop = await Shop.open(t, { ladder: 'drafts' });
    await shop.write(mara, 'Where is my order #1001?');
    await newest(shop, 'drafts', 1);
    await t.admin.query(
      'UPDATE messages SET occurred_at = occurred_at - $1::interval WHERE organization_id = $2',
      [age, shop.owner.organizationId],
    );
    await shop.write(mara, 'Where is my order?');
    const draft = await newest(shop, 'drafts', 2);
    expect(draft).toMatchObject({ status: 'open', text: expect.stringMatching(text) as string });
  });

  test('is two orders when two are named, and then nothing is told of either', async () => {
    const shop = await Shop.open(t, { ladder: 'drafts' });
    await shop.write(mara, 'Where is my order #1001?');
    await newest(shop, 'drafts', 1);
    await shop.write(mara, 'And my order #1003?');
    const decision = await newest(shop, 'decisions', 2);
    expect(decision.context).toMatchObject({ tier: 1, matchReason: 'several-numbers' });
  });

  test('ends with our answer: thanks for it asks nothing', async () => {
    const shop = await Shop.open(t);
    await shop.write(mara, 'Where is my order #1001?');
    await expect.poll(() => shop.outbox(), soon).toHaveLength(1);
    await shop.settled();
    await shop.write(mara, 'thank you');
    const decision = await newest(shop, 'decisions', 2);
    expect(decision.context).toMatchObject({ intent: 'other', tier: 0 });
    expect(await shop.outbox()).toHaveLength(1);
  });

  test.each([
    ['before the words', ['image', 'text']],
    ['after them', ['text', 'image']],
  ])('holds a picture, which only a person can see: %s', async (_, types) => {
    const shop = await Shop.open(t, { ladder: 'routing' });
    for (const [index, type] of types.entries()) {
      const part =
        type === 'text' ? { body: 'Where is my order #1001?' } : { id: '77', mime_type: 'image/jpeg' };
      await shop.say(mara, { id: `wamid.${randomUUID()}`, type, [type]: part });
      await newest(shop, 'decisions', index + 1);
    }
    await shop.set({ ladder: 'whitelist' });
    await t.admin.query('DELETE FROM decisions WHERE organization_id = $1', [shop.owner.organizationId]);
    await again(t, shop);
    expect(await newest(shop, 'decisions', 1)).toMatchObject({ verdict: 'hold', reason: 'template-unknown' });
    expect([await shop.outbox(), await shop.rows('drafts')]).toEqual([[], []]);
  });

  test('a reaction says nothing', async () => {
    const shop = await Shop.open(t, { ladder: 'drafts' });
    const id = await shop.write(mara, 'Where is my order #1001?');
    await newest(shop, 'drafts', 1);
    const reaction = { message_id: id, emoji: '👍' };
    await shop.say(mara, { id: `wamid.${randomUUID()}`, type: 'reaction', reaction });
    expect((await newest(shop, 'drafts', 2)).text).toContain('#1001');
  });
});

test('what a person has answered meanwhile is not answered again', async () => {
  const shop = await Shop.open(t, { ladder: 'routing' });
  await shop.write(mara, 'Where is my order #1001?');
  await newest(shop, 'decisions', 1);
  const [conversation] = await shop.get<{ id: string }>('/v1/conversations');
  await t
    .http()
    .post(`/v1/conversations/${conversation!.id}/messages`)
    .set(shop.owner.bearer)
    .send({ text: 'It arrives tomorrow.' })
    .expect(201);
  await expect.poll(() => shop.outbox(), soon).toHaveLength(1);
  await shop.settled();
  await shop.set({ ladder: 'whitelist' });
  await t.admin.query('DELETE FROM decisions WHERE organization_id = $1', [shop.owner.organizationId]);
  await again(t, shop);
  expect(await newest(shop, 'decisions', 1)).toMatchObject({
    verdict: 'refuse',
    reason: 'loop-person-replied',
  });
  expect(await shop.outbox()).toHaveLength(1);
});

test('a shop that never answers: decided in the end, for a person to read', async () => {
  const shop = await Shop.open(t);
  // The mock's book says of this one that the shop is away.
  await shop.write(mara, 'Where is my order #1503?');
  const retried = async () =>
    (
      await t.admin.query(
        `SELECT FROM pgboss.job_common WHERE name = 'answer-message' AND state = 'retry' AND group_id = $1`,
        [shop.owner.organizationId],
      )
    ).rowCount;
  await expect.poll(retried, soon).toBe(1);
  expect(await shop.rows('decisions')).toEqual([]);
  await again(t, shop, 'answer-message', { retryCount: 8 });
  const decision = await newest(shop, 'decisions', 1);
  expect(decision).toMatchObject({ verdict: 'refuse', reason: 'order-unproven' });
  expect(decision.context).toMatchObject({ intent: 'order-status', matchReason: 'shop-unavailable' });
  expect(await shop.outbox()).toEqual([]);
});
