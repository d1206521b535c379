import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { MadeConnection, SignedIn } from '../../support/factory.js';
import { expectBareProblem, expectIndistinguishable, expectProblem } from '../answers.js';
import { plantEvent } from './planted.js';

let t: TestApp;
let reader: SignedIn;
let connection: MadeConnection;
beforeAll(async () => {
  t = await startTestApp();
  reader = await t.make.signedIn({ role: 'agent' });
  connection = await t.make.connection(reader.organizationId);
});
afterAll(() => t.close());

const read = (id: string, { bearer } = reader) => t.http().get(`/v1/webhook-events/${id}`).set(bearer);

test('one event is what the list shows of it, with its payload', async () => {
  const payload = { id: '820982911946154508', name: '#1001', lines: [{ sku: 'ä' }], note: null };
  const times = { occurredAt: '2026-11-21T08:29:58.100Z', handledAt: '2026-11-21T08:30:01.000Z' };
  const event = await plantEvent(t, connection, 'orders/create', {
    payload: JSON.stringify(payload),
    ...times,
  });
  await plantEvent(t, connection, 'orders/create');
  const answer = await read(event.id).expect(200);
  expect(answer.body).toEqual({ ...event, payload });
  const list = await t.http().get('/v1/webhook-events').set(reader.bearer).expect(200);
  const { payload: _, ...summary } = answer.body;
  expect(list.body.data).toContainEqual(summary);
});

test('the payload keeps the order of its fields and what only looks like something else', async () => {
  const payload = '{"b":1,"a":"1","constructor":"x","date":"2026-11-21T08:30:00Z","deep":{"10":1,"x":[]}}';
  const { id } = await plantEvent(t, connection, 'orders/create', { payload });
  const { text } = await read(id).expect(200);
  expect(text).toContain(`"payload":${payload}`);
});

test('an id in capitals names the same event', async () => {
  const { id } = await plantEvent(t, connection, 'orders/create');
  expect((await read(id.toUpperCase()).expect(200)).body.id).toBe(id);
});

test('a foreign, an unknown and a malformed id cannot be told apart', async () => {
  const stranger = await t.make.signedIn();
  const foreign = await t.make.webhookEvent(await t.make.connection(stranger.organizationId));
  const ids = [
    foreign,
    connection.id,
    reader.organizationId,
    '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99',
    'nothing',
    `'%20OR%20true--`,
  ];
  const answers = [];
  for (const id of ids) answers.push(await read(id));
  for (const answer of answers) expectBareProblem(answer, 'not-found');
  expectIndistinguishable(answers);
  await read(foreign, stranger).expect(200);
});

test.each([
  ['viewer', 403],
  ['agent', 200],
  ['admin', 200],
  ['owner', 200],
] as const)('who may: %s, %i', async (role, status) => {
  const member = await t.make.signedIn({ organizationId: reader.organizationId, role });
  const { id } = await plantEvent(t, connection, 'orders/create');
  expect((await read(id, member)).status).toBe(status);
});

test('a viewer is not told whether an event is there', async () => {
  const viewer = await t.make.signedIn({ organizationId: reader.organizationId, role: 'viewer' });
  const { id } = await plantEvent(t, connection, 'orders/create');
  const answers = [await read(id, viewer), await read('019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99', viewer)];
  for (const answer of answers) expectProblem(answer, 'forbidden');
  expectIndistinguishable(answers);
});
