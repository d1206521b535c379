import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { SignedIn } from '../../support/factory.js';
import { expectBareProblem, expectIndistinguishable } from '../answers.js';

let t: TestApp;
let reader: SignedIn;
beforeAll(async () => {
  t = await startTestApp();
  reader = await t.make.signedIn({ role: 'viewer' });
});
afterAll(() => t.close());

const read = (id: string, { bearer } = reader) => t.http().get(`/v1/contacts/${id}`).set(bearer);

test('one contact is what the list shows of them', async () => {
  const { id } = await t.make.contact(reader.organizationId, {
    name: 'Zoë 🚲',
    phone: '+447700900123',
    whatsappUserId: 'GB.13491208655302741918',
    email: 'zoe@people.example',
  });
  const { body } = await read(id).expect(200);
  expect(body).toEqual({
    id,
    name: 'Zoë 🚲',
    phone: '+447700900123',
    whatsappUserId: 'GB.13491208655302741918',
    email: 'zoe@people.example',
    mergedIntoId: null,
    version: 1,
    createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  });
  const { body: list } = await t.http().get('/v1/contacts').set(reader.bearer).expect(200);
  expect((list as { data: unknown[] }).data).toContainEqual(body);
});

test('somebody of whom little is known has no more than that', async () => {
  const { id } = await t.make.contact(reader.organizationId, { name: null, whatsappUserId: 'US.1' });
  const { body } = await read(id).expect(200);
  expect(body).toMatchObject({ name: null, phone: null, email: null, whatsappUserId: 'US.1' });
});

test('who turned out to be somebody else says who', async () => {
  const kept = await t.make.contact(reader.organizationId);
  const other = await t.make.contact(reader.organizationId, { mergedIntoId: kept.id });
  expect((await read(other.id).expect(200)).body).toMatchObject({ id: other.id, mergedIntoId: kept.id });
});

test('an id in capitals names the same contact', async () => {
  const { id } = await t.make.contact(reader.organizationId);
  expect((await read(id.toUpperCase()).expect(200)).body.id).toBe(id);
});

test('a foreign, an unknown and a malformed id cannot be told apart', async () => {
  const stranger = await t.make.signedIn();
  const foreign = await t.make.contact(stranger.organizationId);
  const ids = [
    foreign.id,
    reader.id,
    reader.organizationId,
    '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99',
    'nobody',
    `'%20OR%20true--`,
  ];
  const answers = [];
  for (const id of ids) answers.push(await read(id));
  for (const answer of answers) expectBareProblem(answer, 'not-found');
  expectIndistinguishable(answers);
  await read(foreign.id, stranger).expect(200);
});

test.each(['viewer', 'agent', 'admin', 'owner'] as const)('who may: %s', async (role) => {
  const member = await t.make.signedIn({ organizationId: reader.organizationId, role });
  const { id } = await t.make.contact(reader.organizationId);
  await read(id, member).expect(200);
});
