import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import { connect } from '../../support/database.js';
import type { SignedIn, TemplateToMake } from '../../support/factory.js';
import { expectBareProblem, expectIndistinguishable, expectProblem, placesOf } from '../answers.js';

let t: TestApp;
let admin: SignedIn;
beforeAll(async () => {
  t = await startTestApp();
  admin = await t.make.signedIn({ role: 'admin' });
});
afterAll(() => t.close());

const change = (id: string, body: object, headers: Record<string, string> = {}, { bearer } = admin) =>
  t.http().patch(`/v1/templates/${id}`).set(bearer).set(headers).send(body);
const planted = async (as: TemplateToMake = {}) =>
  t.make.template(admin.organizationId, { bodies: ['The first'], ...as });
/** The whole row, and all it ever said. */
const rowsOf = async (id: string) => {
  const { rows } = await t.admin.query<Record<string, unknown>>('SELECT * FROM templates WHERE id = $1', [
    id,
  ]);
  const versions = await t.admin.query<{ number: number; body: string; author_id: string }>(
    'SELECT * FROM template_versions WHERE template_id = $1 ORDER BY number',
    [id],
  );
  return { template: rows[0]!, versions: versions.rows };
};
const bodiesOf = async (id: string) =>
  (await rowsOf(id)).versions.map(({ number, body }) => `${number} ${body}`);

