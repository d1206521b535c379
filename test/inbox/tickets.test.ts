/** From a help desk's word that a ticket has changed to the contact, the conversation and the messages of one organization. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { MockFaults } from '../../src/providers/mock-faults.js';
import { MockOutbox } from '../../src/providers/mock-outbox.js';
import { OpenAiProvider } from '../../src/providers/openai/openai.provider.js';
import {
  RichpanelProvider,
  type RichpanelComment,
  type RichpanelTicket,
} from '../../src/providers/richpanel/richpanel.provider.js';
import { ShopifyProvider } from '../../src/providers/shopify/shopify.provider.js';
import { jobs, makeDue, soon } from '../jobs/worked.js';
import { Shop } from '../automation-flow/shop.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { connected, type Connected } from '../webhooks/connected.js';
import { deliver, signed } from '../webhooks/signed.js';
import { inboxOf } from './wrote.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp({ ROLE: 'all' });
});
afterAll(() => t.close());

const said = (id: string, plainBody: string, more: Partial<RichpanelComment> = {}): RichpanelComment => ({
  id,
  createdAt: '2026-11-20T09:00:00.000Z',
  plainBody,
  fromCustomer: true,
  ...more,
});
const byUs = (id: string, plainBody: string) => said(id, plainBody, { fromCustomer: false });
const ticketOf = (comments: RichpanelComment[], more: Partial<RichpanelTicket> = {}): RichpanelTicket => ({
  id: 'T-1',
  channel: 'email',
  customer: { email: 'ada@people.example', name: 'Ada' },
  status: 'OPEN',
  comments,
  tags: [],
  ...more,
});

/** What the help desk shows from now on, whoever asks. */
let shown: RichpanelTicket;
beforeEach(() => {
  const provider = t.app.get(RichpanelProvider);
  const mock = provider.readTicket.bind(provider);
  vi.spyOn(provider, 'readTicket').mockImplementation(async (credentials, id) => {
    if (id !== 'T-1') return mock(credentials, id);
    const { exchange } = await mock(credentials, 'ticket-1002');
    return { outcome: { kind: 'ticket', ticket: shown }, exchange };
  });
});

