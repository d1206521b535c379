import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { SignedIn } from '../../support/factory.js';
import { expectBareProblem, expectProblem, placesOf } from '../answers.js';

let t: TestApp;
let admin: SignedIn;
beforeAll(async () => {
  t = await startTestApp();
  admin = await t.make.signedIn({ role: 'admin' });
});
afterAll(() => t.close());

const create = (body: object, headers: Record<string, string> = {}, { bearer } = admin) =>
  t.http().post('/v1/templates').set(bearer).set(headers).send(body);
/** A template that nobody else has. */
const valid = (change: object = {}) => ({
  name: `Template ${randomUUID()}`,
  language: 'en',
  intent: 'order-status',
  body: 'Your order {{order.name}} is {{order.status}}.',
  ...change,
});
const countOf = async ({ organizationId }: SignedIn): Promise<[templates: number, versions: number]> => {
  const of = async (table: string) =>
    (await t.admin.query(`SELECT FROM ${table} WHERE organization_id = $1`, [organizationId])).rowCount!;
  return [await of('templates'), await of('template_versions')];
};

test('a template is there with its first version, approved by nobody and not listed', async () => {
  const input = valid({ language: 'pt-BR', intent: 'return', body: 'Olá {{contact.name}} 🚲' });
  const answer = await create(input).expect(201);
  const time = expect.stringMatching(/Z$/) as string;
  expect(answer.body).toEqual({
    id: expect.any(String),
    ...input,
    number: 1,
    approvedNumber: null,
    enabled: true,
    listed: false,
    version: 1,
    createdAt: time,
    updatedAt: time,
  });
  expect(answer.headers['etag']).toBe('"1"');
  const { rows } = await t.admin.query(
    'SELECT organization_id, number, body, author_id FROM template_versions WHERE template_id = $1',
    [answer.body.id],
  );
  const { organizationId: organization_id, userId: author_id } = admin;
  expect(rows).toEqual([{ organization_id, number: 1, body: input.body, author_id }]);
});

test.each([
  'order.name',
  'order.status',
  'order.tracking_number',
  'order.tracking_company',
  'order.tracking_url',
  'order.estimated_delivery',
  'order.delivered_at',
  'order.status_url',
  'contact.name',
  'organization.name',
])('may hold {{%s}}, with spaces or without', async (variable) => {
  await create(valid({ body: `{{${variable}}} and {{ ${variable} }}` })).expect(201);
});

test.each([
  [
    'one letter wrong',
    'Hi {{contact.nam}}',
    'there is no variable contact.nam (character 4)',
    'contact.name',
  ],
  [
    'at the start',
    '{{order.trackingurl}}',
    'there is no variable order.trackingurl (character 1)',
    'order.tracking_url',
  ],
  [
    'the second of two',
    '{{order.name}} {{order.states}}',
    'there is no variable order.states (character 16)',
    'order.status',
  ],
  ['like nothing we know', 'Hi {{x}}', 'there is no variable x (character 4)', undefined],
  ['never closed', 'Hi {{order.name', 'braces are opened and not closed (character 4)', 'order.name'],
  ['never opened', 'Hi order.name}}', 'braces are closed and were not opened (character 14)', undefined],
  ['braces in braces', '{{{{order.name}}}}', 'braces are opened and not closed (character 1)', undefined],
  ['a name every object has', '{{constructor}}', 'there is no variable constructor (character 1)', undefined],
])(
  'a variable that is %s is refused with its place and what was meant',
  async (_what, body, said, nearest) => {
    const before = await countOf(admin);
    const answer = await create(valid({ body }));
    expect(placesOf(answer)).toEqual(['/body']);
    const detail = nearest === undefined ? said : `${said}; did you mean {{${nearest}}}?`;
    expect(answer.body.errors).toEqual([{ pointer: '/body', detail }]);
    expect(await countOf(admin)).toEqual(before);
  },
);

