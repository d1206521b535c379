/** What became of what was sent: reports come in any order, more than once, and about what is nobody's. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import type { MadeConversation, MessageToMake } from '../support/factory.js';
import { connected, type Connected } from '../webhooks/connected.js';
import { inboxOf, messageRow, reported, take, wrote } from './wrote.js';

let t: TestApp;
let at: Connected;
let conversation: MadeConversation;
beforeAll(async () => {
  t = await startTestApp({ ROLE: 'all' });
  at = await connected(t, 'whatsapp');
  conversation = await conversationAt(at);
});
afterAll(() => t.close());

const conversationAt = async ({ connectionId: id, owner: { organizationId } }: Connected) =>
  t.make.conversation({ id, organizationId }, await t.make.contact(organizationId));
let ids = 0;
const newId = () => `wamid.out${(ids += 1)}`;
const outbound = (as: MessageToMake = {}) => t.make.message(conversation, { direction: 'outbound', ...as });
const error = { errors: [{ code: 131047, title: 'Re-engagement message' }] };

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item) =>
    permutations(items.filter((each) => each !== item)).map((rest) => [item, ...rest]),
  );
}

/** Every order of these reports, each about a message of its own: planted, then told step by step. */
async function inEveryOrder(words: readonly string[]) {
  const all = [];
  for (const order of permutations(words)) {
    const vendorMessageId = newId();
    all.push({ order, vendorMessageId, id: await outbound({ vendorMessageId, status: 'sending' }) });
  }
  for (const step of words.keys()) {
    const statuses = all.map(({ order, vendorMessageId }) => ({
      id: vendorMessageId,
      status: order[step]!,
      ...(order[step] === 'failed' && error),
    }));
    // The step before is handled, so that this is the order they are taken in.
    await take(t, at, reported(at, ...statuses));
  }
  return Promise.all(
    all.map(async ({ order, id }) => ({ order: order.join(), ...(await messageRow(t, id)) })),
  );
}

test.each([
  ['read', ['sent', 'delivered', 'read', 'failed'], 24],
  ['played', ['delivered', 'played', 'failed'], 6],
  ['delivered', ['sent', 'delivered', 'failed'], 6],
  ['read', ['read', 'failed'], 2],
  ['failed', ['sent', 'failed'], 2],
  ['read', ['sent', 'read'], 2],
] as [string, string[], number][])('ends as %s, in any order of %j', async (end, words, orders) => {
  const messages = await inEveryOrder(words);
  expect(messages).toHaveLength(orders);
  expect(messages.filter(({ status }) => status !== end)).toEqual([]);
});

test('what arrived has not failed: no reason is left, in any order', async () => {
  const messages = await inEveryOrder(['delivered', 'failed']);
  expect(messages.map(({ order, status, failure }) => [order, status, failure])).toEqual([
    ['delivered,failed', 'delivered', null],
    ['failed,delivered', 'delivered', null],
  ]);
});

test.each(['ready', 'sending', 'unknown', 'not-sent', 'sent'])(
  'a message that is %s may fail, and says why',
  async (status) => {
    const vendorMessageId = newId();
    const id = await outbound({ vendorMessageId, status });
    await take(t, at, reported(at, { id: vendorMessageId, status: 'failed', ...error }));
    expect(await messageRow(t, id)).toMatchObject({
      status: 'failed',
      failure: 'whatsapp-131047',
      version: 2,
    });
  },
);

test('that it failed is kept even when it is not said why, or said in garbage', async () => {
  const own = await connected(t, 'whatsapp');
  const made = await conversationAt(own);
  for (const more of [
    {},
    { errors: 'x' },
    { errors: [{ code: { is: 1 } }] },
    { errors: [{ code: 'a\0' }] },
  ]) {
    const vendorMessageId = newId();
    const id = await t.make.message(made, { direction: 'outbound', vendorMessageId });
    await take(t, own, reported(own, { id: vendorMessageId, status: 'failed', ...more }));
    const { status, failure } = await messageRow(t, id);
    expect([status, failure]).toEqual(['failed', expect.stringMatching(/^whatsapp/)]);
  }
});

test('a report that moves nothing changes nothing: not even the version', async () => {
  const vendorMessageId = newId();
  const id = await outbound({ vendorMessageId, status: 'read' });
  const before = await messageRow(t, id);
  for (const status of ['sent', 'delivered', 'failed', 'read', 'warning', 'deleted'])
    await take(t, at, reported(at, { id: vendorMessageId, status, biz_opaque_callback_data: id }));
  expect(await messageRow(t, id)).toEqual(before);
});

