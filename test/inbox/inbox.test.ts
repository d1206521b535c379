/** From a signed delivery of WhatsApp to the contact, the conversation and the message of one organization. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { enqueue, jobs, soon } from '../jobs/worked.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { connected, countOf, type Connected } from '../webhooks/connected.js';
import { deliver, signed } from '../webhooks/signed.js';
import { inboxOf, lately, post, take, untilHandled, wrote } from './wrote.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp({ ROLE: 'all' });
});
afterAll(() => t.close());

/** A number of a new organization. */
const newNumber = () => connected(t, 'whatsapp');
const empty = { contacts: [], conversations: [], messages: [] };
const phone = '12025550143';
const get = async ({ owner }: Connected, path: string) =>
  (await t.http().get(path).set(owner.bearer).expect(200)).body;

describe('a message', () => {
  test('of somebody new makes the contact, the conversation and the message, and the API shows them', async () => {
    const at = await newNumber();
    const context = { from: at.account, id: 'wamid.ours' };
    await take(
      t,
      at,
      wrote(at, {
        id: 'A1',
        userId: 'US.1',
        phone,
        name: 'Zoë 🚲',
        text: 'Wo ist #1001?',
        more: { context },
      }),
    );
    const { contacts, conversations, messages } = await inboxOf(t, at);
    const occurredAt = new Date(lately * 1_000);
    expect(contacts).toMatchObject([
      {
        name: 'Zoë 🚲',
        whatsapp_user_id: 'US.1',
        phone: `+${phone}`,
        email: null,
        merged_into_id: null,
        version: 1,
      },
    ]);
    expect(conversations).toMatchObject([
      {
        contact_id: contacts[0]!.id,
        connection_id: at.connectionId,
        channel: 'whatsapp',
        status: 'open',
        assignee_id: null,
        tags: [],
        inbound_seq: 1,
        last_inbound_at: occurredAt,
      },
    ]);
    expect(messages).toMatchObject([
      {
        conversation_id: conversations[0]!.id,
        connection_id: at.connectionId,
        direction: 'inbound',
        author: 'contact',
        author_id: null,
        type: 'text',
        text: 'Wo ist #1001?',
        content: null,
        vendor_message_id: 'wamid.A1',
        reply_to: 'wamid.ours',
        inbound_seq: 1,
        status: 'received',
        failure: null,
        occurred_at: occurredAt,
      },
    ]);
    expect((await get(at, '/v1/contacts')).data).toMatchObject([
      { name: 'Zoë 🚲', phone: `+${phone}`, whatsappUserId: 'US.1' },
    ]);
    const { data } = await get(at, '/v1/conversations');
    expect(data).toMatchObject([{ contactName: 'Zoë 🚲', inboundSeq: 1, status: 'open' }]);
    expect((await get(at, `/v1/conversations/${data[0].id}/messages`)).data).toMatchObject([
      { text: 'Wo ist #1001?', author: 'contact', occurredAt: occurredAt.toISOString() },
    ]);
  });

  test('of the same person goes on where it was: one contact, one conversation, counted', async () => {
    const at = await newNumber();
    await take(t, at, wrote(at, { id: '1', phone, text: 'first', at: lately - 9 }));
    const [before] = (await inboxOf(t, at)).conversations;
    await take(t, at, wrote(at, { id: '2', phone, text: 'second' }));
    const { contacts, conversations, messages } = await inboxOf(t, at);
    expect(contacts).toMatchObject([{ phone: `+${phone}`, version: 1 }]);
    expect(conversations).toMatchObject([{ id: before!.id, inbound_seq: 2 }]);
    expect(conversations[0]!.version).toBeGreaterThan(before!.version);
    expect(conversations[0]!.last_inbound_at).toEqual(new Date(lately * 1_000));
    expect(messages.map((each) => [each.conversation_id, each.text, each.inbound_seq])).toEqual([
      [before!.id, 'first', 1],
      [before!.id, 'second', 2],
    ]);
  });

  test('that is no text keeps what it holds, and is shown', async () => {
    const at = await newNumber();
    const image = { id: '300000000000001', mime_type: 'image/jpeg', caption: 'Look' };
    const interactive = { type: 'button_reply', button_reply: { id: 'yes', title: 'Yes, please' } };
    await take(t, at, wrote(at, { id: '1', phone, more: { type: 'image', image } }));
    await take(t, at, wrote(at, { id: '2', phone, more: { type: 'interactive', interactive } }));
    const [{ id }] = (await get(at, '/v1/conversations')).data;
    expect((await get(at, `/v1/conversations/${id}/messages`)).data).toMatchObject([
      { type: 'interactive.button_reply', text: 'Yes, please', content: interactive },
      { type: 'image', text: 'Look', content: image },
    ]);
  });

  test('that comes late, or from the future, turns no clock', async () => {
    const at = await newNumber();
    await take(t, at, wrote(at, { id: '1', phone, at: lately }));
    await take(t, at, wrote(at, { id: '2', phone, at: lately - 3_600 }));
    const { conversations, messages } = await inboxOf(t, at);
    expect(conversations).toMatchObject([{ inbound_seq: 2, last_inbound_at: new Date(lately * 1_000) }]);
    expect(messages[1]!.occurred_at).toEqual(new Date((lately - 3_600) * 1_000));
    await take(t, at, wrote(at, { id: '3', phone, at: lately + 86_400 }));
    const future = await inboxOf(t, at);
    expect(future.messages[2]!.occurred_at.getTime()).toBeLessThanOrEqual(Date.now());
    expect(future.conversations[0]!.last_inbound_at).toEqual(future.messages[2]!.occurred_at);
  });

  test('is the newest of a new conversation, whenever it was taken in', async () => {
    const at = await newNumber();
    await take(t, at, wrote(at, { id: '1', phone, at: lately - 86_400 }));
    const [conversation] = (await inboxOf(t, at)).conversations;
    expect(conversation!.last_message_at).toEqual(new Date((lately - 86_400) * 1_000));
  });

  test('reopens what waits for the contact, and begins anew after what is resolved', async () => {
    const at = await newNumber();
    const set = async (id: string, status: string) =>
      t.http().patch(`/v1/conversations/${id}`).set(at.owner.bearer).send({ status }).expect(200);
    await take(t, at, wrote(at, { id: '1', phone }));
    const [first] = (await inboxOf(t, at)).conversations;
    await set(first!.id, 'pending');
    await take(t, at, wrote(at, { id: '2', phone }));
    expect((await inboxOf(t, at)).conversations).toMatchObject([
      { id: first!.id, status: 'open', inbound_seq: 2 },
    ]);
    await set(first!.id, 'resolved');
    const [resolved] = (await inboxOf(t, at)).conversations;
    await take(t, at, wrote(at, { id: '3', phone }));
    await take(t, at, wrote(at, { id: '4', phone }));
    const { contacts, conversations, messages } = await inboxOf(t, at);
    expect(contacts).toHaveLength(1);
    expect(conversations).toMatchObject([resolved!, { status: 'open', inbound_seq: 2 }]);
    expect(messages.map((each) => [each.conversation_id, each.inbound_seq])).toEqual([
      [first!.id, 1],
      [first!.id, 2],
      [conversations[1]!.id, 1],
      [conversations[1]!.id, 2],
    ]);
  });

  test('that comes twice is there once: delivered again, split again or told in another kind of event', async () => {
    const at = await newNumber();
    await take(t, at, wrote(at, { id: '1', phone, text: 'once' }));
    const before = await inboxOf(t, at);
    await take(t, at, wrote(at, { id: '1', phone, text: 'once', at: lately + 1 }));
    await take(
      t,
      at,
      wrote(at, { id: '1', phone, text: 'once' }),
      wrote(at, { id: '1', phone, text: 'once' }),
    );
    const { organizationId } = at.owner;
    const eventId = await t.make.webhookEvent(
      {
        id: at.connectionId,
        organizationId,
        provider: 'whatsapp',
        account: at.account,
        endpoint: undefined!,
      },
      {
        type: 'message.button',
        payload: {
          message: { from: phone, id: 'wamid.1', type: 'button', button: { text: 'once' } },
          contact: { profile: { name: 'Mara' }, wa_id: phone },
        },
        handled: false,
      },
    );
    await enqueue(t, organizationId, 'handle-event', [{ eventId }]);
    await untilHandled(t, at);
    expect(await inboxOf(t, at)).toEqual(before);
  });

  test('to another number of the same shop is of the same contact, in a conversation of its own', async () => {
    const one = await newNumber();
    const two = await connected(t, 'whatsapp', { owner: one.owner });
    // Ids are unique to the number, so the same one is another message here.
    await take(t, one, wrote(one, { id: '1', phone }));
    await take(t, two, wrote(two, { id: '1', phone }));
    const { contacts, conversations, messages } = await inboxOf(t, one);
    expect(contacts).toHaveLength(1);
    expect(conversations.map((each) => [each.connection_id, each.contact_id, each.inbound_seq])).toEqual([
      [one.connectionId, contacts[0]!.id, 1],
      [two.connectionId, contacts[0]!.id, 1],
    ]);
    expect(messages).toHaveLength(2);
  });

  test.each([
    ['a system notice', { type: 'system', system: { body: 'changed from 1 to 2' } }],
    ['what WhatsApp does not support', { type: 'unsupported', errors: [{ code: 131051 }] }],
    ['what has no type', { type: undefined }],
    ['what has no id', { id: undefined }],
    ['what has no writer', { from: undefined }],
    ['what has a list for an id', { id: ['wamid.1'] }],
  ])('is not: %s; it stays an event', async (_name, more) => {
    const at = await newNumber();
    const writer = 'from' in more ? {} : { phone };
    await take(t, at, wrote(at, { id: '1', ...writer, more }));
    expect(await countOf(t, 'webhook_events', 'connection_id = $1', [at.connectionId])).toBe(1);
    expect(await inboxOf(t, at)).toEqual(empty);
  });

  test.each([
    ['NUL in the text, the name and the id', { text: 'a\0b', name: 'Ma\0ra', more: { id: 'wamid\0.1' } }],
    ['lists where objects belong', { more: { text: [], context: [], errors: {} } }],
    ['a number that is possible and too long for E.164', { phone: '4911111111111111' }],
    ['half a character', { text: '\ud83d', name: '\ude00' }],
    ['a very long text', { text: 'ü'.repeat(70_000) }],
  ])('with %s is taken in all the same', async (_name, odd) => {
    const at = await newNumber();
    await take(t, at, wrote(at, { id: '1', userId: 'US.1', phone, ...odd }));
    const { contacts, messages } = await inboxOf(t, at);
    expect(contacts).toMatchObject([{ whatsapp_user_id: 'US.1' }]);
    expect(messages).toMatchObject([{ vendor_message_id: 'wamid.1', inbound_seq: 1 }]);
  });

  test('of Richpanel, whatever it calls its events, is none', async () => {
    const desk = await connected(t, 'richpanel');
    const { value } = wrote(desk, { id: '1', phone }) as {
      value: { messages: object[]; contacts: object[] };
    };
    const body = {
      event: 'message.text',
      workspace: desk.account,
      ticketId: 't-1',
      message: value.messages[0],
      contact: value.contacts[0],
    };
    await deliver(t.http, desk.path, signed('richpanel', desk.secret, JSON.stringify(body))).expect(200);
    await untilHandled(t, desk);
    expect(
      await countOf(t, 'webhook_events', `connection_id = $1 AND type = 'message.text'`, [desk.connectionId]),
    ).toBe(1);
    expect(await inboxOf(t, desk)).toEqual(empty);
  });

  test('is its own organization’s, and the same person is somebody else to another', async () => {
    const [mine, theirs] = [await newNumber(), await newNumber()];
    await take(t, mine, wrote(mine, { id: 'X', userId: 'US.1', phone, name: 'Mine', text: 'to me alone' }));
    expect(await inboxOf(t, theirs)).toEqual(empty);
    for (const path of ['/v1/contacts', '/v1/conversations'])
      expect(await get(theirs, path)).toEqual({ data: [], page: { nextCursor: null } });
    const [conversation] = (await inboxOf(t, mine)).conversations;
    const foreign = [`/v1/conversations/${conversation!.id}`, `/v1/contacts/${conversation!.contact_id}`];
    for (const path of [...foreign, `${foreign[0]}/messages`])
      await t.http().get(path).set(theirs.owner.bearer).expect(404);
    const before = await inboxOf(t, mine);
    await take(t, theirs, wrote(theirs, { id: 'X', userId: 'US.1', phone, name: 'Theirs' }));
    expect(await inboxOf(t, mine)).toEqual(before);
    const { contacts, messages } = await inboxOf(t, theirs);
    expect(contacts).toMatchObject([{ name: 'Theirs', whatsapp_user_id: 'US.1', phone: `+${phone}` }]);
    expect(messages).toMatchObject([{ vendor_message_id: 'wamid.X' }]);
  });

  test('in the name of another organization’s number is nobody’s', async () => {
    const [mine, theirs] = [await newNumber(), await newNumber()];
    // Signed by one, at its own endpoint, about the other's number.
    await post(t, theirs, wrote(mine, { id: 'X', phone }));
    await untilHandled(t, theirs);
    expect(await inboxOf(t, mine)).toEqual(empty);
    expect(await inboxOf(t, theirs)).toEqual(empty);
  });
});