test.each([
  ['no name', { name: undefined }, '/name'],
  ['an empty name', { name: '' }, '/name'],
  ['a name of 81 characters', { name: 'n'.repeat(81) }, '/name'],
  ['a name with NUL', { name: 'a\0' }, '/name'],
  ['a language in words', { language: 'English' }, '/language'],
  ['an empty language', { language: '' }, '/language'],
  ['a list of languages', { language: ['e', 'n'] }, '/language'],
  ['an unknown intent', { intent: 'refund' }, '/intent'],
  ['no intent', { intent: null }, '/intent'],
  ['no body', { body: undefined }, '/body'],
  ['a body of null', { body: null }, '/body'],
  ['an empty body', { body: '' }, '/body'],
  ['a body of 2001 characters', { body: 'b'.repeat(2001) }, '/body'],
  ['a body that is a list', { body: ['{{order.name}}'] }, '/body'],
  ['its own approval', { approvedNumber: 1 }, '/approvedNumber'],
  ['its own listing', { listed: true }, '/listed'],
  ['a number', { number: 7 }, '/number'],
  ['another organization', { organizationId: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' }, '/organizationId'],
  ['an author', { authorId: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' }, '/authorId'],
] as [string, object, string][])(
  'refuses %s, names the place and writes nothing',
  async (_name, change, place) => {
    const before = await countOf(admin);
    expect(placesOf(await create(valid(change)))).toEqual([place]);
    expect(await countOf(admin)).toEqual(before);
  },
);

test('takes what is as long as it may be', async () => {
  const body = `{{order.name}}${'b'.repeat(1986)}`;
  const input = valid({ name: randomUUID().padEnd(80, 'n'), body, language: 'zh-Hant-TW' });
  expect((await create(input).expect(201)).body).toMatchObject(input);
});

describe('a name', () => {
  test('that is taken in this language is refused; in another language or organization it is free', async () => {
    const input = valid();
    await create(input).expect(201);
    const before = await countOf(admin);
    expectBareProblem(await create({ ...input, intent: 'other', body: 'Else' }), 'template-exists');
    expect(await countOf(admin)).toEqual(before);
    await create({ ...input, language: 'de' }).expect(201);
    await create(input, {}, await t.make.signedIn()).expect(201);
  });

  test('wanted ten times at once is given once', async () => {
    const input = valid();
    const answers = await Promise.all(Array.from({ length: 10 }, async () => create(input)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 201))
      expectBareProblem(answer, 'template-exists');
  });
});

test.each([
  ['viewer', 403],
  ['agent', 403],
  ['admin', 201],
  ['owner', 201],
] as const)('who may: %s, %i', async (role, status) => {
  const member = await t.make.signedIn({ role });
  const answer = await create(valid(), {}, member);
  expect(answer.status).toBe(status);
  if (status === 403) expectProblem(answer, 'forbidden');
  expect(await countOf(member)).toEqual(status === 403 ? [0, 0] : [1, 1]);
});

describe('Idempotency-Key', () => {
  test('the same request again is answered the same, tag included, and written once', async () => {
    const [input, key] = [valid(), { 'Idempotency-Key': randomUUID() }];
    const first = await create(input, key).expect(201);
    const before = await countOf(admin);
    const again = await create(input, key).expect(201);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect([again.body, again.headers['etag']]).toEqual([first.body, '"1"']);
    expect(await countOf(admin)).toEqual(before);
    expectProblem(await create({ ...input, body: 'Else' }, key), 'idempotency-key-reused');
  });

  test('of a refused request is free for the corrected one', async () => {
    const [input, key] = [valid(), { 'Idempotency-Key': randomUUID() }];
    await create(input).expect(201);
    expectBareProblem(await create(input, key), 'template-exists');
    expect(placesOf(await create(valid({ body: '{{' }), key))).toEqual(['/body']);
    await create(valid(), key).expect(201);
  });
});
