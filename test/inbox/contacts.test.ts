/** Who somebody is, by what their messages prove: a user id before a number, which may be given to another person. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../support/app.js';
import { connected, type Connected } from '../webhooks/connected.js';
import { inboxOf, take, wrote, type Written } from './wrote.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp({ ROLE: 'all' });
});
afterAll(() => t.close());

const phone = '12025550143';
let ids = 0;
/** Each in a delivery of its own, one after the other. */
async function write(at: Connected, ...messages: readonly Omit<Written, 'id'>[]): Promise<void> {
  for (const each of messages) await take(t, at, wrote(at, { id: String((ids += 1)), ...each }));
}
const newNumber = () => connected(t, 'whatsapp');

describe('one message that proves both names', () => {
  const [byUser, byPhone] = [{ userId: 'US.1' }, { phone }];
  test.each([
    ['user id first', [byUser, byPhone]],
    ['number first', [byPhone, byUser]],
  ] as [string, Omit<Written, 'id'>[]][])(
    'unites the contacts: the older stays, with all names and conversations; %s',
    async (_name, order) => {
      const at = await newNumber();
      await write(at, ...order);
      const before = await inboxOf(t, at);
      const [older, younger] = before.contacts;
      expect(before.conversations.map((each) => each.contact_id)).toEqual([older!.id, younger!.id]);
      await write(at, { userId: 'US.1', phone, name: 'Mara, both' });
      const { contacts, conversations, messages } = await inboxOf(t, at);
      expect(contacts).toMatchObject([
        {
          id: older!.id,
          whatsapp_user_id: 'US.1',
          phone: `+${phone}`,
          name: 'Mara, both',
          merged_into_id: null,
        },
        { id: younger!.id, whatsapp_user_id: null, phone: null, email: null, merged_into_id: older!.id },
      ]);
      expect(conversations.map((each) => each.contact_id)).toEqual([older!.id, older!.id]);
      // It goes on in the one that was begun last.
      expect(conversations.map((each) => each.inbound_seq)).toEqual([1, 2]);
      expect(messages).toHaveLength(3);

      const get = async (path: string) => (await t.http().get(path).set(at.owner.bearer).expect(200)).body;
      expect((await get('/v1/contacts')).data).toMatchObject([{ id: older!.id }]);
      expect(await get(`/v1/contacts/${younger!.id}`)).toMatchObject({ mergedIntoId: older!.id });
      expect((await get(`/v1/conversations?contactId=${older!.id}`)).data).toHaveLength(2);
      expect((await get(`/v1/conversations?contactId=${younger!.id}`)).data).toEqual([]);

      // By either name it is the same person from now on.
      await write(at, byUser, byPhone);
      const after = await inboxOf(t, at);
      expect(after.contacts).toHaveLength(2);
      expect(after.conversations.map((each) => each.inbound_seq)).toEqual([1, 4]);
    },
  );

  test.each([
    ['the older', 0],
    ['the younger', 1],
  ])('keeps the address that %s had', async (_name, whose) => {
    const at = await newNumber();
    await write(at, byUser, byPhone);
    const { contacts } = await inboxOf(t, at);
    await t.admin.query(`UPDATE contacts SET email = 'mara@people.example' WHERE id = $1`, [
      contacts[whose]!.id,
    ]);
    await write(at, { userId: 'US.1', phone });
    expect((await inboxOf(t, at)).contacts).toMatchObject([
      { email: 'mara@people.example', merged_into_id: null },
      { email: null, merged_into_id: contacts[0]!.id },
    ]);
  });

  test('and again with a third: whoever was merged points at who has the conversations', async () => {
    const at = await newNumber();
    const planted = await t.make.contact(at.owner.organizationId, { phone: '+12025550199' });
    await write(at, byUser, byPhone, { userId: 'US.1', phone }, { userId: 'US.1', phone: '12025550199' });
    const { contacts, conversations } = await inboxOf(t, at);
    expect(contacts.map((each) => each.merged_into_id)).toEqual([null, planted.id, planted.id]);
    expect(contacts[0]).toMatchObject({ whatsapp_user_id: 'US.1', phone: '+12025550199' });
    expect(new Set(conversations.map((each) => each.contact_id))).toEqual(new Set([planted.id]));
  });

  test('gives one contact what it lacked, when there is only one', async () => {
    const at = await newNumber();
    await write(at, byUser, { userId: 'US.1', phone });
    expect((await inboxOf(t, at)).contacts).toMatchObject([{ whatsapp_user_id: 'US.1', phone: `+${phone}` }]);
    const another = await newNumber();
    await write(another, byPhone, { userId: 'US.1', phone });
    const { contacts, conversations } = await inboxOf(t, another);
    expect(contacts).toMatchObject([{ whatsapp_user_id: 'US.1', phone: `+${phone}` }]);
    expect(conversations).toMatchObject([{ inbound_seq: 2 }]);
  });
});

