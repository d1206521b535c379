import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { ConversationToMake, MadeConnection, SignedIn } from '../../support/factory.js';
import { expectBareProblem, expectIndistinguishable, expectProblem, placesOf } from '../answers.js';

let t: TestApp;
let agent: SignedIn;
let number: MadeConnection;
beforeAll(async () => {
  t = await startTestApp();
  agent = await t.make.signedIn({ role: 'agent' });
  number = await t.make.connection(agent.organizationId, { provider: 'whatsapp' });
});
afterAll(() => t.close());

const reply = (id: string, body: object, headers: Record<string, string> = {}, { bearer } = agent) =>
  t.http().post(`/v1/conversations/${id}/messages`).set(bearer).set(headers).send(body);
const planted = async (as: ConversationToMake = {}, connection = number) =>
  t.make.conversation(connection, await t.make.contact(connection.organizationId), as);
type Row = Readonly<Record<string, unknown>>;
/** All that was said in the conversation and all that is to be sent in it, each with the transaction that wrote it. */
const saidIn = async ({ id }: { id: string }) => {
  const messages = await t.admin.query<Row>(
    'SELECT *, xmin FROM messages WHERE conversation_id = $1 ORDER BY id',
    [id],
  );
  const jobs = await t.admin.query<Row>(
    `SELECT name, data, group_id, state, xmin FROM pgboss.job_common WHERE data ->> 'messageId' = ANY ($1)`,
    [messages.rows.map((message) => message['id'])],
  );
  return { messages: messages.rows, jobs: jobs.rows };
};
const jobCount = async () => (await t.admin.query('SELECT FROM pgboss.job_common')).rowCount;

test('a reply is the member’s own message, ready, with one job: one transaction wrote both', async () => {
  const made = await planted({ inboundSeq: 3 });
  const answer = await reply(made.id, { text: 'It left this morning 🚲' }).expect(201);
  const time = expect.stringMatching(/Z$/) as string;
  expect(answer.body).toEqual({
    id: expect.any(String),
    direction: 'outbound',
    author: 'member',
    authorId: agent.userId,
    type: 'text',
    text: 'It left this morning 🚲',
    content: null,
    status: 'ready',
    failure: null,
    occurredAt: time,
    createdAt: time,
    updatedAt: time,
  });
  const { messages, jobs } = await saidIn(made);
  expect(messages).toHaveLength(1);
  expect(messages[0]).toMatchObject({
    id: answer.body.id,
    organization_id: agent.organizationId,
    connection_id: number.id,
    status: 'ready',
    attempt: null,
    vendor_message_id: null,
    // It answers no message in particular: a newer one does not make it stale.
    answers_seq: null,
  });
  const data = { messageId: answer.body.id };
  const job = { name: 'send-message', data, group_id: agent.organizationId, state: 'created' };
  expect(jobs).toEqual([{ ...job, xmin: messages[0]!['xmin'] }]);
  const list = await t.http().get(`/v1/conversations/${made.id}/messages`).set(agent.bearer).expect(200);
  expect(list.body.data).toEqual([answer.body]);
});

test('a job that cannot be stored leaves no message', async () => {
  const made = await planted();
  await t.admin.query(`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no job today'; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON pgboss.job_common FOR EACH ROW EXECUTE FUNCTION refuse()`);
  try {
    expectProblem(await reply(made.id, { text: 'x' }), 'internal');
  } finally {
    await t.admin.query('DROP TRIGGER refuse ON pgboss.job_common; DROP FUNCTION refuse');
  }
  expect(await saidIn(made)).toEqual({ messages: [], jobs: [] });
  await reply(made.id, { text: 'x' }).expect(201);
});

test('a draft that waits stays open beside a reply', async () => {
  const made = await planted({ inboundSeq: 1 });
  const draft = await t.make.draft(made);
  await reply(made.id, { text: 'x' }).expect(201);
  const approval = t.http().post(`/v1/drafts/${draft}/approval`).set(agent.bearer);
  expect((await approval.expect(200)).body).toMatchObject({ status: 'approved' });
});

test.each(['open', 'pending', 'resolved'] as const)('in a conversation that is %s', async (status) => {
  expect((await reply((await planted({ status })).id, { text: 'x' })).status).toBe(201);
});

test('takes 1 to 4096 characters, of which a symbol outside the BMP is one', async () => {
  for (const text of ['x', 'x'.repeat(4096), '🚲'.repeat(4096), 'a\nb\t', '{{order.name}}']) {
    expect((await reply((await planted()).id, { text }).expect(201)).body.text).toBe(text);
  }
});

