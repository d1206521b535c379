import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { MadeConnection, SignedIn } from '../../support/factory.js';
import { expectBareProblem, expectProblem, placesOf } from '../answers.js';
import { becameOf, drafted, jobCount } from './drafted.js';

let t: TestApp;
let agent: SignedIn;
let number: MadeConnection;
beforeAll(async () => {
  t = await startTestApp();
  agent = await t.make.signedIn({ role: 'agent' });
  number = await t.make.connection(agent.organizationId, { provider: 'whatsapp' });
});
afterAll(() => t.close());

const edit = (
  { id }: { id: string },
  body: object,
  headers: Record<string, string> = {},
  { bearer } = agent,
) => t.http().patch(`/v1/drafts/${id}`).set(bearer).set(headers).send(body);

test('new words are the draft’s, marked as a person’s: answer, row, version and tag agree; nothing leaves', async () => {
  const made = await drafted(t, number);
  const before = await becameOf(t, made);
  const answer = await edit(made, { text: 'It left, dear Ada 🚲' }).expect(200);
  const now = { text: 'It left, dear Ada 🚲', edited: true, status: 'open', version: 2 };
  expect(answer.body).toMatchObject({ id: made.id, ...now, decidedBy: null, messageId: null });
  expect(answer.headers['etag']).toBe('"2"');
  const { updated_at: _, xmin: __, ...unchanged } = before.draft;
  const after = await becameOf(t, made);
  expect(after.draft).toMatchObject({ ...unchanged, ...now });
  expect(after.messages).toEqual([]);
  expect(await jobCount(t, agent.organizationId)).toBe(0);
});

test('the words it has are no change: nobody edited it', async () => {
  const made = await drafted(t, number, { text: 'As it is' });
  const before = await becameOf(t, made);
  const { body, headers } = await edit(made, { text: 'As it is' }).expect(200);
  expect([body.edited, headers['etag']]).toEqual([false, '"1"']);
  expect(await becameOf(t, made)).toEqual(before);
});

test('changed back, it still was a person who wrote it', async () => {
  const made = await drafted(t, number, { text: 'As it is' });
  await edit(made, { text: 'Other' }).expect(200);
  expect((await edit(made, { text: 'As it is' }).expect(200)).body).toMatchObject({
    edited: true,
    version: 3,
  });
});

test('takes 1 to 4096 characters, of which a symbol outside the BMP is one', async () => {
  for (const text of ['x', 'x'.repeat(4096), '🚲'.repeat(4096), ' {{order.name}} ']) {
    expect((await edit(await drafted(t, number), { text }).expect(200)).body.text).toBe(text);
  }
});

test.each([
  ['no text', {}, '/text'],
  ['an empty text', { text: '' }, '/text'],
  ['a text of null', { text: null }, '/text'],
  ['4097 characters', { text: 'x'.repeat(4097) }, '/text'],
  ['a text with NUL', { text: 'a\0' }, '/text'],
  ['a number', { text: 1001 }, '/text'],
  ['a list', { text: ['x'] }, '/text'],
  ['a status', { text: 'x', status: 'approved' }, '/status'],
  ['an order', { text: 'x', orderMatch: {} }, '/orderMatch'],
  ['that nobody edited it', { text: 'x', edited: false }, '/edited'],
  ['another organization', { text: 'x', organizationId: randomUUID() }, '/organizationId'],
] as [string, object, string][])(
  'refuses %s, names the place and changes nothing',
  async (_name, body, place) => {
    const made = await drafted(t, number);
    const before = await becameOf(t, made);
    expect(placesOf(await edit(made, body))).toEqual([place]);
    expect(await becameOf(t, made)).toEqual(before);
  },
);

test('who approves by the tag that was read approves no words that they did not read', async () => {
  const made = await drafted(t, number);
  await edit(made, { text: 'Somebody else’s words' }).expect(200);
  const approval = t.http().post(`/v1/drafts/${made.id}/approval`).set(agent.bearer).set('If-Match', '"1"');
  expectBareProblem(await approval, 'precondition-failed');
  expect((await becameOf(t, made)).messages).toEqual([]);
});

test('of four edits made on the same copy at once, one is kept', async () => {
  const made = await drafted(t, number);
  const answers = await Promise.all(
    ['a', 'b', 'c', 'd'].map((text) => edit(made, { text }, { 'If-Match': '"1"' })),
  );
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412, 412, 412]);
  const [done] = answers.filter(({ status }) => status === 200);
  expect((await becameOf(t, made)).draft).toMatchObject({ text: done!.body.text, version: 2 });
});

test('Idempotency-Key: the same request again is answered the same and done once', async () => {
  const [made, key] = [await drafted(t, number), { 'Idempotency-Key': randomUUID() }];
  const first = await edit(made, { text: 'One' }, key).expect(200);
  await edit(made, { text: 'Two' }).expect(200);
  const again = await edit(made, { text: 'One' }, key).expect(200);
  expect(again.headers['idempotency-replayed']).toBe('true');
  expect([again.body, again.headers['etag']]).toEqual([first.body, '"2"']);
  expect((await becameOf(t, made)).draft).toMatchObject({ text: 'Two', version: 3 });
  expectProblem(await edit(made, { text: 'Three' }, key), 'idempotency-key-reused');
});