describe('a new body', () => {
  test('is a new version that nobody approved; the approval stays with the old one, which stays as it was', async () => {
    const id = await planted({ approvedNumber: 1, listed: true });
    const before = await rowsOf(id);
    const answer = await change(id, { body: 'The second {{order.name}}' }).expect(200);
    const written = { number: 2, body: 'The second {{order.name}}', approvedNumber: 1, version: 2 };
    expect(answer.body).toMatchObject({ id, ...written, listed: true, enabled: true });
    expect(answer.headers['etag']).toBe('"2"');
    const after = await rowsOf(id);
    expect(after.versions[0]).toEqual(before.versions[0]);
    expect(after.versions[1]).toMatchObject({ number: 2, body: written.body, author_id: admin.userId });
    expect(after.template).toMatchObject({ number: 2, approved_number: 1, version: 2 });
  });

  test('that is the body it has makes no version, and the row stays as it is', async () => {
    const id = await planted({ bodies: ['The first', 'The second'], approvedNumber: 1 });
    const before = await rowsOf(id);
    const answer = await change(id, { body: 'The second' }).expect(200);
    expect(answer.body).toMatchObject({ number: 2, approvedNumber: 1, version: 1 });
    expect(await rowsOf(id)).toEqual(before);
  });

  test('that it had before is a new version all the same', async () => {
    const id = await planted({ bodies: ['The first', 'The second'], approvedNumber: 1 });
    const { body } = await change(id, { body: 'The first' }).expect(200);
    expect(body).toMatchObject({ number: 3, body: 'The first', approvedNumber: 1 });
    expect(await bodiesOf(id)).toEqual(['1 The first', '2 The second', '3 The first']);
  });

  test('may be approved in the same breath, by the number that it gets', async () => {
    const id = await planted({ approvedNumber: 1 });
    expect(placesOf(await change(id, { body: 'The second', approvedNumber: 1 }))).toEqual([
      '/approvedNumber',
    ]);
    expect(await bodiesOf(id)).toEqual(['1 The first']);
    const { body } = await change(id, { body: 'The second', approvedNumber: 2 }).expect(200);
    expect(body).toMatchObject({ number: 2, approvedNumber: 2, version: 2 });
  });

  test.each([
    [
      'an unknown variable',
      'Hi {{contact.nam}}',
      'there is no variable contact.nam (character 4); did you mean {{contact.name}}?',
    ],
    [
      'open braces',
      'Hi {{order.name',
      'braces are opened and not closed (character 4); did you mean {{order.name}}?',
    ],
  ])('with %s is refused with its place and what was meant', async (_what, body, detail) => {
    const id = await planted();
    const before = await rowsOf(id);
    const answer = await change(id, { body, listed: true });
    expect(placesOf(answer)).toEqual(['/body']);
    expect(answer.body.errors).toEqual([{ pointer: '/body', detail }]);
    expect(await rowsOf(id)).toEqual(before);
  });

  test('from ten people at once makes ten versions, each with a number of its own', async () => {
    const id = await planted();
    const answers = await Promise.all(
      Array.from({ length: 10 }, async (_, index) => change(id, { body: `Of ${index}` })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
    const { template, versions } = await rowsOf(id);
    expect(versions.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect(template).toMatchObject({ number: 11, version: 11 });
    // Each was answered with what it wrote.
    for (const [index, { body }] of answers.entries()) {
      expect(body.body).toBe(`Of ${index}`);
      expect(versions[body.number - 1]).toMatchObject({ body: `Of ${index}` });
    }
  });
});

describe('approval', () => {
  test('is given to the newest version, and taken back with null', async () => {
    const id = await planted({ bodies: ['The first', 'The second'] });
    const given = await change(id, { approvedNumber: 2 }).expect(200);
    expect(given.body).toMatchObject({ approvedNumber: 2, number: 2, version: 2 });
    const back = await change(id, { approvedNumber: null }).expect(200);
    expect(back.body).toMatchObject({ approvedNumber: null, number: 2, version: 3 });
    expect(await bodiesOf(id)).toHaveLength(2);
  });

  test.each([1, 3, 2_147_483_648])('of another version is refused: %i', async (approvedNumber) => {
    const id = await planted({ bodies: ['The first', 'The second'] });
    const before = await rowsOf(id);
    const answer = await change(id, { approvedNumber, listed: true });
    expect(placesOf(answer)).toEqual(['/approvedNumber']);
    expect(answer.body.errors[0].detail).toBe('must be the newest version, which is 2');
    expect(await rowsOf(id)).toEqual(before);
  });

  test('is not of what somebody else wrote meanwhile', async () => {
    const id = await planted();
    await change(id, { body: 'Written meanwhile' }).expect(200);
    expect(placesOf(await change(id, { approvedNumber: 1 }))).toEqual(['/approvedNumber']);
    expect((await rowsOf(id)).template).toMatchObject({ approved_number: null });
  });
});

test('what is not named stays as it is; what is already so is no change', async () => {
  const id = await planted({ approvedNumber: 1, listed: true });
  const before = await rowsOf(id);
  for (const body of [
    {},
    { enabled: true },
    { listed: true },
    { approvedNumber: 1 },
    { body: 'The first' },
  ]) {
    expect((await change(id, body).expect(200)).headers['etag']).toBe('"1"');
  }
  expect(await rowsOf(id)).toEqual(before);
  const off = await change(id, { enabled: false }).expect(200);
  expect(off.body).toMatchObject({ enabled: false, listed: true, approvedNumber: 1, version: 2 });
  const unlisted = await change(id, { listed: false }).expect(200);
  expect(unlisted.body).toMatchObject({ enabled: false, listed: false, approvedNumber: 1, version: 3 });
});

test.each([
  ['an empty body', { body: '' }, '/body'],
  ['a body of null', { body: null }, '/body'],
  ['a body of 2001 characters', { body: 'b'.repeat(2001) }, '/body'],
  ['approval in words', { approvedNumber: 'newest' }, '/approvedNumber'],
  ['approval of version 0', { approvedNumber: 0 }, '/approvedNumber'],
  ['approval of half a version', { approvedNumber: 1.5 }, '/approvedNumber'],
  ['enabled in words', { enabled: 'yes' }, '/enabled'],
  ['enabled of null', { enabled: null }, '/enabled'],
  ['listed as a number', { listed: 1 }, '/listed'],
  ['listed of null', { listed: null }, '/listed'],
  ['another name', { name: 'Other' }, '/name'],
  ['another language', { language: 'de' }, '/language'],
  ['another intent', { intent: 'other' }, '/intent'],
  ['a number', { number: 7 }, '/number'],
  ['a version', { version: 7 }, '/version'],
  ['another organization', { organizationId: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' }, '/organizationId'],
] as [string, object, string][])(
  'refuses %s, names the place and changes nothing',
  async (_name, body, place) => {
    const id = await planted();
    const before = await rowsOf(id);
    expect(placesOf(await change(id, body))).toEqual([place]);
    expect(await rowsOf(id)).toEqual(before);
  },
);

test('If-Match: the version that was read, or no change', async () => {
  const id = await planted();
  const before = await rowsOf(id);
  for (const tag of ['"0"', '"2"', 'W/"1"', '1', 'x'])
    expectBareProblem(await change(id, { body: 'Other' }, { 'If-Match': tag }), 'precondition-failed');
  expect(await rowsOf(id)).toEqual(before);
  const { headers } = await change(id, { body: 'Other' }, { 'If-Match': '"1"' }).expect(200);
  expectBareProblem(await change(id, { listed: true }, { 'If-Match': '"1"' }), 'precondition-failed');
  await change(id, { listed: true }, { 'If-Match': headers['etag']! }).expect(200);
  expect((await rowsOf(id)).template).toMatchObject({ number: 2, listed: true, version: 3 });
});

test('of four rewrites made on the same copy at once, one is written', async () => {
  const id = await planted();
  const answers = await Promise.all(
    ['a', 'b', 'c', 'd'].map((body) => change(id, { body }, { 'If-Match': '"1"' })),
  );
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412, 412, 412]);
  const [done] = answers.filter(({ status }) => status === 200);
  expect(await bodiesOf(id)).toEqual(['1 The first', `2 ${done!.body.body}`]);
});

describe('Idempotency-Key', () => {
  test('the same request again is answered the same, tag included, and makes one version', async () => {
    const [id, key] = [await planted(), { 'Idempotency-Key': randomUUID() }];
    const first = await change(id, { body: 'The second' }, key).expect(200);
    await change(id, { body: 'The third' }).expect(200);
    const again = await change(id, { body: 'The second' }, key).expect(200);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect([again.body, again.headers['etag']]).toEqual([first.body, '"2"']);
    expect(await bodiesOf(id)).toEqual(['1 The first', '2 The second', '3 The third']);
  });

  test('the same key for something else is refused, for this template and for another', async () => {
    const [id, another, key] = [await planted(), await planted(), { 'Idempotency-Key': randomUUID() }];
    await change(id, { listed: true }, key).expect(200);
    expectProblem(await change(id, { listed: false }, key), 'idempotency-key-reused');
    expectProblem(await change(another, { listed: true }, key), 'idempotency-key-reused');
    expect((await rowsOf(another)).template).toMatchObject({ listed: false, version: 1 });
  });
});

test('a foreign, an unknown and a malformed id cannot be told apart, and the foreign rows stay as they are', async () => {
  const stranger = await t.make.signedIn();
  const foreign = await t.make.template(stranger.organizationId, { bodies: ['Theirs'] });
  const before = await rowsOf(foreign);
  const answers = [];
  for (const id of [
    foreign,
    admin.id,
    '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99',
    'nothing',
    `'%20OR%20true--`,
  ]) {
    answers.push(await change(id, { body: 'Ours', approvedNumber: 1, listed: true }));
    answers.push(await change(id, { listed: true }, { 'If-Match': '"9"' }));
  }
  for (const answer of answers) expectBareProblem(answer, 'not-found');
  expectIndistinguishable(answers);
  expect(await rowsOf(foreign)).toEqual(before);
});

test('an id in capitals names the same template', async () => {
  const id = await planted();
  expect((await change(id.toUpperCase(), { body: 'Other' }).expect(200)).body).toMatchObject({
    id,
    number: 2,
  });
});

test.each([
  ['viewer', 403],
  ['agent', 403],
  ['admin', 200],
  ['owner', 200],
] as const)('who may: %s, %i', async (role, status) => {
  const member = await t.make.signedIn({ organizationId: admin.organizationId, role });
  const id = await planted();
  expect((await change(id, { approvedNumber: 1 }, {}, member)).status).toBe(status);
  expect((await rowsOf(id)).template).toMatchObject({ approved_number: status === 200 ? 1 : null });
});

test('the role of the application cannot change or delete what a version says, its own organization’s neither', async () => {
  const id = await planted();
  const before = await rowsOf(id);
  const client = await connect(t.database.urlOf('bulkhead_tenant'));
  try {
    for (const statement of [
      `UPDATE template_versions SET body = 'Other' WHERE template_id = '${id}'`,
      `UPDATE template_versions SET number = 9 WHERE template_id = '${id}'`,
      `DELETE FROM template_versions WHERE template_id = '${id}'`,
      'TRUNCATE template_versions',
    ]) {
      await client.query('BEGIN');
      await client.query('SELECT auth_assert($1, NULL, NULL, NULL)', [admin.organizationId]);
      const seen = await client.query('SELECT FROM template_versions WHERE template_id = $1', [id]);
      expect(seen.rowCount).toBe(1);
      await expect(client.query(statement), statement).rejects.toMatchObject({ code: '42501' });
      await client.query('ROLLBACK');
    }
  } finally {
    await client.end();
  }
  expect(await rowsOf(id)).toEqual(before);
});
