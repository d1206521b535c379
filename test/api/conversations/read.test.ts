import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { MadeConnection, SignedIn } from '../../support/factory.js';
import { expectBareProblem, expectIndistinguishable } from '../answers.js';

let t: TestApp;
let reader: SignedIn;
let number: MadeConnection;
beforeAll(async () => {
  t = await startTestApp();
  reader = await t.make.signedIn({ role: 'viewer' });
  number = await t.make.connection(reader.organizationId, { provider: 'whatsapp' });
});
afterAll(() => t.close());

const read = (id: string, { bearer } = reader) => t.http().get(`/v1/conversations/${id}`).set(bearer);
const planted = async () => t.make.conversation(number, await t.make.contact(reader.organizationId));

test('one conversation is what the list shows of it', async () => {
  const contact = await t.make.contact(reader.organizationId, { name: 'Zoë 🚲' });
  const { id } = await t.make.conversation(number, contact, {
    status: 'pending',
    assigneeId: reader.id,
    tags: ['Größe M', 'delivery'],
    inboundSeq: 3,
    lastInboundAt: '2026-11-21T08:29:58.120Z',
  });
  const { body } = await read(id).expect(200);
  expect(body).toMatchObject({
    id,
    contactId: contact.id,
    contactName: 'Zoë 🚲',
    connectionId: number.id,
    status: 'pending',
    assigneeId: reader.id,
    tags: ['Größe M', 'delivery'],
    inboundSeq: 3,
    lastInboundAt: '2026-11-21T08:29:58.120Z',
    version: 1,
  });
  const list = await t.http().get('/v1/conversations').set(reader.bearer).expect(200);
  expect(list.body.data).toContainEqual(body);
});

test('it carries its tag, and who has it already is told so without it', async () => {
  const { id } = await planted();
  const { headers } = await read(id).expect(200);
  expect(headers['etag']).toBe('"1"');
  for (const known of ['"1"', 'W/"1"', '"7", "1"', '*']) {
    const answer = await read(id).set('If-None-Match', known).expect(304);
    expect([answer.text, answer.headers['etag']]).toEqual(['', '"1"']);
  }
  for (const other of ['"2"', '1', '"11"']) await read(id).set('If-None-Match', other).expect(200);
  await t.admin.query('UPDATE conversations SET version = 2 WHERE id = $1', [id]);
  const { headers: changed } = await read(id).set('If-None-Match', '"1"').expect(200);
  expect(changed['etag']).toBe('"2"');
});

test('an id in capitals names the same conversation', async () => {
  const { id } = await planted();
  expect((await read(id.toUpperCase()).expect(200)).body.id).toBe(id);
});

test('a foreign, an unknown and a malformed id cannot be told apart, also with a tag', async () => {
  const stranger = await t.make.signedIn();
  const foreign = await t.make.conversation(
    await t.make.connection(stranger.organizationId),
    await t.make.contact(stranger.organizationId),
  );
  const ids = [
    foreign.id,
    foreign.contactId,
    number.id,
    '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99',
    'nothing',
    `'%20OR%20true--`,
  ];
  const answers = [];
  for (const id of ids) answers.push(await read(id), await read(id).set('If-None-Match', '"1"'));
  for (const answer of answers) expectBareProblem(answer, 'not-found');
  expectIndistinguishable(answers);
  await read(foreign.id, stranger).expect(200);
});

test.each(['viewer', 'agent', 'admin', 'owner'] as const)('who may: %s', async (role) => {
  const member = await t.make.signedIn({ organizationId: reader.organizationId, role });
  const { id } = await planted();
  await read(id, member).expect(200);
});
