import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import { connect } from '../../support/database.js';
import type { MadeConnection, MadeConversation, SignedIn } from '../../support/factory.js';
import { expectBareProblem, expectIndistinguishable, expectProblem, placesOf } from '../answers.js';

let t: TestApp;
let reader: SignedIn;
let number: MadeConnection;
let conversation: MadeConversation;
/** The newest first. */
let all: string[];
beforeAll(async () => {
  t = await startTestApp();
  reader = await t.make.signedIn({ role: 'viewer' });
  number = await t.make.connection(reader.organizationId, { provider: 'whatsapp' });
  conversation = await planted();
  const other = await planted();
  all = [];
  for (let made = 0; made < 25; made += 1) {
    all.unshift(await t.make.decision(conversation));
    if (made % 4 === 0) await t.make.decision(other);
  }
});
afterAll(() => t.close());

const planted = async () => t.make.conversation(number, await t.make.contact(reader.organizationId));
interface DecisionsPage {
  data: { id: string }[];
  page: { nextCursor: string | null };
}
const list = (id: string, query: Record<string, string> = {}, { bearer } = reader) =>
  t.http().get(`/v1/conversations/${id}/decisions`).query(query).set(bearer);
const pageOf = async (id: string, query: Record<string, string> = {}): Promise<DecisionsPage> =>
  (await list(id, query).expect(200)).body;
async function walk(id: string, limit: number): Promise<DecisionsPage['data'][]> {
  const pages: DecisionsPage['data'][] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const query = { limit: String(limit), ...(cursor !== '' && { cursor }) };
    const { data, page }: DecisionsPage = await pageOf(id, query);
    pages.push(data);
    cursor = page.nextCursor;
  }
  return pages;
}
const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

test('why something was held or sent: verdict, reason, every check in its order, and what it was decided on', async () => {
  const made = await planted();
  const answersId = await t.make.message(made);
  const messageId = await t.make.message(made, { direction: 'outbound' });
  const draftId = await t.make.draft(made, { answersId });
  const checks = [
    { check: 'kill-switch', outcome: 'passed', reason: 'ok', detail: '' },
    { check: 'safe-mode', outcome: 'failed', reason: 'safe-mode', detail: 'on: Größe M' },
    { check: 'budget', outcome: 'skipped', reason: 'person-decides', detail: '' },
  ];
  const context = { tier: 2, intent: 'order-status', deep: { '10': 1, a: [] } };
  const held = await t.make.decision(made, { answersId, draftId, checks, context });
  const sent = await t.make.decision(made, {
    messageId,
    author: 'member',
    authorId: reader.userId,
    verdict: 'send',
    reason: 'ok',
    checks: [],
    context: {},
  });
  const both = { conversationId: made.id, createdAt: expect.stringMatching(/Z$/) as string };
  const answer = await list(made.id).expect(200);
  expect(answer.body.data).toEqual([
    {
      ...both,
      id: sent,
      answersId: null,
      draftId: null,
      messageId,
      author: 'member',
      authorId: reader.userId,
      verdict: 'send',
      reason: 'ok',
      checks: [],
      context: {},
    },
    {
      ...both,
      id: held,
      answersId,
      draftId,
      messageId: null,
      author: 'automation',
      authorId: null,
      verdict: 'hold',
      reason: 'safe-mode',
      checks,
      context,
    },
  ]);
});

test.each([1, 4, 5, 24, 25, 26, 100])(
  'a walk in pages of %i finds each decision of this conversation once, the newest first',
  async (limit) => {
    const pages = await walk(conversation.id, limit);
    expect(idsOf(pages.flat())).toEqual(all);
    expect(pages).toHaveLength(Math.ceil(all.length / limit));
  },
);

test('without a limit a page has 20', async () => {
  expect(idsOf((await pageOf(conversation.id)).data)).toEqual(all.slice(0, 20));
});

test('what is decided during a walk makes nothing appear twice', async () => {
  const made = await planted();
  const before: string[] = [];
  for (let decided = 0; decided < 5; decided += 1) before.unshift(await t.make.decision(made));
  const first = await pageOf(made.id, { limit: '3' });
  const late = await t.make.decision(made);
  const second = await pageOf(made.id, { limit: '3', cursor: first.page.nextCursor! });
  expect(idsOf([...first.data, ...second.data])).toEqual(before);
  expect((await pageOf(made.id)).data[0]!.id).toBe(late);
});

test('a conversation of which nothing was decided has none, and is there', async () => {
  expect(await pageOf((await planted()).id)).toEqual({ data: [], page: { nextCursor: null } });
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
  await t.make.decision(foreign);
  const cursor = (await pageOf(conversation.id, { limit: '3' })).page.nextCursor!;
  const ids = [foreign.id, number.id, '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99', 'nothing', `'%20OR%20true--`];
  const answers = [];
  for (const id of ids) answers.push(await list(id));
  for (const answer of answers) expectBareProblem(answer, 'not-found');
  expectIndistinguishable(answers);
  expectProblem(await list(foreign.id, { cursor }), 'cursor-invalid');
  expect((await list(foreign.id, {}, stranger).expect(200)).body.data).toHaveLength(1);
});

test('a cursor is for the conversation it came from', async () => {
  const cursor = (await pageOf(conversation.id, { limit: '3' })).page.nextCursor!;
  expectProblem(await list((await planted()).id, { cursor }), 'cursor-invalid');
  expectProblem(await list(conversation.id, { cursor: `${cursor}x`.slice(3) }), 'cursor-invalid');
});

test.each([
  ['limit', { limit: '0' }],
  ['limit', { limit: '101' }],
  ['verdict', { verdict: 'hold' }],
  ['conversationId', { conversationId: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' }],
] as [string, Record<string, string>][])(
  'an unknown parameter or value is refused and named: %s',
  async (parameter, query) => {
    expect(placesOf(await list(conversation.id, query))).toEqual([parameter]);
  },
);

test('what was decided stays as it was written: the role of the application may only add', async () => {
  const client = await connect(t.database.urlOf('bulkhead_tenant'));
  try {
    for (const statement of [
      `UPDATE decisions SET verdict = 'send' WHERE id = '${all[0]}'`,
      `UPDATE decisions SET context = '{}' WHERE id = '${all[0]}'`,
      `DELETE FROM decisions WHERE id = '${all[0]}'`,
    ]) {
      await client.query('BEGIN');
      await client.query('SELECT auth_assert($1, NULL, NULL, NULL)', [reader.organizationId]);
      const seen = await client.query('SELECT FROM decisions WHERE id = $1', [all[0]]);
      expect(seen.rowCount).toBe(1);
      await expect(client.query(statement), statement).rejects.toMatchObject({ code: '42501' });
      await client.query('ROLLBACK');
    }
  } finally {
    await client.end();
  }
});
