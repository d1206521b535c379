import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { MadeConnection, MadeConversation, SignedIn } from '../../support/factory.js';
import { expectProblem, placesOf } from '../answers.js';

let t: TestApp;
let reader: SignedIn;
let stranger: SignedIn;
let number: MadeConnection;
let talks: [MadeConversation, MadeConversation];
/** The newest first. */
let all: { id: string; status: string; conversationId: string }[];
let foreign: { conversation: MadeConversation; ids: string[] };

const statuses = ['open', 'approved', 'sent-by-itself', 'rejected', 'void'] as const;
beforeAll(async () => {
  t = await startTestApp();
  [reader, stranger] = [await t.make.signedIn({ role: 'viewer' }), await t.make.signedIn()];
  number = await t.make.connection(reader.organizationId, { provider: 'whatsapp' });
  talks = [await talk(), await talk()];
  foreign = { conversation: await talk(await t.make.connection(stranger.organizationId)), ids: [] };
  all = [];
  for (let made = 0; made < 25; made += 1) {
    const [status, conversation] = [statuses[made % 5]!, talks[made % 2]!];
    const id = await t.make.draft(conversation, { status, inboundSeq: made + 1 });
    all.unshift({ id, status, conversationId: conversation.id });
    if (made % 4 === 0)
      foreign.ids.unshift(await t.make.draft(foreign.conversation, { inboundSeq: made + 1 }));
  }
});
afterAll(() => t.close());

const talk = async (connection = number) =>
  t.make.conversation(connection, await t.make.contact(connection.organizationId), { inboundSeq: 25 });
interface DraftsPage {
  data: { id: string; status: string; conversationId: string }[];
  page: { nextCursor: string | null };
}
const list = (query: Record<string, string>, { bearer } = reader) =>
  t.http().get('/v1/drafts').query(query).set(bearer);
const pageOf = async (query: Record<string, string>, member = reader): Promise<DraftsPage> =>
  (await list(query, member).expect(200)).body;
async function walk(query: Record<string, string>): Promise<DraftsPage['data'][]> {
  const pages: DraftsPage['data'][] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { data, page }: DraftsPage = await pageOf(cursor === '' ? query : { ...query, cursor });
    pages.push(data);
    cursor = page.nextCursor;
  }
  return pages;
}
const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

test('each with what it answers, what it says, why, and what became of it', async () => {
  const member = await t.make.signedIn({ role: 'viewer' });
  const conversation = await talk(await t.make.connection(member.organizationId));
  const templateId = await t.make.template(member.organizationId, { bodies: ['One', 'Two'] });
  const [first, second] = [await t.make.message(conversation), await t.make.message(conversation)];
  const messageId = await t.make.message(conversation, { direction: 'outbound' });
  const orderMatch = { orderName: '#1001', identity: { kind: 'phone' } };
  const waiting = await t.make.draft(conversation, { answersId: first, text: 'Größe M 🚲' });
  const decided = await t.make.draft(conversation, {
    answersId: second,
    edited: true,
    templateId,
    templateNumber: 2,
    orderMatch,
    status: 'approved',
    reason: 'because',
    decidedBy: member.userId,
    messageId,
  });
  const time = expect.stringMatching(/Z$/) as string;
  const both = { conversationId: conversation.id, version: 1, createdAt: time, updatedAt: time };
  expect((await pageOf({}, member)).data).toEqual([
    {
      ...both,
      id: decided,
      answersId: second,
      text: 'Your order #1001 is on its way.',
      edited: true,
      templateId,
      templateNumber: 2,
      orderMatch,
      status: 'approved',
      reason: 'because',
      decidedBy: member.userId,
      messageId,
    },
    {
      ...both,
      id: waiting,
      answersId: first,
      text: 'Größe M 🚲',
      edited: false,
      templateId: null,
      templateNumber: null,
      orderMatch: null,
      status: 'open',
      reason: null,
      decidedBy: null,
      messageId: null,
    },
  ]);
});

test.each([1, 4, 5, 24, 25, 26, 100])(
  'a walk in pages of %i finds each once, the newest first',
  async (limit) => {
    const pages = await walk({ limit: String(limit) });
    expect(idsOf(pages.flat())).toEqual(idsOf(all));
    expect(pages).toHaveLength(Math.ceil(all.length / limit));
  },
);

test('without a limit a page has 20', async () => {
  expect(idsOf((await pageOf({})).data)).toEqual(idsOf(all.slice(0, 20)));
});

test.each([
  ...statuses.map((status) => [status, () => ({ status })]),
  ['a conversation', () => ({ conversationId: talks[0].id })],
  ['another conversation', () => ({ conversationId: talks[1].id })],
  ['both', () => ({ conversationId: talks[0].id, status: 'open' })],
  ['a conversation of nobody', () => ({ conversationId: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' })],
] as [string, () => Record<string, string>][])('filters, also across pages: %s', async (_by, filters) => {
  const wanted = all.filter((draft) =>
    Object.entries(filters()).every(([key, value]) => draft[key as 'status' | 'conversationId'] === value),
  );
  expect(idsOf((await walk({ ...filters(), limit: '2' })).flat())).toEqual(idsOf(wanted));
});

test('what is drafted during a walk is found by the next one, and makes nothing appear twice', async () => {
  const member = await t.make.signedIn();
  const conversation = await talk(await t.make.connection(member.organizationId));
  const before: string[] = [];
  for (let seq = 1; seq <= 5; seq += 1) before.unshift(await t.make.draft(conversation, { inboundSeq: seq }));
  const first = await pageOf({ limit: '3' }, member);
  const late = await t.make.draft(conversation, { inboundSeq: 6 });
  const second = await pageOf({ limit: '3', cursor: first.page.nextCursor! }, member);
  expect(idsOf([...first.data, ...second.data])).toEqual(before);
  expect((await pageOf({}, member)).data[0]!.id).toBe(late);
});

test.each([
  ['status', { status: 'sent' }],
  ['status', { status: '' }],
  ['conversationId', { conversationId: 'x' }],
  ['limit', { limit: '0' }],
  ['limit', { limit: '101' }],
  ['answersId', { answersId: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' }],
  ['organizationId', { organizationId: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' }],
] as [string, Record<string, string>][])(
  'an unknown parameter or value is refused and named: %s',
  async (parameter, query) => {
    expect(placesOf(await list(query))).toEqual([parameter]);
  },
);

test('a cursor is for the list it came from; another organization’s says nothing here', async () => {
  const cursor = (await pageOf({ limit: '3' })).page.nextCursor!;
  expectProblem(await list({ cursor, status: 'open' }), 'cursor-invalid');
  expectProblem(await list({ cursor, conversationId: talks[0].id }), 'cursor-invalid');
  expectProblem(await list({ cursor: `${cursor}x`.slice(3) }), 'cursor-invalid');
  const { data } = await pageOf({ cursor, limit: '100' }, stranger);
  expect(data.filter(({ id }) => !foreign.ids.includes(id))).toEqual([]);
});

test('another organization sees its own and none of these; by its conversation nothing is found here', async () => {
  expect(idsOf((await pageOf({ limit: '100' }, stranger)).data)).toEqual(foreign.ids);
  const theirs = await pageOf({ conversationId: foreign.conversation.id });
  expect(theirs).toEqual({ data: [], page: { nextCursor: null } });
});
