import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { MadeConnection, SignedIn } from '../../support/factory.js';
import { expectProblem } from '../answers.js';
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

const approve = ({ id }: { id: string }, headers: Record<string, string> = {}, { bearer } = agent) =>
  t.http().post(`/v1/drafts/${id}/approval`).set(bearer).set(headers);

test('the draft is approved and is the member’s own message, ready, with one job: one transaction wrote all three', async () => {
  const made = await drafted(t, number, { text: 'It is on its way 🚲' });
  const answer = await approve(made).expect(200);
  expect(answer.headers['etag']).toBe('"2"');
  const { draft, messages, jobs } = await becameOf(t, made);
  expect(messages).toHaveLength(1);
  const [message] = messages;
  expect(message).toMatchObject({
    organization_id: agent.organizationId,
    conversation_id: made.conversation.id,
    connection_id: number.id,
    direction: 'outbound',
    author: 'member',
    author_id: agent.userId,
    type: 'text',
    text: 'It is on its way 🚲',
    status: 'ready',
    answers_seq: 1,
    attempt: null,
    vendor_message_id: null,
    failure: null,
  });
  const decided = { status: 'approved', edited: false, version: 2, reason: null };
  expect(answer.body).toMatchObject({
    id: made.id,
    ...decided,
    decidedBy: agent.userId,
    messageId: message!['id'],
  });
  expect(draft).toMatchObject({
    ...decided,
    decided_by: agent.userId,
    message_id: message!['id'],
    decided_at: expect.any(Date),
  });
  expect(jobs).toEqual([
    {
      name: 'send-message',
      data: { messageId: message!['id'] },
      group_id: agent.organizationId,
      state: 'created',
      xmin: message!['xmin'],
    },
  ]);
  expect(draft['xmin']).toBe(message!['xmin']);
  const read = await t
    .http()
    .get('/v1/drafts')
    .query({ conversationId: made.conversation.id })
    .set(agent.bearer);
  expect(read.body.data).toEqual([answer.body]);
});

test('a job that cannot be stored leaves a draft that waits, and no message', async () => {
  const made = await drafted(t, number);
  const [before, jobsBefore] = [await becameOf(t, made), await jobCount(t, agent.organizationId)];
  await t.admin.query(`
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no job today'; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON pgboss.job_common FOR EACH ROW EXECUTE FUNCTION refuse()`);
  try {
    expectProblem(await approve(made), 'internal');
  } finally {
    await t.admin.query('DROP TRIGGER refuse ON pgboss.job_common; DROP FUNCTION refuse');
  }
  expect(await becameOf(t, made)).toEqual(before);
  expect(await jobCount(t, agent.organizationId)).toBe(jobsBefore);
  await approve(made).expect(200);
});

test('what a person made of it is what is sent', async () => {
  const made = await drafted(t, number);
  const edit = t.http().patch(`/v1/drafts/${made.id}`).set(agent.bearer);
  const { headers } = await edit.send({ text: 'Our own words' }).expect(200);
  const { body } = await approve(made, { 'If-Match': headers['etag']! }).expect(200);
  expect(body).toMatchObject({ text: 'Our own words', edited: true, version: 3 });
  expect((await becameOf(t, made)).messages).toMatchObject([{ text: 'Our own words' }]);
});

test('who edits is not who answers for it: the message is the approver’s', async () => {
  const made = await drafted(t, number);
  const colleague = await t.make.signedIn({ organizationId: agent.organizationId, role: 'owner' });
  await t.http().patch(`/v1/drafts/${made.id}`).set(agent.bearer).send({ text: 'Other' }).expect(200);
  expect((await approve(made, {}, colleague).expect(200)).body.decidedBy).toBe(colleague.userId);
  expect((await becameOf(t, made)).messages).toMatchObject([{ author_id: colleague.userId }]);
});

test('Idempotency-Key: the same request again is answered the same, tag included, and sends once', async () => {
  const [made, other] = [await drafted(t, number), await drafted(t, number)];
  const key = { 'Idempotency-Key': randomUUID() };
  const first = await approve(made, key).expect(200);
  const again = await approve(made, key).expect(200);
  expect(again.headers['idempotency-replayed']).toBe('true');
  expect([again.body, again.headers['etag']]).toEqual([first.body, first.headers['etag']]);
  const { messages, jobs } = await becameOf(t, made);
  expect([messages.length, jobs.length]).toEqual([1, 1]);
  expectProblem(await approve(other, key), 'idempotency-key-reused');
  expect((await becameOf(t, other)).messages).toEqual([]);
});

test('ten equal requests with one key at once send once', async () => {
  const [made, key] = [await drafted(t, number), { 'Idempotency-Key': randomUUID() }];
  const answers = await Promise.all(Array.from({ length: 10 }, async () => approve(made, key)));
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
  for (const answer of answers.filter(({ status }) => status !== 200))
    expectProblem(answer, 'idempotency-in-progress');
  const { messages, jobs } = await becameOf(t, made);
  expect([messages.length, jobs.length]).toEqual([1, 1]);
});
