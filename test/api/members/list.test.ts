import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { MadeMember, SignedIn } from '../../support/factory.js';
import { expectProblem, placesOf } from '../answers.js';

let t: TestApp;
let reader: SignedIn;
let everybody: MadeMember[];
let stranger: SignedIn;
beforeAll(async () => {
  t = await startTestApp();
  reader = await t.make.signedIn({ role: 'viewer' });
  everybody = [reader];
  stranger = await t.make.signedIn();
  for (let made = 0; made < 24; made += 1) {
    everybody.push(await t.make.member(reader.organizationId, { role: made % 3 === 0 ? 'agent' : 'admin' }));
    if (made % 4 === 0) await t.make.member(stranger.organizationId);
  }
  const removed = everybody.filter((_, place) => place % 5 === 4).map(({ id }) => id);
  await t.admin.query(`UPDATE members SET status = 'removed' WHERE id = ANY ($1)`, [removed]);
});
afterAll(() => t.close());

interface MembersPage {
  data: { id: string; role: string; status: string }[];
  page: { nextCursor: string | null };
}
const list = (query: Record<string, string>, { bearer } = reader) =>
  t.http().get('/v1/members').query(query).set(bearer);
const pageOf = async (query: Record<string, string>, member = reader): Promise<MembersPage> =>
  (await list(query, member).expect(200)).body;

async function walk(query: Record<string, string>): Promise<MembersPage['data'][]> {
  const pages: MembersPage['data'][] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { data, page }: MembersPage = await pageOf(cursor === '' ? query : { ...query, cursor });
    pages.push(data);
    cursor = page.nextCursor;
  }
  return pages;
}
const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

test('a member is listed with its person and its tag’s number', async () => {
  const { data } = await pageOf({ limit: '1' });
  expect(data).toEqual([
    {
      id: reader.id,
      userId: reader.userId,
      email: reader.email,
      displayName: 'Some Body',
      role: 'viewer',
      status: 'active',
      version: 1,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    },
  ]);
});

test.each([1, 4, 5, 24, 25, 26, 100])(
  'a walk in pages of %i finds everybody once, the first to join first',
  async (limit) => {
    const pages = await walk({ limit: String(limit) });
    expect(idsOf(pages.flat())).toEqual(idsOf(everybody));
    expect(pages).toHaveLength(Math.ceil(everybody.length / limit));
    expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true);
  },
);

test('without a limit a page has 20', async () => {
  const { data, page } = await pageOf({});
  expect(data).toHaveLength(20);
  expect(page.nextCursor).toEqual(expect.any(String));
});

test('the page size may change under way', async () => {
  const { page } = await pageOf({ limit: '3' });
  const { data } = await pageOf({ limit: '2', cursor: page.nextCursor! });
  expect(idsOf(data)).toEqual(idsOf(everybody.slice(3, 5)));
});

test('who joins or leaves during a walk makes nobody else appear twice or go missing', async () => {
  const member = await t.make.signedIn();
  const { organizationId } = member;
  const before: string[] = [member.id];
  for (let made = 0; made < 5; made += 1) before.push((await t.make.member(organizationId)).id);
  const first = await pageOf({ limit: '3' }, member);
  await t.admin.query(`UPDATE members SET status = 'removed' WHERE id = $1`, [before[2]]);
  const late = await t.make.member(organizationId);
  const second = await pageOf({ limit: '10', cursor: first.page.nextCursor! }, member);
  expect(idsOf([...first.data, ...second.data])).toEqual([...before, late.id]);
});

test.each([
  { role: 'agent' },
  { status: 'removed' },
  { role: 'admin', status: 'active' },
  { role: 'owner' },
] as Record<string, string>[])('filters, also across pages: %j', async (filters) => {
  const all = (await pageOf({ limit: '100' })).data;
  const wanted = all.filter((row) =>
    Object.entries(filters).every(([key, value]) => row[key as 'role' | 'status'] === value),
  );
  expect(idsOf((await walk({ ...filters, limit: '2' })).flat())).toEqual(idsOf(wanted));
});

test.each(['0', '-1', '101', '1.5', 'x', '', '1e9', 'NaN', 'Infinity'])(
  'a limit out of bounds is refused: %j',
  async (limit) => {
    expect(placesOf(await list({ limit }))).toEqual(['limit']);
  },
);

test.each([
  ['role', { role: 'root' }],
  ['status', { status: 'gone' }],
  ['sort', { sort: 'name' }],
  ['organizationId', { organizationId: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' }],
  ['cursor', { cursor: 'x'.repeat(1025) }],
])('an unknown parameter or value is refused and named: %s', async (parameter, query) => {
  expect(placesOf(await list(query))).toEqual([parameter]);
});

test('a parameter given twice is refused', async () => {
  for (const query of ['role=agent&role=admin', 'limit=1&limit=2', 'cursor=a&cursor=b']) {
    const answer = await t.http().get(`/v1/members?${query}`).set(reader.bearer);
    expect(placesOf(answer)).toEqual([query.split('=')[0]]);
  }
});

test('a cursor that was altered, invented or made for other filters is invalid', async () => {
  const { page } = await pageOf({ limit: '3' });
  const cursor = page.nextCursor!;
  const [version, id, hash] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  expect(encode([version, id, hash])).toBe(cursor);
  const bad = {
    garbage: 'garbage',
    empty: '',
    'cut off': cursor.slice(0, -5),
    'no list': encode({ id }),
    null: encode(null),
    'another version': encode([2, id, hash]),
    'no id': encode([version, `' OR true --`, hash]),
    'an id that is a list': encode([version, [id], hash]),
    'another hash': encode([version, id, 'AAAAAAAAAA']),
    'no hash': encode([version, id]),
    'one part more': encode([version, id, hash, 1]),
    'an id in braces': encode([version, `{${String(id)}}`, hash]),
  };
  for (const [name, each] of Object.entries(bad)) {
    const answer = await list({ cursor: each });
    expect([name, answer.status, answer.body.code]).toEqual([name, 400, 'cursor-invalid']);
    expectProblem(answer, 'cursor-invalid');
  }
  expectProblem(await list({ cursor, role: 'agent' }), 'cursor-invalid');
  expectProblem(await list({ cursor, status: 'active' }), 'cursor-invalid');
  const filtered = await pageOf({ role: 'agent', limit: '1' });
  expectProblem(await list({ cursor: filtered.page.nextCursor! }), 'cursor-invalid');
  expectProblem(await list({ cursor: filtered.page.nextCursor!, role: 'admin' }), 'cursor-invalid');
});

test('a cursor holds no authority: one of another organization shows none of its rows', async () => {
  const foreign = await pageOf({ limit: '1' }, stranger);
  const { data } = await pageOf({ cursor: foreign.page.nextCursor!, limit: '100' });
  const own = new Set(idsOf(everybody));
  expect(data.length).toBeGreaterThan(0);
  expect(data.filter(({ id }) => !own.has(id))).toEqual([]);
});

test('the foreign organization sees its own members and none of these', async () => {
  const ids = idsOf((await pageOf({ limit: '100' }, stranger)).data);
  expect(ids).toHaveLength(7);
  expect(ids.filter((id) => idsOf(everybody).includes(id))).toEqual([]);
});
