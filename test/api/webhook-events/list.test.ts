import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { MadeConnection, SignedIn } from '../../support/factory.js';
import { expectProblem, placesOf } from '../answers.js';
import { plantEvent, type EventSummary } from './planted.js';

let t: TestApp;
let reader: SignedIn;
let stranger: SignedIn;
let shop: MadeConnection;
let desk: MadeConnection;
let foreign: MadeConnection;
/** The newest first. */
let all: EventSummary[];

beforeAll(async () => {
  t = await startTestApp();
  reader = await t.make.signedIn({ role: 'agent' });
  stranger = await t.make.signedIn();
  shop = await t.make.connection(reader.organizationId);
  desk = await t.make.connection(reader.organizationId, { provider: 'richpanel' });
  foreign = await t.make.connection(stranger.organizationId);
  all = [];
  for (let planted = 0; planted < 25; planted += 1) {
    const connection = planted % 5 === 4 ? desk : shop;
    const type = connection === desk ? 'ticket.updated' : ['orders/create', 'orders/paid'][planted % 2]!;
    const times = {
      ...(planted % 2 === 0 && { occurredAt: '2026-11-21T08:29:59.000Z' }),
      ...(planted % 3 === 0 && { handledAt: '2026-11-21T08:30:01.005Z' }),
    };
    all.unshift(await plantEvent(t, connection, type, { payload: '{"in":"the payload"}', ...times }));
    if (planted % 4 === 0) await plantEvent(t, foreign, 'orders/create');
  }
});
afterAll(() => t.close());

interface EventsPage {
  data: EventSummary[];
  page: { nextCursor: string | null };
}
const list = (query: Record<string, string>, { bearer } = reader) =>
  t.http().get('/v1/webhook-events').query(query).set(bearer);
const pageOf = async (query: Record<string, string>, member = reader): Promise<EventsPage> =>
  (await list(query, member).expect(200)).body;

async function walk(query: Record<string, string>): Promise<EventSummary[][]> {
  const pages: EventSummary[][] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { data, page }: EventsPage = await pageOf(cursor === '' ? query : { ...query, cursor });
    pages.push(data);
    cursor = page.nextCursor;
  }
  return pages;
}

test('the newest first, each with what happened and when, and without its payload', async () => {
  const answer = await list({ limit: '100' });
  expect(answer.body).toEqual({ data: all, page: { nextCursor: null } });
  expect(answer.text).not.toContain('payload');
});

test.each([1, 4, 5, 24, 25, 26, 100])('a walk in pages of %i finds each once', async (limit) => {
  const pages = await walk({ limit: String(limit) });
  expect(pages.flat()).toEqual(all);
  expect(pages).toHaveLength(Math.ceil(all.length / limit));
});

test('without a limit a page has 20', async () => {
  expect((await pageOf({})).data).toEqual(all.slice(0, 20));
});

test('what arrives during a walk is found by the next one, and makes nothing appear twice', async () => {
  const member = await t.make.signedIn();
  const connection = await t.make.connection(member.organizationId);
  const before: EventSummary[] = [];
  for (let planted = 0; planted < 5; planted += 1)
    before.unshift(await plantEvent(t, connection, 'orders/create'));
  const first = await pageOf({ limit: '3' }, member);
  const late = await plantEvent(t, connection, 'orders/create');
  const second = await pageOf({ limit: '3', cursor: first.page.nextCursor! }, member);
  expect([...first.data, ...second.data]).toEqual(before);
  expect((await pageOf({}, member)).data[0]).toEqual(late);
});

test.each([
  ['connectionId', () => ({ connectionId: shop.id })],
  ['another connectionId', () => ({ connectionId: desk.id })],
  ['type', () => ({ type: 'orders/create' })],
  ['both', () => ({ connectionId: shop.id, type: 'orders/paid' })],
  ['both, of which nothing is', () => ({ connectionId: desk.id, type: 'orders/paid' })],
  ['an unknown type', () => ({ type: 'orders/creat%' })],
  ['a connection of nobody', () => ({ connectionId: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' })],
] as [string, () => Record<string, string>][])('filters, also across pages: %s', async (_by, filters) => {
  const wanted = all.filter((event) =>
    Object.entries(filters()).every(([key, value]) => event[key as 'type' | 'connectionId'] === value),
  );
  expect((await walk({ ...filters(), limit: '2' })).flat()).toEqual(wanted);
});

test('by another organization’s connection nothing is found, as by one that does not exist', async () => {
  expect(await pageOf({ connectionId: foreign.id })).toEqual({ data: [], page: { nextCursor: null } });
});

test('another organization sees its own events and none of these', async () => {
  const { data } = await pageOf({ limit: '100' }, stranger);
  expect(data).toHaveLength(7);
  expect(new Set(data.map(({ connectionId }) => connectionId))).toEqual(new Set([foreign.id]));
});

test.each([
  ['connectionId', { connectionId: 'x' }],
  ['connectionId', { connectionId: '' }],
  ['type', { type: '' }],
  ['type', { type: 't'.repeat(121) }],
  ['limit', { limit: '0' }],
  ['limit', { limit: '101' }],
  ['provider', { provider: 'shopify' }],
  ['organizationId', { organizationId: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' }],
] as [string, Record<string, string>][])(
  'an unknown parameter or value is refused and named: %s',
  async (parameter, query) => {
    expect(placesOf(await list(query))).toEqual([parameter]);
  },
);

test('a cursor is for the list it came from; another organization’s says nothing here', async () => {
  const cursor = (await pageOf({ limit: '3' })).page.nextCursor!;
  expectProblem(await list({ cursor, type: 'orders/create' }), 'cursor-invalid');
  expectProblem(await list({ cursor: `${cursor}x`.slice(3) }), 'cursor-invalid');
  const { data } = await pageOf({ cursor, limit: '100' }, stranger);
  expect(data.every(({ connectionId }) => connectionId === foreign.id)).toBe(true);
});

test.each([
  ['viewer', 403],
  ['agent', 200],
  ['admin', 200],
  ['owner', 200],
] as const)('who may: %s, %i', async (role, status) => {
  const member = await t.make.signedIn({ organizationId: reader.organizationId, role });
  const answer = await list({}, member);
  expect([answer.status, answer.body.data?.length]).toEqual([status, status === 200 ? 20 : undefined]);
});
