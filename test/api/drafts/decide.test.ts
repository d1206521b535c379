/** What holds for whatever is done with a draft: who may, on which copy, and only while nothing has changed under it. */
import type { Client } from 'pg';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import { connect } from '../../support/database.js';
import type { MadeConnection, SignedIn } from '../../support/factory.js';
import { expectBareProblem, expectIndistinguishable, expectProblem } from '../answers.js';
import { becameOf, drafted, jobCount, writesAgain, type Drafted } from './drafted.js';

let t: TestApp;
let agent: SignedIn;
let number: MadeConnection;
beforeAll(async () => {
  t = await startTestApp();
  agent = await t.make.signedIn({ role: 'agent' });
  number = await t.make.connection(agent.organizationId, { provider: 'whatsapp' });
});
afterAll(() => t.close());

type Headers = Record<string, string>;
const ways = {
  edit: (id: string, headers: Headers = {}, { bearer } = agent) =>
    t.http().patch(`/v1/drafts/${id}`).set(bearer).set(headers).send({ text: 'Other words' }),
  approve: (id: string, headers: Headers = {}, { bearer } = agent) =>
    t.http().post(`/v1/drafts/${id}/approval`).set(bearer).set(headers),
  reject: (id: string, headers: Headers = {}, { bearer } = agent) =>
    t.http().post(`/v1/drafts/${id}/rejection`).set(bearer).set(headers).send({ reason: 'No' }),
} as const;

describe.each(Object.keys(ways) as (keyof typeof ways)[])('%s', (name) => {
  const way = ways[name];

  test('is refused when the contact has written again: the draft stays as it is, and nothing leaves', async () => {
    const made = await drafted(t, number);
    await writesAgain(t, made);
    const before = await becameOf(t, made);
    expectBareProblem(await way(made.id), 'draft-stale');
    expectBareProblem(await way(made.id, { 'If-Match': '"1"' }), 'draft-stale');
    expect(await becameOf(t, made)).toEqual(before);
    expect(before.messages).toEqual([]);
  });

  test('is refused of a draft that a newer message voided', async () => {
    const made = await drafted(t, number, { status: 'void', reason: 'new-message' });
    const before = await becameOf(t, made);
    expectBareProblem(await way(made.id), 'draft-stale');
    expect(await becameOf(t, made)).toEqual(before);
  });

  test.each(['approved', 'rejected', 'sent-by-itself'] as const)(
    'is refused of a draft that was %s',
    async (status) => {
      const made = await drafted(t, number, { status });
      const before = await becameOf(t, made);
      expectBareProblem(await way(made.id), 'draft-closed');
      expectBareProblem(await way(made.id, { 'If-Match': '"9"' }), 'draft-closed');
      expect(await becameOf(t, made)).toEqual(before);
    },
  );

  test.each(['approve', 'reject'] as const)('is refused after: %s', async (first) => {
    const made = await drafted(t, number);
    await ways[first](made.id).expect(200);
    const before = await becameOf(t, made);
    expectBareProblem(await way(made.id), 'draft-closed');
    expect(await becameOf(t, made)).toEqual(before);
  });

  test('another conversation’s newer message makes nothing stale', async () => {
    const [made, other] = [await drafted(t, number), await drafted(t, number)];
    await writesAgain(t, other);
    await way(made.id).expect(200);
  });

  test('If-Match: the version that was read, or no change', async () => {
    const made = await drafted(t, number);
    const before = await becameOf(t, made);
    for (const tag of ['"0"', '"2"', 'W/"1"', '1', 'x'])
      expectBareProblem(await way(made.id, { 'If-Match': tag }), 'precondition-failed');
    expect(await becameOf(t, made)).toEqual(before);
    const { headers } = await way(made.id, { 'If-Match': '"1"' }).expect(200);
    expect(headers['etag']).toBe('"2"');
  });

  test.each([
    ['viewer', 403],
    ['agent', 200],
    ['admin', 200],
    ['owner', 200],
  ] as const)('who may: %s, %i', async (role, status) => {
    const member = await t.make.signedIn({ organizationId: agent.organizationId, role });
    const made = await drafted(t, number);
    const before = await becameOf(t, made);
    const answer = await way(made.id, {}, member);
    expect(answer.status).toBe(status);
    if (status === 200) return;
    expect(await becameOf(t, made)).toEqual(before);
    const nobodys = await way('019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99', {}, member);
    for (const each of [answer, nobodys]) expectProblem(each, 'forbidden');
    expectIndistinguishable([answer, nobodys]);
  });

  test('a foreign, an unknown and a malformed id cannot be told apart, and the foreign draft stays as it is', async () => {
    const stranger = await t.make.signedIn();
    const foreign = await drafted(t, await t.make.connection(stranger.organizationId));
    const before = await becameOf(t, foreign);
    const ids = [
      foreign.id,
      foreign.conversation.id,
      agent.id,
      '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99',
      'nothing',
      `'%20OR%20true--`,
    ];
    const answers = [];
    for (const id of ids) answers.push(await way(id), await way(id, { 'If-Match': '"9"' }));
    for (const answer of answers) expectBareProblem(answer, 'not-found');
    expectIndistinguishable(answers);
    expect(await becameOf(t, foreign)).toEqual(before);
  });

  test('an id in capitals names the same draft', async () => {
    const made = await drafted(t, number);
    expect((await way(made.id.toUpperCase()).expect(200)).body.id).toBe(made.id);
  });
});