test('the API shows what became of it', async () => {
  const made = await conversationAt(at);
  const vendorMessageId = newId();
  await t.make.message(made, { direction: 'outbound', vendorMessageId });
  await take(t, at, reported(at, { id: vendorMessageId, status: 'delivered' }));
  const path = `/v1/conversations/${made.id}/messages`;
  const { body } = await t.http().get(path).set(at.owner.bearer).expect(200);
  expect(body.data).toMatchObject([{ direction: 'outbound', status: 'delivered', failure: null }]);
});

describe('our own id in a report', () => {
  test.each(['sending', 'unknown'])(
    'settles a message that is %s and whose answer we never saw',
    async (status) => {
      const id = await outbound({ status, vendorMessageId: null });
      const vendorMessageId = newId();
      await take(t, at, reported(at, { id: vendorMessageId, status: 'sent', biz_opaque_callback_data: id }));
      expect(await messageRow(t, id)).toMatchObject({ status: 'sent', vendor_message_id: vendorMessageId });
      // From now on the vendor's own id names it too.
      await take(t, at, reported(at, { id: vendorMessageId, status: 'read' }));
      expect(await messageRow(t, id)).toMatchObject({ status: 'read', vendor_message_id: vendorMessageId });
    },
  );

  test.each([
    ['no id', 'not an id'],
    ['nobody’s', '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99'],
    ['empty', ''],
    ['NUL', '\0'],
    ['a list', ['x']],
    ['SQL', `' OR true --`],
  ])('that is %s does no harm: the vendor’s id still names the message', async (_name, ours) => {
    const vendorMessageId = newId();
    const id = await outbound({ vendorMessageId });
    const bystander = await outbound({ vendorMessageId: null, status: 'sending' });
    await take(t, at, reported(at, { id: vendorMessageId, status: 'read', biz_opaque_callback_data: ours }));
    expect(await messageRow(t, id)).toMatchObject({ status: 'read' });
    expect(await messageRow(t, bystander)).toMatchObject({ status: 'sending', version: 1 });
  });

  test('and the vendor’s id of another message: ours is meant, and the other stays', async () => {
    const own = await connected(t, 'whatsapp');
    const made = await conversationAt(own);
    const vendorMessageId = newId();
    // Older, so that it would be found first.
    const other = await t.make.message(made, { direction: 'outbound', vendorMessageId });
    const ours = newId();
    const id = await t.make.message(made, { direction: 'outbound', vendorMessageId: ours });
    const status = { id: vendorMessageId, status: 'delivered', biz_opaque_callback_data: id };
    await take(t, own, reported(own, status));
    expect(await messageRow(t, id)).toMatchObject({ status: 'delivered' });
    expect(await messageRow(t, other)).toMatchObject({ status: 'sent', vendor_message_id: vendorMessageId });
  });
});

describe('a report of somebody else', () => {
  test('another number of the same shop, or another organization’s, says nothing about this message, by either id', async () => {
    const beside = await connected(t, 'whatsapp', { owner: at.owner });
    const foreign = await connected(t, 'whatsapp');
    const vendorMessageId = newId();
    const id = await outbound({ vendorMessageId });
    const unsettled = await outbound({ vendorMessageId: null, status: 'sending' });
    const before = [await messageRow(t, id), await messageRow(t, unsettled)];
    for (const other of [beside, foreign]) {
      await take(t, other, reported(other, { id: vendorMessageId, status: 'read' }));
      await take(
        t,
        other,
        reported(other, { id: newId(), status: 'read', biz_opaque_callback_data: id }),
        reported(other, { id: newId(), status: 'failed', biz_opaque_callback_data: unsettled }),
      );
    }
    expect([await messageRow(t, id), await messageRow(t, unsettled)]).toEqual(before);
    expect(await inboxOf(t, foreign)).toEqual({ contacts: [], conversations: [], messages: [] });
  });

  test('about what the contact wrote changes nothing', async () => {
    await take(t, at, wrote(at, { id: 'inbound', phone: '12025550143' }));
    const of = async () =>
      (await inboxOf(t, at)).messages.find((each) => each.vendor_message_id === 'wamid.inbound')!;
    const before = await of();
    const status = { id: 'wamid.inbound', status: 'failed', biz_opaque_callback_data: before.id };
    await take(t, at, reported(at, status));
    expect(await of()).toEqual(before);
  });
});
