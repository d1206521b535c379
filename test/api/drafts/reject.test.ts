import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { MadeConnection, SignedIn } from '../../support/factory.js';
import { placesOf } from '../answers.js';
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

const reject = ({ id }: { id: string }, body?: object, headers: Record<string, string> = {}) =>
  t.http().post(`/v1/drafts/${id}/rejection`).set(agent.bearer).set(headers).send(body);

test.each([
  ['a reason', { reason: 'We call them instead 🚲' }, 'We call them instead 🚲'],
  ['a reason of 500 characters', { reason: 'r'.repeat(500) }, 'r'.repeat(500)],
  ['no reason', {}, null],
  ['no body', undefined, null],
])('with %s: the draft is rejected by the member, and nothing is said', async (_with, body, reason) => {
  const made = await drafted(t, number);
  const answer = await reject(made, body).expect(200);
  const decided = { status: 'rejected', reason, edited: false, version: 2 };
  expect(answer.body).toMatchObject({ id: made.id, ...decided, decidedBy: agent.userId, messageId: null });
  expect(answer.headers['etag']).toBe('"2"');
  const { draft, messages } = await becameOf(t, made);
  expect(draft).toMatchObject({ ...decided, decided_by: agent.userId, decided_at: expect.any(Date) });
  expect(messages).toEqual([]);
  expect(await jobCount(t, agent.organizationId)).toBe(0);
});

test.each([
  ['an empty reason', { reason: '' }, '/reason'],
  ['a reason of 501 characters', { reason: 'r'.repeat(501) }, '/reason'],
  ['a reason with NUL', { reason: 'a\0' }, '/reason'],
  ['a list of reasons', { reason: ['x'] }, '/reason'],
  ['a status', { status: 'open' }, '/status'],
  ['who decided', { decidedBy: randomUUID() }, '/decidedBy'],
] as [string, object, string][])(
  'refuses %s, names the place and changes nothing',
  async (_name, body, place) => {
    const made = await drafted(t, number);
    const before = await becameOf(t, made);
    expect(placesOf(await reject(made, body))).toEqual([place]);
    expect(await becameOf(t, made)).toEqual(before);
  },
);

test('Idempotency-Key: the same request again is answered the same and done once', async () => {
  const [made, key] = [await drafted(t, number), { 'Idempotency-Key': randomUUID() }];
  const first = await reject(made, { reason: 'No' }, key).expect(200);
  const again = await reject(made, { reason: 'No' }, key).expect(200);
  expect(again.headers['idempotency-replayed']).toBe('true');
  expect([again.body, again.headers['etag']]).toEqual([first.body, '"2"']);
  expect((await becameOf(t, made)).draft).toMatchObject({ version: 2 });
});