describe('at once', () => {
  const retried = async ({ owner }: Connected) =>
    jobs(t, 'handle-event', 'group_id = $1 AND retry_count > 0', [owner.organizationId]);

  test('20 messages of somebody new make one contact and one conversation, and are counted without a gap', async () => {
    const at = await newNumber();
    const ids = Array.from({ length: 20 }, (_, index) => String(index));
    await Promise.all(ids.map(async (id) => post(t, at, wrote(at, { id, userId: 'US.1', phone, text: id }))));
    await untilHandled(t, at);
    const { contacts, conversations, messages } = await inboxOf(t, at);
    expect(contacts).toMatchObject([{ whatsapp_user_id: 'US.1', phone: `+${phone}` }]);
    expect(conversations).toMatchObject([{ contact_id: contacts[0]!.id, inbound_seq: 20 }]);
    expect(new Set(messages.map(({ conversation_id: id }) => id))).toEqual(new Set([conversations[0]!.id]));
    const counts = messages.map(({ inbound_seq: seq }) => seq ?? 0);
    expect(counts.toSorted((a, b) => a - b)).toEqual(ids.map((_, index) => index + 1));
    expect(new Set(messages.map(({ text }) => text))).toEqual(new Set(ids));
    expect(await retried(at)).toEqual([]);
  });

  test('two people do not wait in each other’s conversation', async () => {
    const at = await newNumber();
    const people = ['12025550111', '12025550122'];
    const all = Array.from({ length: 10 }, (_, index) => ({ id: String(index), phone: people[index % 2]! }));
    await Promise.all(all.map(async (each) => post(t, at, wrote(at, each))));
    await untilHandled(t, at);
    const { contacts, conversations } = await inboxOf(t, at);
    expect(contacts).toHaveLength(2);
    expect(new Set(contacts.map((each) => each.phone))).toEqual(new Set(['+12025550111', '+12025550122']));
    expect(conversations.map((each) => each.inbound_seq)).toEqual([5, 5]);
  });

  test('by user id, by number and by both: one contact in the end, and no message lost', async () => {
    const at = await newNumber();
    const names = [{ userId: 'US.1' }, { phone }, { userId: 'US.1', phone }];
    const all = Array.from({ length: 18 }, (_, index) => ({ id: String(index), ...names[index % 3]! }));
    await Promise.all(all.map(async (each) => post(t, at, wrote(at, each))));
    await untilHandled(t, at);
    await take(t, at, wrote(at, { id: 'last', userId: 'US.1', phone }));
    const { contacts, conversations, messages } = await inboxOf(t, at);
    const named = contacts.filter(({ merged_into_id: into }) => into === null);
    expect(named).toMatchObject([{ whatsapp_user_id: 'US.1', phone: `+${phone}` }]);
    expect(new Set(conversations.map((each) => each.contact_id))).toEqual(new Set([named[0]!.id]));
    expect(messages).toHaveLength(19);
    for (const { id, inbound_seq: count } of conversations) {
      const counts = messages.filter((each) => each.conversation_id === id).map((each) => each.inbound_seq!);
      expect(counts.toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: count }, (_, index) => index + 1),
      );
    }
  });

  test('a conversation that a person changes while a message comes loses neither', async () => {
    const at = await newNumber();
    await take(t, at, wrote(at, { id: 'first', phone }));
    const [{ id }] = (await get(at, '/v1/conversations')).data;
    const tag = async (name: string) =>
      t
        .http()
        .patch(`/v1/conversations/${id}`)
        .set(at.owner.bearer)
        .send({ tags: [name] })
        .expect(200);
    const writing = ['a', 'b', 'c', 'd'].map(async (each) => post(t, at, wrote(at, { id: each, phone })));
    await Promise.all([...writing, ...['1', '2', '3', '4'].map(tag)]);
    await expect.poll(() => countOf(t, 'messages', 'conversation_id = $1', [id]), soon).toBe(5);
    const [conversation] = (await inboxOf(t, at)).conversations;
    expect(conversation).toMatchObject({ inbound_seq: 5 });
    expect((conversation as unknown as { tags: string[] }).tags).toHaveLength(1);
  });
});
