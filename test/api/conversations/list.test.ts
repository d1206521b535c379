import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { MadeConnection, MadeContact, MadeConversation, SignedIn } from '../../support/factory.js';
import { expectProblem, placesOf } from '../answers.js';

let t: TestApp;
let reader: SignedIn;
let stranger: SignedIn;
let number: MadeConnection;
let [ada, bob]: MadeContact[] = [];
let foreign: MadeConversation;
/** What was planted, the newest first. */
let all: Planted[];
interface Planted {
  readonly id: string;
  readonly status: 'open' | 'pending' | 'resolved';
  readonly assigneeId: string | null;
  readonly contactId: string;
  readonly tags: readonly string[];
}

beforeAll(async () => {
  t = await startTestApp();
  reader = await t.make.signedIn({ role: 'viewer' });
  stranger = await t.make.signedIn();
  number = await t.make.connection(reader.organizationId, { provider: 'whatsapp' });
  ada = await t.make.contact(reader.organizationId, { name: 'Ada' });
  bob = await t.make.contact(reader.organizationId, { name: null });
  const theirs = await t.make.connection(stranger.organizationId, { provider: 'whatsapp' });
  const theirContact = await t.make.contact(stranger.organizationId);
  all = [];
  for (let made = 0; made < 25; made += 1) {
    const with_ = {
      status: (['open', 'pending', 'resolved'] as const)[made % 3]!,
      assigneeId: made % 2 === 0 ? reader.id : null,
      tags: [...(made % 4 === 0 ? ['returns'] : []), ...(made % 5 === 0 ? ['VIP: gold'] : [])],
    };
    const contact = made % 7 === 0 ? bob : ada;
    const { id, contactId } = await t.make.conversation(number, contact, with_);
    all.unshift({ id, contactId, ...with_ });
    if (made % 4 === 0)
      foreign = await t.make.conversation(theirs, theirContact, {
        assigneeId: stranger.id,
        tags: ['theirs'],
      });
  }
});
afterAll(() => t.close());

interface ConversationsPage {
  data: Planted[];
  page: { nextCursor: string | null };
}
const list = (query: Record<string, string>, { bearer } = reader) =>
  t.http().get('/v1/conversations').query(query).set(bearer);
const pageOf = async (query: Record<string, string>, member = reader): Promise<ConversationsPage> =>
  (await list(query, member).expect(200)).body;

async function walk(query: Record<string, string>): Promise<Planted[][]> {
  const pages: Planted[][] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { data, page }: ConversationsPage = await pageOf(cursor === '' ? query : { ...query, cursor });
    pages.push(data);
    cursor = page.nextCursor;
  }
  return pages;
}
const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

test('a conversation is listed with whom it is with, and how it stands', async () => {
  const { data } = await pageOf({ limit: '4' });
  // The last but three: of Bob, who never said his name.
  expect(data[3]).toEqual({
    id: all[3]!.id,
    contactId: bob!.id,
    contactName: null,
    connectionId: number.id,
    channel: 'whatsapp',
    status: 'open',
    assigneeId: null,
    tags: [],
    inboundSeq: 0,
    lastInboundAt: null,
    lastMessageAt: expect.stringMatching(/Z$/),
    version: 1,
    createdAt: expect.stringMatching(/Z$/),
    updatedAt: expect.stringMatching(/Z$/),
  });
  expect(data[0]).toMatchObject({ contactName: 'Ada', assigneeId: reader.id, tags: ['returns'] });
});

test.each([1, 4, 5, 24, 25, 26, 100])(
  'a walk in pages of %i finds each once, the newest first',
  async (limit) => {
    const pages = await walk({ limit: String(limit) });
    expect(pages.flat()).toMatchObject(all);
    expect(pages.flat()).toHaveLength(25);
    expect(pages).toHaveLength(Math.ceil(all.length / limit));
  },
);

test('without a limit a page has 20', async () => {
  expect(idsOf((await pageOf({})).data)).toEqual(idsOf(all.slice(0, 20)));
});

test('what begins during a walk is found by the next one, and makes nothing appear twice', async () => {
  const member = await t.make.signedIn();
  const connection = await t.make.connection(member.organizationId);
  const contact = await t.make.contact(member.organizationId);
  const before: MadeConversation[] = [];
  for (let made = 0; made < 5; made += 1) before.unshift(await t.make.conversation(connection, contact));
  const first = await pageOf({ limit: '3' }, member);
  const late = await t.make.conversation(connection, contact);
  const second = await pageOf({ limit: '3', cursor: first.page.nextCursor! }, member);
  expect(idsOf([...first.data, ...second.data])).toEqual(idsOf(before));
  expect((await pageOf({}, member)).data[0]!.id).toBe(late.id);
});

