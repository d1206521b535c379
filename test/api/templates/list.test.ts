import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { SignedIn, TemplateToMake } from '../../support/factory.js';
import { expectProblem, placesOf } from '../answers.js';

let t: TestApp;
let reader: SignedIn;
let stranger: SignedIn;
/** The first written first. */
let all: { id: string; intent: string }[];
let foreign: string[];

const intents = ['order-status', 'return', 'cancellation', 'other'] as const;
beforeAll(async () => {
  t = await startTestApp();
  reader = await t.make.signedIn({ role: 'viewer' });
  stranger = await t.make.signedIn();
  [all, foreign] = [[], []];
  for (let made = 0; made < 25; made += 1) {
    const intent = intents[made % 5 === 0 ? 1 : made % 3]!;
    all.push({ id: await planted({ intent }), intent });
    if (made % 4 === 0) foreign.push(await t.make.template(stranger.organizationId));
  }
});
afterAll(() => t.close());

const planted = async (as: TemplateToMake = {}) => t.make.template(reader.organizationId, as);
interface TemplatesPage {
  data: { id: string; intent: string }[];
  page: { nextCursor: string | null };
}
const list = (query: Record<string, string>, { bearer } = reader) =>
  t.http().get('/v1/templates').query(query).set(bearer);
const pageOf = async (query: Record<string, string>, member = reader): Promise<TemplatesPage> =>
  (await list(query, member).expect(200)).body;
async function walk(query: Record<string, string>): Promise<TemplatesPage['data'][]> {
  const pages: TemplatesPage['data'][] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { data, page }: TemplatesPage = await pageOf(cursor === '' ? query : { ...query, cursor });
    pages.push(data);
    cursor = page.nextCursor;
  }
  return pages;
}
const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

test('each is shown in its newest version, and with the one that is approved', async () => {
  const member = await t.make.signedIn({ role: 'viewer' });
  const id = await t.make.template(member.organizationId, {
    name: 'Where is it',
    language: 'de',
    intent: 'other',
    bodies: ['One', 'Two', 'Three {{contact.name}}'],
    approvedNumber: 2,
    enabled: false,
    listed: true,
  });
  expect((await pageOf({}, member)).data).toEqual([
    {
      id,
      name: 'Where is it',
      language: 'de',
      intent: 'other',
      number: 3,
      body: 'Three {{contact.name}}',
      approvedNumber: 2,
      enabled: false,
      listed: true,
      version: 1,
      createdAt: expect.stringMatching(/Z$/) as string,
      updatedAt: expect.stringMatching(/Z$/) as string,
    },
  ]);
});

test('who has none is shown none', async () => {
  expect(await pageOf({}, await t.make.signedIn())).toEqual({ data: [], page: { nextCursor: null } });
});

test.each([1, 4, 5, 24, 25, 26, 100])(
  'a walk in pages of %i finds each once, the first written first',
  async (limit) => {
    const pages = await walk({ limit: String(limit) });
    expect(idsOf(pages.flat())).toEqual(idsOf(all));
    expect(pages).toHaveLength(Math.ceil(all.length / limit));
  },
);

test('without a limit a page has 20', async () => {
  expect(idsOf((await pageOf({})).data)).toEqual(idsOf(all.slice(0, 20)));
});

test.each(intents)('by intent, also across pages: %s', async (intent) => {
  const wanted = all.filter((each) => each.intent === intent);
  expect(idsOf((await walk({ intent, limit: '2' })).flat())).toEqual(idsOf(wanted));
});

test('a rewritten template stays where it was and appears once', async () => {
  const member = await t.make.signedIn();
  const ids: string[] = [];
  for (let made = 0; made < 3; made += 1) ids.push(await t.make.template(member.organizationId));
  const first = await pageOf({ limit: '1' }, member);
  for (const id of ids) {
    const { bearer } = member;
    await t.http().patch(`/v1/templates/${id}`).set(bearer).send({ body: 'Other words' }).expect(200);
  }
  const second = await pageOf({ limit: '5', cursor: first.page.nextCursor! }, member);
  expect(idsOf([...first.data, ...second.data])).toEqual(ids);
});

test.each([
  ['intent', { intent: 'refund' }],
  ['intent', { intent: '' }],
  ['limit', { limit: '0' }],
  ['limit', { limit: '101' }],
  ['language', { language: 'en' }],
  ['organizationId', { organizationId: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' }],
] as [string, Record<string, string>][])(
  'an unknown parameter or value is refused and named: %s',
  async (parameter, query) => {
    expect(placesOf(await list(query))).toEqual([parameter]);
  },
);

test('a cursor is for the list it came from', async () => {
  const cursor = (await pageOf({ limit: '3' })).page.nextCursor!;
  expectProblem(await list({ cursor, intent: 'other' }), 'cursor-invalid');
  expectProblem(await list({ cursor: `${cursor}x`.slice(3) }), 'cursor-invalid');
  const filtered = (await pageOf({ limit: '1', intent: 'return' })).page.nextCursor!;
  expectProblem(await list({ cursor: filtered }), 'cursor-invalid');
  expectProblem(await list({ cursor: filtered, intent: 'order-status' }), 'cursor-invalid');
});

test('another organization sees its own and none of these, also with a cursor from here', async () => {
  expect(idsOf((await pageOf({ limit: '100' }, stranger)).data)).toEqual(foreign);
  const cursor = (await pageOf({ limit: '3' })).page.nextCursor!;
  const { data } = await pageOf({ cursor, limit: '100' }, stranger);
  expect(data.filter(({ id }) => !foreign.includes(id))).toEqual([]);
});