async function tell(at: Connected, ticketId = 'T-1', event = 'ticket.updated'): Promise<void> {
  const body = JSON.stringify({ event, workspace: at.account, ticketId });
  await deliver(t.http, at.path, signed('richpanel', at.secret, body)).expect(200);
}
/** Until no job of the organization is left. */
async function settled({ owner: { organizationId } }: Pick<Connected, 'owner'>): Promise<void> {
  const open = async () => {
    const { rows } = await t.admin.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pgboss.job_common
        WHERE state < 'completed' AND (group_id = $1 OR group_id IS NULL)`,
      [organizationId],
    );
    return rows[0]!.count;
  };
  await vi.waitUntil(async () => (await open()) === 0, soon);
}
async function read(at: Connected, ticket: RichpanelTicket): Promise<void> {
  shown = ticket;
  await tell(at);
  await settled(at);
}
const get = async ({ owner }: Pick<Connected, 'owner'>, path: string) =>
  (await t.http().get(path).set(owner.bearer).expect(200)).body;
const newDesk = () => connected(t, 'richpanel');
interface Said {
  readonly direction: string;
  readonly author: string;
  readonly author_id: string | null;
  readonly text: string | null;
  readonly status: string;
  readonly inbound_seq: number | null;
  readonly conversation_id: string;
  readonly occurred_at: Date;
}
async function saidIn({ owner: { organizationId } }: Pick<Connected, 'owner'>): Promise<Said[]> {
  const all = 'SELECT * FROM messages WHERE organization_id = $1 ORDER BY id';
  return (await t.admin.query<Said>(all, [organizationId])).rows;
}

describe('a ticket', () => {
  test('of somebody new makes the contact, the conversation and the messages, and the API shows them', async () => {
    const at = await newDesk();
    await tell(at, 'ticket-1002');
    await settled(at);
    const { contacts, conversations } = await inboxOf(t, at);
    expect(contacts).toMatchObject([
      { name: 'Grace', email: 'grace@example.com', phone: null, whatsapp_user_id: null },
    ]);
    const [conversation] = conversations;
    expect(conversation).toMatchObject({
      contact_id: contacts[0]!.id,
      connection_id: at.connectionId,
      channel: 'email',
      status: 'open',
      inbound_seq: 1,
      last_inbound_at: new Date('2026-11-13T12:00:00.000Z'),
      last_message_at: new Date('2026-11-13T12:10:00.000Z'),
    });
    expect((await get(at, '/v1/contacts?email=GRACE@example.com')).data).toMatchObject([
      { id: contacts[0]!.id },
    ]);
    const { data } = await get(at, `/v1/conversations/${conversation!.id}/messages`);
    expect(data).toMatchObject([
      { direction: 'outbound', author: 'member', authorId: null, text: 'You are welcome!', status: 'sent' },
      {
        direction: 'inbound',
        author: 'contact',
        text: 'Thank you\n\nOrder #1002 has come, thank you.',
        status: 'received',
      },
    ]);
  });

  test('that grows is read again: what is known is not taken twice, what is new is', async () => {
    const at = await newDesk();
    await read(at, ticketOf([said('1', 'Hello')], { subject: 'My parcel' }));
    await read(at, ticketOf([said('1', 'Hello'), byUs('2', 'We are looking'), said('3', 'Thanks')]));
    await read(at, ticketOf([said('1', 'Hello'), byUs('2', 'We are looking'), said('3', 'Thanks')]));
    const messages = await saidIn(at);
    expect(messages.map(({ text, direction, inbound_seq: seq }) => [text, direction, seq])).toEqual([
      ['My parcel\n\nHello', 'inbound', 1],
      ['We are looking', 'outbound', null],
      ['Thanks', 'inbound', 2],
    ]);
    expect((await inboxOf(t, at)).conversations).toMatchObject([{ inbound_seq: 2 }]);
  });

  test('that is told of many times at the same moment is taken in once', async () => {
    const at = await newDesk();
    shown = ticketOf([said('1', 'Hello'), byUs('2', 'Yes?'), said('3', 'It is late')]);
    await Promise.all(Array.from({ length: 8 }, () => tell(at)));
    await settled(at);
    expect((await saidIn(at)).map(({ text }) => text)).toEqual(['Hello', 'Yes?', 'It is late']);
    expect((await inboxOf(t, at)).contacts).toHaveLength(1);
    expect(await jobs(t, 'read-ticket', 'group_id = $1', [at.owner.organizationId])).toHaveLength(8);
  });

  test('and another one that has comments of the same ids are told apart', async () => {
    const at = await newDesk();
    await read(at, ticketOf([said('1', 'Hello')]));
    await read(at, ticketOf([said('1', 'And another thing')], { id: 'T-2' }));
    expect((await saidIn(at)).map(({ text }) => text)).toEqual(['Hello', 'And another thing']);
  });

  test('of one organization is not another’s, though both have the same one', async () => {
    const [mine, theirs] = [await newDesk(), await newDesk()];
    await read(mine, ticketOf([said('1', 'Mine')]));
    expect(await inboxOf(t, theirs)).toEqual({ contacts: [], conversations: [], messages: [] });
    await read(theirs, ticketOf([said('1', 'Theirs')]));
    expect((await saidIn(mine)).map(({ text }) => text)).toEqual(['Mine']);
    expect((await saidIn(theirs)).map(({ text }) => text)).toEqual(['Theirs']);
    const [[ours], [others]] = [(await inboxOf(t, mine)).contacts, (await inboxOf(t, theirs)).contacts];
    expect([ours!.email, ours!.id === others!.id]).toEqual([others!.email, false]);
  });

  test('goes on in a new conversation once it was resolved; what the shop says, in the old one', async () => {
    const at = await newDesk();
    await read(at, ticketOf([said('1', 'Hello')]));
    const { id, version } = (await inboxOf(t, at)).conversations[0]!;
    await t
      .http()
      .patch(`/v1/conversations/${id}`)
      .set(at.owner.bearer)
      .set('if-match', `"${version}"`)
      .send({ status: 'resolved' })
      .expect(200);
    await read(at, ticketOf([said('1', 'Hello'), byUs('2', 'Done')]));
    expect((await inboxOf(t, at)).conversations).toMatchObject([{ id, status: 'resolved', inbound_seq: 1 }]);
    await read(at, ticketOf([said('1', 'Hello'), byUs('2', 'Done'), said('3', 'Not done')]));
    const { conversations } = await inboxOf(t, at);
    expect(conversations).toMatchObject([
      { id, status: 'resolved' },
      { status: 'open', inbound_seq: 1 },
    ]);
    expect((await saidIn(at)).map((each) => each.conversation_id)).toEqual([id, id, conversations[1]!.id]);
  });

  test('that the shop began has no word of the contact until they answer', async () => {
    const at = await newDesk();
    await read(at, ticketOf([byUs('1', 'Your parcel is late')]));
    expect((await inboxOf(t, at)).conversations).toMatchObject([{ inbound_seq: 0, last_inbound_at: null }]);
    expect(await jobs(t, 'answer-message', 'group_id = $1', [at.owner.organizationId])).toEqual([]);
    await read(at, ticketOf([byUs('1', 'Your parcel is late'), said('2', 'Oh')]));
    expect((await inboxOf(t, at)).conversations).toMatchObject([{ inbound_seq: 1 }]);
  });

  test('with what nobody should send: no date, a date to come, NUL, nothing, twice the same', async () => {
    const at = await newDesk();
    const comments = [
      said('1', 'no date', { createdAt: 'yesterday' }),
      said('2', 'to come', { createdAt: '2099-01-01T00:00:00.000Z' }),
      said('3', 'N\0UL'),
      said('4', ' '),
      said('4', 'again'),
      said('5\0', 'x'),
    ];
    await read(at, ticketOf(comments, { customer: { email: ' A\0da@People.example ', name: '\0' } }));
    expect((await saidIn(at)).map(({ text }) => text)).toEqual(['no date', 'to come', 'NUL', null, 'x']);
    for (const { occurred_at: at_ } of await saidIn(at)) expect(at_.getTime()).toBeLessThan(Date.now());
    expect((await inboxOf(t, at)).contacts).toMatchObject([{ email: 'ada@people.example', name: null }]);
  });

  test('that is longer than anybody reads is cut, and not inside a character', async () => {
    const at = await newDesk();
    await read(at, ticketOf([said('1', `${'x'.repeat(32_767)}${'🚲'.repeat(50_000)}`)]));
    const [{ text }] = (await saidIn(at)) as [Said];
    expect(text).toBe(`${'x'.repeat(32_767)}\ufffd…`);
  });

  test.each([
    ['nobody’s address', 'ticket-call'],
    ['no comments', 'ticket-empty'],
    ['no such ticket', 'ticket-of-nobody'],
  ])('of %s is kept as an event only', async (_name, id) => {
    const at = await newDesk();
    await tell(at, id);
    await settled(at);
    expect(await inboxOf(t, at)).toEqual({ contacts: [], conversations: [], messages: [] });
    expect((await get(at, '/v1/webhook-events')).data).toHaveLength(1);
  });

  test.each(['throttled', 'server-error', 'credentials-refused'] as const)(
    'that cannot be read (%s) is read later',
    async (fault) => {
      const at = await newDesk();
      const faults = t.app.get(MockFaults);
      await faults.plan([{ vendor: 'richpanel', operation: 'readTicket', fault, calls: 1 }]);
      await tell(at, 'ticket-1002');
      const mine = async () => jobs(t, 'read-ticket', 'group_id = $1', [at.owner.organizationId]);
      await expect
        .poll(async () => (await mine()).map(({ state, output }) => ({ state, output })), soon)
        .toEqual([{ state: 'retry', output: { error: 'Error' } }]);
      await makeDue(t, 'read-ticket');
      await settled(at);
      expect(await saidIn(at)).toHaveLength(2);
    },
  );
});

describe('who writes by e-mail', () => {
  test('is the same person whatever the case of the address, and in every ticket', async () => {
    const at = await newDesk();
    await read(at, ticketOf([said('1', 'Hello')]));
    const customer = { email: ' ADA@People.Example ', name: 'Ada L.' };
    await read(at, ticketOf([said('9', 'Me again')], { id: 'T-2', customer }));
    const { contacts, conversations } = await inboxOf(t, at);
    expect(contacts).toMatchObject([{ email: 'ada@people.example', name: 'Ada L.' }]);
    expect(conversations).toMatchObject([{ inbound_seq: 2 }]);
  });

  test('is found by an address that was known before', async () => {
    const at = await newDesk();
    const known = await t.make.contact(at.owner.organizationId, {
      email: 'ada@people.example',
      phone: '+12025550143',
    });
    await read(at, ticketOf([said('1', 'Hello')]));
    expect((await inboxOf(t, at)).contacts).toMatchObject([{ id: known.id, phone: '+12025550143' }]);
  });

  test('is told of no order, though the address is the order’s: no vendor is asked, nothing is drafted or sent', async () => {
    const shop = await Shop.open(t);
    const at = await connected(t, 'richpanel', { owner: shop.owner });
    const asked = [
      vi.spyOn(t.app.get(ShopifyProvider), 'findOrders'),
      vi.spyOn(t.app.get(OpenAiProvider), 'draft'),
    ];
    const rule = {
      name: 'Mail',
      place: 10,
      conditions: [{ type: 'channel', is: 'email' }],
      actions: { tags: ['by mail'] },
    };
    await t.http().post('/v1/routing-rules').set(shop.owner.bearer).send(rule).expect(201);
    const customer = { email: 'mara@lindqvist.example' };
    await read(at, ticketOf([said('1', 'Where is my order #1001?')], { customer }));
    await shop.settled();
    for (const vendor of asked) expect(vendor).not.toHaveBeenCalled();
    expect(await shop.outbox()).toEqual([]);
    expect(await shop.rows('drafts')).toEqual([]);
    const { id, tags } = (await inboxOf(t, at)).conversations[0]!;
    expect(tags).toEqual(['by mail']);
    const { data } = await get(at, `/v1/conversations/${id}/decisions`);
    expect(data).toMatchObject([{ verdict: 'refuse', reason: 'recipient-refused' }]);
    expect(JSON.stringify(data)).toContain('no way out by e-mail yet');
  });

  test('is not answered when the shop has answered, or closed it', async () => {
    const at = await newDesk();
    await read(at, ticketOf([said('1', 'Hello'), byUs('2', 'Yes')]));
    await read(at, ticketOf([said('1', 'Hello')], { id: 'T-2', status: 'CLOSED' }));
    expect(await jobs(t, 'answer-message', 'group_id = $1', [at.owner.organizationId])).toEqual([]);
  });

  test('cannot be answered from here yet: a person’s reply does not leave, and says why', async () => {
    const at = await newDesk();
    await read(at, ticketOf([said('1', 'Hello')]));
    const { id } = (await inboxOf(t, at)).conversations[0]!;
    const reply = { text: 'Hello Ada' };
    await t.http().post(`/v1/conversations/${id}/messages`).set(at.owner.bearer).send(reply).expect(201);
    await settled(at);
    const { data } = await get(at, `/v1/conversations/${id}/messages`);
    expect(data[0]).toMatchObject({ text: 'Hello Ada', status: 'not-sent', failure: 'recipient-refused' });
    const sent = await t.app.get(MockOutbox).list();
    expect(JSON.stringify(sent)).not.toContain('Hello Ada');
  });

  test('is not who writes on WhatsApp, until something proves it', async () => {
    const shop = await Shop.open(t);
    const at = await connected(t, 'richpanel', { owner: shop.owner });
    await shop.write('12025550143', 'Hello');
    const customer = { email: 'mara@lindqvist.example', name: 'Somebody' };
    await read(at, ticketOf([said('1', '+12025550143')], { customer }));
    await shop.settled();
    expect((await inboxOf(t, at)).contacts).toMatchObject([
      { phone: '+12025550143', email: null, merged_into_id: null },
      { phone: null, email: 'mara@lindqvist.example', merged_into_id: null },
    ]);
  });
});
