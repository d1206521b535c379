import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { SignedIn } from '../../support/factory.js';
import { expectBareProblem, expectProblem, placesOf } from '../answers.js';
import {
  connect,
  connectionThroughPlatform,
  connectionTo,
  newSecret,
  patch,
  textOf,
  type Answered,
} from './connecting.js';

let t: TestApp;
let owner: SignedIn;
let agent: SignedIn;
let stranger: SignedIn;
/** As each was answered when it was last changed. */
let all: Answered[];
let secrets: string[];

beforeAll(async () => {
  t = await startTestApp();
  owner = await t.make.signedIn();
  agent = await t.make.signedIn({ organizationId: owner.organizationId, role: 'agent' });
  stranger = await t.make.signedIn();
  await t.make.endpoint(undefined, 'whatsapp');
  const bodies = [
    connectionTo('shopify'),
    connectionTo('whatsapp'),
    connectionThroughPlatform('whatsapp'),
    { ...connectionTo('shopify'), credentials: { accessToken: 'refused-by-the-vendor' } },
    connectionTo('richpanel'),
    connectionTo('shopify'),
  ];
  all = [];
  for (const body of bodies) {
    all.push(await connect(t, owner, body));
    await connect(t, stranger, connectionTo(body.provider));
  }
  const rotation = { webhook: { secret: newSecret() } };
  all[0] = (await patch(t, owner, all[0]!.id, rotation).expect(200)).body;
  all[5] = (await patch(t, owner, all[5]!.id, { status: 'disabled' }).expect(200)).body;
  secrets = [rotation, ...bodies].flatMap((body) => [
    ...Object.values('credentials' in body ? body.credentials : {}),
    ...Object.values(('webhook' in body && body.webhook) || {}),
  ]);
});
afterAll(() => t.close());

interface ConnectionsPage {
  data: Answered[];
  page: { nextCursor: string | null };
}
const list = (query: Record<string, string>, { bearer } = agent) =>
  t.http().get('/v1/connections').query(query).set(bearer);
const pageOf = async (query: Record<string, string>, member = agent): Promise<ConnectionsPage> =>
  (await list(query, member).expect(200)).body;

async function walk(query: Record<string, string>): Promise<Answered[]> {
  const found: Answered[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { data, page }: ConnectionsPage = await pageOf(cursor === '' ? query : { ...query, cursor });
    found.push(...data);
    cursor = page.nextCursor;
  }
  return found;
}

test('each is listed as it was answered, whatever its state, the oldest first', async () => {
  expect((await pageOf({})).data).toEqual(all);
  expect(all.map(({ status, problem }) => `${status} ${problem}`)).toEqual([
    'verified null',
    'verified null',
    'verified null',
    'unverified credentials-refused',
    'verified null',
    'disabled null',
  ]);
});

test('says which are being rotated, and tells the path of its own endpoints alone', async () => {
  const { data } = await pageOf({});
  expect(data.map(({ webhook }) => webhook.previousSecretValid)).toEqual([true, ...Array(5).fill(false)]);
  expect(data.map(({ webhook: { path } }) => path?.split('/')[2] ?? null)).toEqual([
    'shopify',
    'whatsapp',
    null,
    'shopify',
    'richpanel',
    'shopify',
  ]);
});

test('shows no secret', async () => {
  const answer = await list({});
  expect(secrets.length).toBeGreaterThan(10);
  for (const secret of secrets) expect(textOf(answer)).not.toContain(secret.slice(0, -4));
});

test.each(['1', '2', '3', '6', '100'])('a walk in pages of %s finds each once', async (limit) => {
  expect(await walk({ limit })).toEqual(all);
});

test.each(['shopify', 'whatsapp', 'richpanel'])('those of %s, also across pages', async (provider) => {
  expect(await walk({ provider, limit: '1' })).toEqual(all.filter((each) => each.provider === provider));
});

test('another organization sees its own and none of these', async () => {
  const { data } = await pageOf({}, stranger);
  expect(data).toHaveLength(6);
  const told = JSON.stringify(data);
  const mine = all.flatMap(({ id, account, webhook: { path } }) => [id, account, ...(path ? [path] : [])]);
  expect(mine.filter((each) => told.includes(each))).toEqual([]);
  expect(await pageOf({}, await t.make.signedIn())).toEqual({ data: [], page: { nextCursor: null } });
});

test.each([
  ['provider', { provider: 'magento' }],
  ['provider', { provider: '' }],
  ['limit', { limit: '0' }],
  ['limit', { limit: '101' }],
  ['status', { status: 'verified' }],
  ['organizationId', { organizationId: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' }],
])('an unknown parameter or value is refused and named: %s', async (parameter, query) => {
  expect(placesOf(await list(query as Record<string, string>))).toEqual([parameter]);
});

test('a cursor is for the list it came from; another organization’s says nothing here', async () => {
  const { page } = await pageOf({ limit: '1' });
  const cursor = page.nextCursor!;
  expectProblem(await list({ cursor, provider: 'shopify' }), 'cursor-invalid');
  expectProblem(await list({ cursor: cursor.slice(0, -5) }), 'cursor-invalid');
  const { data } = await pageOf({ cursor }, stranger);
  expect(data.filter(({ id }) => all.some((each) => each.id === id))).toEqual([]);
});

test.each([
  ['viewer', 403],
  ['agent', 200],
  ['admin', 200],
  ['owner', 200],
] as const)('who may: %s, %i', async (role, status) => {
  const member = await t.make.signedIn({ organizationId: owner.organizationId, role });
  const answer = await list({}, member);
  expect([answer.status, answer.body.data?.length]).toEqual([status, status === 200 ? 6 : undefined]);
});

test('there is no way to one by its id', async () => {
  expectBareProblem(await t.http().get(`/v1/connections/${all[0]!.id}`).set(owner.bearer), 'not-found');
});