describe('a number that another person has now', () => {
  test('is theirs; whoever had it keeps what they wrote, and is known by their user id alone', async () => {
    const at = await newNumber();
    await write(at, { userId: 'US.1', phone, name: 'Earlier', text: 'mine' });
    await write(at, { userId: 'US.2', phone, name: 'Newcomer', text: 'not theirs' });
    const { contacts, conversations, messages } = await inboxOf(t, at);
    expect(contacts).toMatchObject([
      { name: 'Earlier', whatsapp_user_id: 'US.1', phone: null, merged_into_id: null },
      { name: 'Newcomer', whatsapp_user_id: 'US.2', phone: `+${phone}`, merged_into_id: null },
    ]);
    expect(conversations.map((each) => [each.contact_id, each.inbound_seq])).toEqual([
      [contacts[0]!.id, 1],
      [contacts[1]!.id, 1],
    ]);
    expect(messages.map(({ text }) => text)).toEqual(['mine', 'not theirs']);

    // From now on each is told apart.
    await write(at, { userId: 'US.1' }, { phone });
    const after = await inboxOf(t, at);
    expect(after.contacts).toHaveLength(2);
    expect(after.conversations.map((each) => each.inbound_seq)).toEqual([2, 2]);
  });

  test.each([
    ['without a number', { userId: 'US.2' }],
    ['with another number', { userId: 'US.2', phone: '12025550177' }],
  ] as [string, Omit<Written, 'id'>][])('is theirs also when they were known %s', async (_name, earlier) => {
    const at = await newNumber();
    await write(at, { userId: 'US.1', phone }, earlier, { userId: 'US.2', phone });
    const { contacts, conversations } = await inboxOf(t, at);
    expect(contacts).toMatchObject([
      { whatsapp_user_id: 'US.1', phone: null, merged_into_id: null },
      { whatsapp_user_id: 'US.2', phone: `+${phone}`, merged_into_id: null },
    ]);
    expect(conversations.map((each) => [each.contact_id, each.inbound_seq])).toEqual([
      [contacts[0]!.id, 1],
      [contacts[1]!.id, 2],
    ]);
    // And a message of the number alone is of the one who has it.
    await write(at, { phone });
    expect((await inboxOf(t, at)).conversations.map((each) => each.inbound_seq)).toEqual([1, 3]);
  });

  test('and back again', async () => {
    const at = await newNumber();
    const [one, two] = [
      { userId: 'US.1', phone },
      { userId: 'US.2', phone },
    ];
    await write(at, one, two, one);
    expect((await inboxOf(t, at)).contacts).toMatchObject([
      { whatsapp_user_id: 'US.1', phone: `+${phone}` },
      { whatsapp_user_id: 'US.2', phone: null },
    ]);
  });
});

test('a person who has another number, or calls themselves something else, stays the same', async () => {
  const at = await newNumber();
  await write(at, { userId: 'US.1', phone, name: 'Mara' });
  await write(at, { userId: 'US.1', phone: '12025550177', name: 'Mara L.' });
  const { contacts, conversations } = await inboxOf(t, at);
  expect(contacts).toMatchObject([{ phone: '+12025550177', name: 'Mara L.', version: 2 }]);
  expect(conversations).toMatchObject([{ inbound_seq: 2 }]);
  // A message that does not say a name, or a number, takes none away.
  await write(at, { userId: 'US.1', name: '' });
  expect((await inboxOf(t, at)).contacts).toMatchObject([
    { phone: '+12025550177', name: 'Mara L.', version: 2 },
  ]);
});
