import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { MadeConnection, MadeConversation, SignedIn } from '../../support/factory.js';
import { expectBareProblem, expectIndistinguishable, expectProblem, placesOf } from '../answers.js';

let t: TestApp;
let reader: SignedIn;
let number: MadeConnection;
let conversation: MadeConversation;
let other: MadeConversation;
/** The newest first. */
let all: string[];
beforeAll(async () => {
  t = await startTestApp();
  reader = await t.make.signedIn({ role: 'viewer' });
  number = await t.make.connection(reader.organizationId, { provider: 'whatsapp' });
  conversation = await planted();
  other = await planted();
  all = [];
  for (let made = 1; made <= 25; made += 1) {
    all.unshift(
      await t.make.message(conversation, {
        text: `no. ${made}`,
        inboundSeq: made,
        vendorMessageId: `w.${made}`,
      }),
    );
    if (made % 4 === 0) await t.make.message(other, { text: 'elsewhere', vendorMessageId: `e.${made}` });
  }
});
afterAll(() => t.close());

const planted = async () => t.make.conversation(number, await t.make.contact(reader.organizationId));
interface MessagesPage {
  data: { id: string; text: string | null }[];
  page: { nextCursor: string | null };
}
const list = (id: string, query: Record<string, string> = {}, { bearer } = reader) =>
  t.http().get(`/v1/conversations/${id}/messages`).query(query).set(bearer);
const pageOf = async (id: string, query: Record<string, string> = {}): Promise<MessagesPage> =>
  (await list(id, query).expect(200)).body;

async function walk(id: string, limit: number): Promise<MessagesPage['data'][]> {
  const pages: MessagesPage['data'][] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const query = { limit: String(limit), ...(cursor !== '' && { cursor }) };
    const { data, page }: MessagesPage = await pageOf(id, query);
    pages.push(data);
    cursor = page.nextCursor;
  }
  return pages;
}
const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

test('what the contact wrote and what was answered, each with what is known of it and nothing else', async () => {
  const { id, ...rest } = await planted();
  const image = { id: '1001', mime_type: 'image/jpeg', caption: 'Look 🚲' };
  const received = await t.make.message(
    { id, ...rest },
    { type: 'image', text: 'Look 🚲', content: image, vendorMessageId: 'wamid.IN', replyTo: 'wamid.X' },
  );
  const failed = await t.make.message(
    { id, ...rest },
    { direction: 'outbound', text: 'It is on its way', status: 'failed', failure: 'whatsapp-131047' },
  );
  const byMember = await t.make.message(
    { id, ...rest },
    { direction: 'outbound', author: 'member', authorId: reader.userId, text: 'Hello', status: 'ready' },
  );
  const times = {
    occurredAt: '2026-11-21T08:30:00.000Z',
    createdAt: expect.stringMatching(/Z$/) as string,
    updatedAt: expect.stringMatching(/Z$/) as string,
  };
  const sent = { direction: 'outbound', type: 'text', content: null, ...times };
  expect((await pageOf(id)).data).toEqual([
    {
      ...sent,
      id: byMember,
      author: 'member',
      authorId: reader.userId,
      text: 'Hello',
      status: 'ready',
      failure: null,
    },
    {
      ...sent,
      id: failed,
      author: 'automation',
      authorId: null,
      text: 'It is on its way',
      status: 'failed',
      failure: 'whatsapp-131047',
    },
    {
      id: received,
      direction: 'inbound',
      author: 'contact',
      authorId: null,
      type: 'image',
      text: 'Look 🚲',
      content: image,
      status: 'received',
      failure: null,
      ...times,
    },
  ]);
});

test.each([1, 4, 5, 24, 25, 26, 100])(
  'a walk in pages of %i finds each message of this conversation once, the newest first',
  async (limit) => {
    const pages = await walk(conversation.id, limit);
    expect(idsOf(pages.flat())).toEqual(all);
    expect(pages).toHaveLength(Math.ceil(all.length / limit));
  },
);

test('without a limit a page has 20', async () => {
  expect(idsOf((await pageOf(conversation.id)).data)).toEqual(all.slice(0, 20));
});

test('what is written during a walk makes nothing appear twice', async () => {
  const made = await planted();
  const before: string[] = [];
  for (let seq = 1; seq <= 5; seq += 1) before.unshift(await t.make.message(made, { inboundSeq: seq }));
  const first = await pageOf(made.id, { limit: '3' });
  const late = await t.make.message(made, { inboundSeq: 6 });
  const second = await pageOf(made.id, { limit: '3', cursor: first.page.nextCursor! });
  expect(idsOf([...first.data, ...second.data])).toEqual(before);
  expect((await pageOf(made.id)).data[0]!.id).toBe(late);
});

test('a silent conversation has no messages, and is there', async () => {
  const { id } = await planted();
  expect(await pageOf(id)).toEqual({ data: [], page: { nextCursor: null } });
});

test('an id in capitals names the same conversation, also in a cursor', async () => {
  const first = await pageOf(conversation.id.toUpperCase(), { limit: '3' });
  const second = await pageOf(conversation.id, { limit: '3', cursor: first.page.nextCursor! });
  expect(idsOf([...first.data, ...second.data])).toEqual(all.slice(0, 6));
});

test('a foreign, an unknown and a malformed id cannot be told apart', async () => {
  const stranger = await t.make.signedIn();
  const foreign = await t.make.conversation(
    await t.make.connection(stranger.organizationId),
    await t.make.contact(stranger.organizationId),
  );
  await t.make.message(foreign, { text: 'secret' });
  const ids = [
    foreign.id,
    foreign.contactId,
    number.id,
    '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99',
    'nothing',
    `'%20OR%20true--`,
  ];
  const answers = [];
  for (const id of ids) answers.push(await list(id), await list(id, { limit: '1' }));
  for (const answer of answers) expectBareProblem(answer, 'not-found');
  expectIndistinguishable(answers);
  expect((await list(foreign.id, {}, stranger).expect(200)).body.data).toHaveLength(1);
  expectBareProblem(await list(conversation.id, {}, stranger), 'not-found');
});

test('a cursor is for the conversation it came from', async () => {
  const { nextCursor } = (await pageOf(conversation.id, { limit: '3' })).page;
  expectProblem(await list(other.id, { cursor: nextCursor! }), 'cursor-invalid');
  expectProblem(await list(conversation.id, { cursor: `${nextCursor}x`.slice(3) }), 'cursor-invalid');
});

test.each([
  ['limit', { limit: '0' }],
  ['limit', { limit: '101' }],
  ['cursor', { cursor: 'x'.repeat(1025) }],
  ['direction', { direction: 'inbound' }],
  ['conversationId', { conversationId: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' }],
] as [string, Record<string, string>][])(
  'an unknown parameter or value is refused and named: %s',
  async (parameter, query) => {
    expect(placesOf(await list(conversation.id, query))).toEqual([parameter]);
  },
);

test.each(['viewer', 'agent', 'admin', 'owner'] as const)('who may: %s', async (role) => {
  const member = await t.make.signedIn({ organizationId: reader.organizationId, role });
  expect((await list(conversation.id, {}, member).expect(200)).body.data).toHaveLength(20);
});