test.each([
  ['no text', {}, '/text'],
  ['an empty text', { text: '' }, '/text'],
  ['white space alone', { text: ' \n\t' }, '/text'],
  ['a text of null', { text: null }, '/text'],
  ['4097 characters', { text: 'x'.repeat(4097) }, '/text'],
  ['4097 symbols', { text: '🚲'.repeat(4097) }, '/text'],
  ['a text with NUL', { text: 'a\0' }, '/text'],
  ['a number', { text: 1001 }, '/text'],
  ['a list', { text: ['x'] }, '/text'],
  ['a status', { text: 'x', status: 'sent' }, '/status'],
  ['an author', { text: 'x', authorId: randomUUID() }, '/authorId'],
  ['a direction', { text: 'x', direction: 'inbound' }, '/direction'],
  ['another organization', { text: 'x', organizationId: randomUUID() }, '/organizationId'],
] as [string, object, string][])(
  'refuses %s, names the place and says nothing',
  async (_name, body, place) => {
    const [made, before] = [await planted(), await jobCount()];
    expect(placesOf(await reply(made.id, body))).toEqual([place]);
    expect((await saidIn(made)).messages).toEqual([]);
    expect(await jobCount()).toBe(before);
  },
);

describe('Idempotency-Key', () => {
  test('the same request again is answered the same and makes one message', async () => {
    const [made, key] = [await planted(), { 'Idempotency-Key': randomUUID() }];
    const first = await reply(made.id, { text: 'x' }, key).expect(201);
    const again = await reply(made.id, { text: 'x' }, key).expect(201);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body).toEqual(first.body);
    const { messages, jobs } = await saidIn(made);
    expect([messages.length, jobs.length]).toEqual([1, 1]);
  });

  test('of ten equal requests at once makes one message; without it each makes one', async () => {
    const [made, key] = [await planted(), { 'Idempotency-Key': randomUUID() }];
    const answers = await Promise.all(
      Array.from({ length: 10 }, async () => reply(made.id, { text: 'x' }, key)),
    );
    expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThan(0);
    for (const answer of answers.filter(({ status }) => status !== 201))
      expectProblem(answer, 'idempotency-in-progress');
    const once = await saidIn(made);
    expect([once.messages.length, once.jobs.length]).toEqual([1, 1]);
    const other = await planted();
    await Promise.all(Array.from({ length: 10 }, async () => reply(other.id, { text: 'x' }).expect(201)));
    const each = await saidIn(other);
    expect([each.messages.length, each.jobs.length]).toEqual([10, 10]);
  });

  test('the same key for other words or another conversation is refused', async () => {
    const [made, other, key] = [await planted(), await planted(), { 'Idempotency-Key': randomUUID() }];
    await reply(made.id, { text: 'x' }, key).expect(201);
    expectProblem(await reply(made.id, { text: 'y' }, key), 'idempotency-key-reused');
    expectProblem(await reply(other.id, { text: 'x' }, key), 'idempotency-key-reused');
    expect((await saidIn(other)).messages).toEqual([]);
  });
});

test('a foreign, an unknown and a malformed id cannot be told apart, and nothing is said there', async () => {
  const stranger = await t.make.signedIn();
  const foreign = await planted({}, await t.make.connection(stranger.organizationId));
  const before = await jobCount();
  const ids = [
    foreign.id,
    foreign.contactId,
    number.id,
    '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99',
    'nothing',
    `'%20OR%20true--`,
  ];
  const answers = [];
  for (const id of ids) answers.push(await reply(id, { text: 'x' }));
  for (const answer of answers) expectBareProblem(answer, 'not-found');
  expectIndistinguishable(answers);
  expect((await saidIn(foreign)).messages).toEqual([]);
  expect(await jobCount()).toBe(before);
});

test('an id in capitals names the same conversation', async () => {
  const made = await planted();
  await reply(made.id.toUpperCase(), { text: 'x' }).expect(201);
  expect((await saidIn(made)).messages).toHaveLength(1);
});

test.each([
  ['viewer', 403],
  ['agent', 201],
  ['admin', 201],
  ['owner', 201],
] as const)('who may: %s, %i', async (role, status) => {
  const member = await t.make.signedIn({ organizationId: agent.organizationId, role });
  const made = await planted();
  expect((await reply(made.id, { text: 'x' }, {}, member)).status).toBe(status);
  expect((await saidIn(made)).messages).toHaveLength(status === 201 ? 1 : 0);
});

test('a viewer is not told whether a conversation is there', async () => {
  const viewer = await t.make.signedIn({ organizationId: agent.organizationId, role: 'viewer' });
  const made = await planted();
  const answers = [
    await reply(made.id, { text: 'x' }, {}, viewer),
    await reply('019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99', { text: 'x' }, {}, viewer),
  ];
  for (const answer of answers) expectProblem(answer, 'forbidden');
  expectIndistinguishable(answers);
});