test('fifty approvals at once make one message and one job; the other 49 are told that it was decided', async () => {
  const made = await drafted(t, number);
  const jobsBefore = await jobCount(t, agent.organizationId);
  const answers = await Promise.all(Array.from({ length: 50 }, async () => ways.approve(made.id)));
  const refused = answers.filter(({ status }) => status !== 200);
  expect(refused).toHaveLength(49);
  for (const answer of refused) expectBareProblem(answer, 'draft-closed');
  const { draft, messages, jobs } = await becameOf(t, made);
  expect([messages.length, jobs.length]).toEqual([1, 1]);
  expect(draft).toMatchObject({ status: 'approved', version: 2, message_id: messages[0]!['id'] });
  expect(await jobCount(t, agent.organizationId)).toBe(jobsBefore + 1);
});

test('approved and rejected at once, by different people: one of them decides, and the message is as they say', async () => {
  const colleague = await t.make.signedIn({ organizationId: agent.organizationId, role: 'agent' });
  for (let round = 0; round < 10; round += 1) {
    const made = await drafted(t, number);
    const [approval, rejection] = await Promise.all([
      ways.approve(made.id),
      ways.reject(made.id, {}, colleague),
    ]);
    const approved = approval.status === 200;
    const [done, refused] = approved ? [approval, rejection] : [rejection, approval];
    expect(done.status).toBe(200);
    expectBareProblem(refused, 'draft-closed');
    const { draft, messages } = await becameOf(t, made);
    expect(draft).toMatchObject({
      status: approved ? 'approved' : 'rejected',
      decided_by: approved ? agent.userId : colleague.userId,
    });
    expect(messages).toHaveLength(approved ? 1 : 0);
  }
});

describe('while something else holds the conversation', () => {
  /** Runs while the request waits for the lock that was taken before it came. */
  async function meanwhile(
    { id, conversation }: Drafted,
    request: keyof typeof ways,
    work: (holder: Client) => Promise<unknown>,
    member = agent,
  ) {
    const holder = await connect(t.database.adminUrl);
    try {
      await holder.query('BEGIN');
      await holder.query('SELECT FROM conversations WHERE id = $1 FOR UPDATE', [conversation.id]);
      // Sent when it is waited for; `then` sends it now.
      const answer = ways[request](id, {}, member).then((received) => received);
      const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      await expect.poll(async () => (await t.admin.query(waiting)).rowCount, { timeout: 4_000 }).toBe(1);
      await work(holder);
      await holder.query('COMMIT');
      return await answer;
    } finally {
      await holder.end();
    }
  }

  test.each(Object.keys(ways) as (keyof typeof ways)[])(
    'a message that arrives first makes it stale, and nothing leaves: %s',
    async (name) => {
      const made = await drafted(t, number);
      const before = await becameOf(t, made);
      const answer = await meanwhile(made, name, async (holder) => {
        await holder.query(
          `INSERT INTO messages (organization_id, id, conversation_id, connection_id, direction, author, type, text,
                                 inbound_seq, status, occurred_at)
           VALUES ($1, $2, $3, $4, 'inbound', 'contact', 'text', 'And another thing', 2, 'received', now())`,
          [agent.organizationId, randomUUID(), made.conversation.id, number.id],
        );
        await holder.query('UPDATE conversations SET inbound_seq = 2 WHERE id = $1', [made.conversation.id]);
      });
      expectBareProblem(answer, 'draft-stale');
      expect(await becameOf(t, made)).toEqual(before);
      expect(before.messages).toEqual([]);
    },
  );

  test('a draft that is decided first is closed, and keeps its one message', async () => {
    const made = await drafted(t, number);
    const answer = await meanwhile(made, 'approve', async (holder) =>
      holder.query(`UPDATE drafts SET status = 'rejected' WHERE id = $1`, [made.id]),
    );
    expectBareProblem(answer, 'draft-closed');
    expect((await becameOf(t, made)).messages).toEqual([]);
  });

  test('nothing that happened there: it is approved after the wait', async () => {
    const made = await drafted(t, number);
    const answer = await meanwhile(made, 'approve', async (holder) =>
      holder.query(`UPDATE conversations SET tags = '{a}' WHERE id = $1`, [made.conversation.id]),
    );
    expect(answer.body).toMatchObject({ status: 'approved' });
  });

  test.each([
    ['removed', 'membership-ended', `UPDATE members SET status = 'removed' WHERE id = $1`],
    ['made a viewer', 'token-stale', `UPDATE members SET role = 'viewer' WHERE id = $1`],
  ] as const)('S-26: who is %s meanwhile decides nothing: %s', async (_what, code, statement) => {
    const member = await t.make.signedIn({ organizationId: agent.organizationId, role: 'agent' });
    const made = await drafted(t, number);
    const before = await becameOf(t, made);
    const act = async () => t.admin.query(statement, [member.id]);
    expectBareProblem(await meanwhile(made, 'approve', act, member), code);
    expect(await becameOf(t, made)).toEqual(before);
  });
});
