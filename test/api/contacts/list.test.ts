import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { MadeContact, SignedIn } from '../../support/factory.js';
import { expectProblem, placesOf } from '../answers.js';

let t: TestApp;
let reader: SignedIn;
let stranger: SignedIn;
/** The first to write first. */
let everybody: MadeContact[];
const phoneOf = (number: number) => `+1202555${String(number).padStart(4, '0')}`;
const emailOf = (number: number) => `shopper-${number}@people.example`;

beforeAll(async () => {
  t = await startTestApp();
  reader = await t.make.signedIn({ role: 'viewer' });
  stranger = await t.make.signedIn();
  everybody = [];
  for (let made = 0; made < 25; made += 1) {
    // The same people write to both shops; one in five turns out to be somebody else.
    const names = { phone: phoneOf(made), email: emailOf(made), whatsappUserId: `US.${made}` };
    everybody.push(await t.make.contact(reader.organizationId, names));
    if (made % 4 === 0) await t.make.contact(stranger.organizationId, { name: 'Theirs', ...names });
    if (made % 5 === 0)
      await t.make.contact(reader.organizationId, { name: 'Merged', mergedIntoId: everybody.at(-1)!.id });
  }
});
afterAll(() => t.close());

interface ContactsPage {
  data: { id: string; name: string; phone: string; email: string }[];
  page: { nextCursor: string | null };
}
const list = (query: Record<string, string>, { bearer } = reader) =>
  t.http().get('/v1/contacts').query(query).set(bearer);
const pageOf = async (query: Record<string, string>, member = reader): Promise<ContactsPage> =>
  (await list(query, member).expect(200)).body;

async function walk(query: Record<string, string>): Promise<ContactsPage['data'][]> {
  const pages: ContactsPage['data'][] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { data, page }: ContactsPage = await pageOf(cursor === '' ? query : { ...query, cursor });
    pages.push(data);
    cursor = page.nextCursor;
  }
  return pages;
}
const idsOf = (rows: readonly { id: string }[]) => rows.map(({ id }) => id);

test('a contact is listed with all that names them', async () => {
  const { data } = await pageOf({ limit: '1' });
  expect(data).toEqual([
    {
      id: everybody[0]!.id,
      name: 'Ada',
      phone: '+12025550000',
      whatsappUserId: 'US.0',
      email: 'shopper-0@people.example',
      mergedIntoId: null,
      version: 1,
      createdAt: expect.stringMatching(/Z$/),
      updatedAt: expect.stringMatching(/Z$/),
    },
  ]);
});

test.each([1, 4, 5, 24, 25, 26, 100])(
  'a walk in pages of %i finds everybody once, the first to write first, and nobody who turned out to be somebody else',
  async (limit) => {
    const pages = await walk({ limit: String(limit) });
    expect(idsOf(pages.flat())).toEqual(idsOf(everybody));
    expect(pages).toHaveLength(Math.ceil(everybody.length / limit));
    expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true);
  },
);

test('without a limit a page has 20', async () => {
  expect(idsOf((await pageOf({})).data)).toEqual(idsOf(everybody.slice(0, 20)));
});

test('who writes or is merged during a walk makes nobody else appear twice or go missing', async () => {
  const member = await t.make.signedIn();
  const { organizationId } = member;
  const before: MadeContact[] = [];
  for (let made = 0; made < 6; made += 1) before.push(await t.make.contact(organizationId));
  const first = await pageOf({ limit: '3' }, member);
  await t.admin.query('UPDATE contacts SET merged_into_id = $1 WHERE id = ANY ($2)', [
    before[0]!.id,
    [before[2]!.id, before[4]!.id],
  ]);
  const late = await t.make.contact(organizationId);
  const second = await pageOf({ limit: '10', cursor: first.page.nextCursor! }, member);
  expect(idsOf([...first.data, ...second.data])).toEqual(idsOf([...before.slice(0, 4), before[5]!, late]));
});

test.each([
  ['phone', { phone: phoneOf(7) }, [7]],
  ['email', { email: emailOf(8) }, [8]],
  ['email, in any case', { email: emailOf(8).toUpperCase() }, [8]],
  ['both', { phone: phoneOf(7), email: emailOf(7) }, [7]],
  ['both, of two people', { phone: phoneOf(7), email: emailOf(8) }, []],
  ['a phone of nobody', { phone: phoneOf(999) }, []],
  ['a part of a phone', { phone: phoneOf(7).slice(0, -1) }, []],
  ['a pattern', { email: 'shopper-%@people.example' }, []],
  ['a phone without its plus', { phone: phoneOf(7).slice(1) }, []],
] as [string, Record<string, string>, number[]][])('filters, exactly: %s', async (_by, query, found) => {
  const wanted = found.map((place) => everybody[place]!);
  expect(idsOf((await walk({ ...query, limit: '1' })).flat())).toEqual(idsOf(wanted));
});

test.each([
  ['phone', { phone: '' }],
  ['phone', { phone: '1'.repeat(21) }],
  ['email', { email: 'a@' }],
  ['email', { email: `${'a'.repeat(320)}@x` }],
  ['limit', { limit: '0' }],
  ['limit', { limit: '101' }],
  ['cursor', { cursor: 'x'.repeat(1025) }],
  ['name', { name: 'Ada' }],
  ['whatsappUserId', { whatsappUserId: 'US.1' }],
  ['organizationId', { organizationId: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' }],
] as [string, Record<string, string>][])(
  'an unknown parameter or value is refused and named: %s',
  async (parameter, query) => {
    expect(placesOf(await list(query))).toEqual([parameter]);
  },
);

test('a parameter given twice is refused', async () => {
  for (const query of ['phone=%2B12025550001&phone=%2B12025550002', 'email=a@b.example&email=c@d.example']) {
    const answer = await t.http().get(`/v1/contacts?${query}`).set(reader.bearer);
    expect(placesOf(answer)).toEqual([query.split('=')[0]]);
  }
});

test('a cursor is for the list it came from; another organization’s shows nobody of it', async () => {
  const cursor = (await pageOf({ limit: '3' })).page.nextCursor!;
  expectProblem(await list({ cursor, phone: phoneOf(7) }), 'cursor-invalid');
  expectProblem(await list({ cursor: `${cursor}x`.slice(3) }), 'cursor-invalid');
  const foreign = await pageOf({ limit: '1' }, stranger);
  const { data } = await pageOf({ cursor: foreign.page.nextCursor!, limit: '100' });
  expect(data.length).toBeGreaterThan(0);
  expect(data.filter(({ name }) => name !== 'Ada')).toEqual([]);
});

test('another organization sees its own contacts and none of these, though they are the same people', async () => {
  const { data } = await pageOf({ limit: '100' }, stranger);
  expect(data).toHaveLength(7);
  expect(new Set(data.map(({ name }) => name))).toEqual(new Set(['Theirs']));
  const byPhone = await pageOf({ phone: phoneOf(8) }, stranger);
  expect(byPhone.data.map(({ name }) => name)).toEqual(['Theirs']);
  expect((await pageOf({ phone: phoneOf(7) }, stranger)).data).toEqual([]);
  expect((await pageOf({ email: emailOf(7) }, stranger)).data).toEqual([]);
});

test.each(['viewer', 'agent', 'admin', 'owner'] as const)('who may: %s', async (role) => {
  const member = await t.make.signedIn({ organizationId: reader.organizationId, role });
  expect((await pageOf({}, member)).data).toHaveLength(20);
});