type Wanted = (conversation: Planted) => boolean;
test.each([
  ['open', () => ({ status: 'open' }), ({ status }) => status === 'open'],
  ['pending', () => ({ status: 'pending' }), ({ status }) => status === 'pending'],
  ['resolved', () => ({ status: 'resolved' }), ({ status }) => status === 'resolved'],
  ['assignee', () => ({ assigneeId: reader.id }), ({ assigneeId }) => assigneeId === reader.id],
  ['nobody', () => ({ assigneeId: 'none' }), ({ assigneeId }) => assigneeId === null],
  ['contact', () => ({ contactId: bob!.id }), ({ contactId }) => contactId === bob!.id],
  ['tag', () => ({ tag: 'returns' }), ({ tags }) => tags.includes('returns')],
  ['tag with a space', () => ({ tag: 'VIP: gold' }), ({ tags }) => tags.includes('VIP: gold')],
  [
    'all of them',
    () => ({ status: 'open', assigneeId: reader.id, contactId: ada!.id, tag: 'returns' }),
    ({ status, assigneeId, contactId, tags }) =>
      status === 'open' && assigneeId === reader.id && contactId === ada!.id && tags.includes('returns'),
  ],
] as [string, () => Record<string, string>, Wanted][])(
  'filters, also across pages: %s',
  async (_by, filters, wanted) => {
    const expected = idsOf(all.filter(wanted));
    expect(expected.length).toBeGreaterThan(0);
    expect(expected.length).toBeLessThan(all.length);
    expect(idsOf((await walk({ ...filters(), limit: '2' })).flat())).toEqual(expected);
  },
);

test.each([
  ['part of a tag', () => ({ tag: 'return' })],
  ['a tag in another case', () => ({ tag: 'Returns' })],
  ['another organization’s tag', () => ({ tag: 'theirs' })],
  ['another organization’s member', () => ({ assigneeId: stranger.id })],
  ['another organization’s contact', () => ({ contactId: foreign.contactId })],
  ['a contact of nobody', () => ({ contactId: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' })],
] as [string, () => Record<string, string>][])('by %s nothing is found', async (_by, query) => {
  expect(await pageOf(query())).toEqual({ data: [], page: { nextCursor: null } });
});

test.each([
  ['status', { status: 'closed' }],
  ['status', { status: '' }],
  ['assigneeId', { assigneeId: 'me' }],
  ['assigneeId', { assigneeId: '' }],
  ['contactId', { contactId: 'x' }],
  ['contactId', { contactId: 'none' }],
  ['tag', { tag: '' }],
  ['tag', { tag: ' returns' }],
  ['tag', { tag: 'a,b' }],
  ['tag', { tag: 't'.repeat(41) }],
  ['limit', { limit: '0' }],
  ['limit', { limit: '101' }],
  ['cursor', { cursor: 'x'.repeat(1025) }],
  ['channel', { channel: 'whatsapp' }],
  ['organizationId', { organizationId: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' }],
] as [string, Record<string, string>][])(
  'an unknown parameter or value is refused and named: %s',
  async (parameter, query) => {
    expect(placesOf(await list(query))).toEqual([parameter]);
  },
);

test('a parameter given twice is refused', async () => {
  for (const query of ['status=open&status=pending', 'tag=a&tag=b', 'assigneeId=none&assigneeId=none']) {
    const answer = await t.http().get(`/v1/conversations?${query}`).set(reader.bearer);
    expect(placesOf(answer)).toEqual([query.split('=')[0]]);
  }
});

test('a cursor is for the list it came from; another organization’s says nothing here', async () => {
  const cursor = (await pageOf({ limit: '3' })).page.nextCursor!;
  expectProblem(await list({ cursor, status: 'open' }), 'cursor-invalid');
  expectProblem(await list({ cursor, assigneeId: 'none' }), 'cursor-invalid');
  expectProblem(await list({ cursor: `${cursor}x`.slice(3) }), 'cursor-invalid');
  const { data } = await pageOf({ cursor, limit: '100' }, stranger);
  expect(data.length).toBeGreaterThan(0);
  expect(new Set(data.map(({ contactId }) => contactId))).toEqual(new Set([foreign.contactId]));
});

test('another organization sees its own conversations and none of these', async () => {
  const { data } = await pageOf({ limit: '100' }, stranger);
  expect(data).toHaveLength(7);
  expect(new Set(data.map(({ contactId }) => contactId))).toEqual(new Set([foreign.contactId]));
  expect((await pageOf({ contactId: ada!.id }, stranger)).data).toEqual([]);
  expect((await pageOf({ tag: 'returns' }, stranger)).data).toEqual([]);
});

test.each(['viewer', 'agent', 'admin', 'owner'] as const)('who may: %s', async (role) => {
  const member = await t.make.signedIn({ organizationId: reader.organizationId, role });
  expect((await pageOf({}, member)).data).toHaveLength(20);
});
