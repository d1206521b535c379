/** What keeps the automation from talking too much: in a conversation, with another machine, and in a day. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { grace, mara, Shop, soon } from './shop.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp({ ROLE: 'all' });
});
afterAll(() => t.close());

interface Row {
  readonly id: string;
  readonly verdict: string;
  readonly reason: string;
}

/** Each question is another one, so that none is an echo. */
let questions = 0;
async function ask(shop: Shop, from = grace, text = `Where is my order? ${'!'.repeat((questions += 1))}`) {
  const before = (await shop.rows<Row>('decisions')).length;
  await shop.write(from, text);
  await expect.poll(async () => (await shop.rows<Row>('decisions')).length, soon).toBe(before + 1);
  await shop.settled();
  const { verdict, reason } = (await shop.rows<Row>('decisions')).at(-1)!;
  return [verdict, reason];
}

/** What was said so far was said an hour ago. */
const laterOn = async ({ owner }: Shop) =>
  t.admin.query(
    `UPDATE messages SET created_at = created_at - interval '1 hour' WHERE organization_id = $1 AND direction = 'outbound'`,
    [owner.organizationId],
  );

async function reply(shop: Shop, text: string): Promise<void> {
  const [conversation] = await shop.get<Row>('/v1/conversations');
  const path = `/v1/conversations/${conversation!.id}/messages`;
  await t.http().post(path).set(shop.owner.bearer).send({ text }).expect(201);
  await shop.settled();
}

const sent = ['send', 'ok'];

describe('in one conversation', () => {
  test('three answers in a row, and the fourth is a person’s; after a person wrote it begins anew', async () => {
    const shop = await Shop.open(t);
    for (let answers = 0; answers < 3; answers += 1) {
      expect(await ask(shop)).toEqual(sent);
      await laterOn(shop);
    }
    expect(await ask(shop)).toEqual(['hold', 'loop-too-many']);
    expect(await shop.outbox()).toHaveLength(3);
    await reply(shop, 'Let me see');
    expect(await ask(shop)).toEqual(sent);
    expect(await shop.outbox()).toHaveLength(5);
  });

  test('no two answers within half a minute, however long ago the one before was', async () => {
    const shop = await Shop.open(t);
    expect(await ask(shop)).toEqual(sent);
    await laterOn(shop);
    expect(await ask(shop)).toEqual(sent);
    expect(await ask(shop)).toEqual(['hold', 'loop-too-soon']);
    // Another person's conversation is another one.
    expect(await ask(shop, mara)).toEqual(sent);
    expect(await shop.outbox()).toHaveLength(3);
  });

  test.each([
    ['sending', ['hold', 'loop-too-soon']],
    ['unknown', ['hold', 'loop-too-soon']],
    ['played', ['hold', 'loop-too-soon']],
    ['ready', sent],
    ['failed', sent],
    ['not-sent', sent],
  ] as const)('an answer counts when it left or may have: %s', async (status, expected) => {
    const shop = await Shop.open(t);
    expect(await ask(shop)).toEqual(sent);
    await t.admin.query(
      `UPDATE messages SET status = $2 WHERE organization_id = $1 AND direction = 'outbound'`,
      [shop.owner.organizationId, status],
    );
    expect(await ask(shop)).toEqual(expected);
  });

  test('whoever says what we said is a machine, in capitals too; who says more is none', async () => {
    const shop = await Shop.open(t, { ladder: 'routing' });
    await ask(shop);
    await reply(shop, 'Where is my order?');
    await shop.set({ ladder: 'whitelist' });
    expect(await ask(shop, grace, ' WHERE is  my order?')).toEqual(['hold', 'loop-echo']);
    expect(await ask(shop, grace, 'Where is my order? It is late')).toEqual(sent);
  });
});

describe('in a day', () => {
  interface Planted {
    readonly count: number;
    readonly author?: string;
    readonly status?: string;
    readonly ago?: string;
  }

  async function said(shop: Shop, ...planted: readonly Planted[]): Promise<void> {
    const { organizationId } = shop.owner;
    const number = { organizationId, id: shop.whatsapp.connectionId };
    const conversation = await t.make.conversation(number, await t.make.contact(organizationId));
    for (const { count, author = 'automation', status = 'sent', ago = '23 hours' } of planted) {
      await t.admin.query(
        `INSERT INTO messages (organization_id, id, conversation_id, connection_id, direction, author, type, text,
                               status, occurred_at, created_at)
         SELECT $1, gen_random_uuid(), $2, $3, 'outbound', $4, 'text', 'x', $5, now(), now() - $6::interval
           FROM generate_series(1, $7)`,
        [organizationId, conversation.id, number.id, author, status, ago, count],
      );
    }
  }

  test('2000 answers of an organization, and the next is a person’s', async () => {
    const shop = await Shop.open(t);
    await said(shop, { count: 1_000 }, { count: 1_000, status: 'unknown' });
    expect(await ask(shop)).toEqual(['hold', 'sends-spent']);
    expect(await shop.rows('drafts')).toHaveLength(1);
    expect(await shop.outbox()).toEqual([]);
  });

  test('what people wrote, what never left and what is older than a day does not count', async () => {
    const shop = await Shop.open(t);
    await said(
      shop,
      { count: 1_999 },
      { count: 5, author: 'member' },
      { count: 5, status: 'not-sent' },
      { count: 5, ago: '25 hours' },
    );
    expect(await ask(shop)).toEqual(sent);
  });
});
