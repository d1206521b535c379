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

const change = (id: string, body: object, headers: Record<string, string> = {}, { bearer } = agent) =>
  t.http().patch(`/v1/conversations/${id}`).set(bearer).set(headers).send(body);
const planted = async (as: ConversationToMake = {}) =>
  t.make.conversation(number, await t.make.contact(agent.organizationId), as);
/** The whole row. */
const rowOf = async ({ id }: { id: string }) => {
  const { rows } = await t.admin.query('SELECT * FROM conversations WHERE id = $1', [id]);
  return rows[0] as Record<string, unknown>;
};
const removed = async () => {
  const member = await t.make.member(agent.organizationId, { role: 'agent' });
  await t.admin.query(`UPDATE members SET status = 'removed' WHERE id = $1`, [member.id]);
  return member;
};

test('assigns, resolves and tags at once: answer, row, version and tag agree', async () => {
  const made = await planted({ inboundSeq: 2 });
  const before = await rowOf(made);
  const colleague = await t.make.member(agent.organizationId, { role: 'viewer' });
  const wanted = { status: 'resolved', assigneeId: colleague.id, tags: ['Größe M', 'order 1001'] };
  const answer = await change(made.id, wanted).expect(200);
  expect(answer.body).toMatchObject({ id: made.id, ...wanted, inboundSeq: 2, version: 2 });
  expect(answer.headers['etag']).toBe('"2"');
  const { updated_at: _, ...after } = await rowOf(made);
  const { updated_at: __, ...unchanged } = before;
  expect(after).toEqual({
    ...unchanged,
    status: 'resolved',
    assignee_id: colleague.id,
    tags: wanted.tags,
    version: 2,
  });
  const read = await t.http().get(`/v1/conversations/${made.id}`).set(agent.bearer).expect(200);
  expect(read.body).toEqual(answer.body);
});

test.each([
  ['status', { status: 'pending' }],
  ['tags', { tags: ['b'] }],
  ['no tags', { tags: [] }],
  ['nobody', { assigneeId: null }],
] as [string, Record<string, unknown>][])(
  'what is not named stays as it is: only %s',
  async (_name, body) => {
    const made = await planted({ status: 'open', assigneeId: agent.id, tags: ['a'] });
    const standing = { status: 'open', assigneeId: agent.id, tags: ['a'] };
    expect((await change(made.id, body).expect(200)).body).toMatchObject({
      ...standing,
      ...body,
      version: 2,
    });
  },
);

test('what is already so is no change: the version stays', async () => {
  const made = await planted({ status: 'pending', assigneeId: agent.id, tags: ['a', 'b'] });
  const before = await rowOf(made);
  for (const body of [
    {},
    { status: 'pending' },
    { assigneeId: agent.id },
    { tags: ['a', 'b'] },
    { status: 'pending', assigneeId: agent.id, tags: ['a', 'b'] },
  ]) {
    const answer = await change(made.id, body).expect(200);
    expect(answer.headers['etag']).toBe('"1"');
  }
  const nobodys = await planted();
  await change(nobodys.id, { assigneeId: null, tags: [] }).expect(200);
  expect(await rowOf(nobodys)).toMatchObject({ version: 1 });
  expect(await rowOf(made)).toEqual(before);
});

test('the same assignee in capitals is no change either', async () => {
  const made = await planted({ assigneeId: agent.id });
  const { body } = await change(made.id, { assigneeId: agent.id.toUpperCase() }).expect(200);
  expect(body).toMatchObject({ assigneeId: agent.id, version: 1 });
});

test('tags in another order are another list, and so a change', async () => {
  const made = await planted({ tags: ['a', 'b'] });
  const { body } = await change(made.id, { tags: ['b', 'a'] }).expect(200);
  expect(body).toMatchObject({ tags: ['b', 'a'], version: 2 });
});

test('the most that tags may be', async () => {
  const made = await planted();
  const tags = Array.from({ length: 20 }, (_, index) => `${'ü'.repeat(38)}${String(index).padStart(2, '0')}`);
  expect((await change(made.id, { tags }).expect(200)).body.tags).toEqual(tags);
  // Whether two are the same is not a question of case: they are shown, and searched for, as written.
  await change(made.id, { tags: ['a', 'A', '7', '1.0_x:y-z w'] }).expect(200);
});

describe('the assignee', () => {
  const refused = { pointer: '/assigneeId', detail: 'must be an active member of your organization' };

  test('must be an active member of the same organization; who is not cannot be told from nobody', async () => {
    const made = await planted({ tags: ['a'] });
    const before = await rowOf(made);
    const foreigner = await t.make.signedIn();
    const ids = [
      foreigner.id,
      (await removed()).id,
      agent.userId,
      agent.organizationId,
      '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99',
    ];
    const answers = [];
    for (const assigneeId of ids)
      answers.push(await change(made.id, { assigneeId, status: 'resolved', tags: [] }));
    for (const answer of answers) expect(placesOf(answer)).toEqual(['/assigneeId']);
    expect(answers[0]!.body.errors).toEqual([refused]);
    expectIndistinguishable(answers);
    expect(await rowOf(made)).toEqual(before);
  });

  test('that was removed since stays, until another is named', async () => {
    const member = await t.make.member(agent.organizationId);
    const made = await planted({ assigneeId: member.id });
    await t.admin.query(`UPDATE members SET status = 'removed' WHERE id = $1`, [member.id]);
    const kept = await change(made.id, { assigneeId: member.id, tags: ['a'] }).expect(200);
    expect(kept.body).toMatchObject({ assigneeId: member.id, tags: ['a'] });
    await change(made.id, { assigneeId: null }).expect(200);
    expect(placesOf(await change(made.id, { assigneeId: member.id }))).toEqual(['/assigneeId']);
  });

  test.each(['viewer', 'agent', 'admin', 'owner'] as const)('may be a %s', async (role) => {
    const { id: assigneeId } = await t.make.member(agent.organizationId, { role });
    const { body } = await change((await planted()).id, { assigneeId }).expect(200);
    expect(body.assigneeId).toBe(assigneeId);
  });
});

test.each([
  ['an unknown status', { status: 'closed' }, '/status'],
  ['a list of statuses', { status: ['open'] }, '/status'],
  ['no status', { status: null }, '/status'],
  ['an assignee that is no id', { assigneeId: 'me' }, '/assigneeId'],
  ['an empty assignee', { assigneeId: '' }, '/assigneeId'],
  ['a list of assignees', { assigneeId: ['019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99'] }, '/assigneeId'],
  ['tags that are null', { tags: null }, '/tags'],
  ['one tag that is no list', { tags: 'a' }, '/tags'],
  ['21 tags', { tags: Array.from({ length: 21 }, (_, index) => `t${index}`) }, '/tags'],
  ['the same tag twice', { tags: ['a', 'b', 'a'] }, '/tags'],
  ['an empty tag', { tags: ['a', ''] }, '/tags'],
  ['a tag of 41 characters', { tags: ['t'.repeat(41)] }, '/tags'],
  ['a tag that begins with a space', { tags: [' a'] }, '/tags'],
  ['a tag with a comma', { tags: ['a,b'] }, '/tags'],
  ['a tag with a line break', { tags: ['a\n'] }, '/tags'],
  ['a tag with braces', { tags: ['{a}'] }, '/tags'],
  ['a tag that is a number', { tags: [1] }, '/tags'],
  ['a tag that is null', { tags: [null] }, '/tags'],
  ['a tag with NUL', { tags: ['a\0'] }, '/tags/0'],
  ['another contact', { contactId: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' }, '/contactId'],
  ['another count', { inboundSeq: 7 }, '/inboundSeq'],
  ['another channel', { channel: 'email' }, '/channel'],
  ['another organization', { organizationId: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' }, '/organizationId'],
  ['a version', { version: 7 }, '/version'],
] as [string, object, string][])(
  'refuses %s, names the place and changes nothing',
  async (_name, body, place) => {
    const made = await planted({ assigneeId: agent.id, tags: ['kept'] });
    const before = await rowOf(made);
    // Beside something that would be changed.
    expect(placesOf(await change(made.id, { status: 'resolved', ...body }))).toEqual([place]);
    expect(await rowOf(made)).toEqual(before);
  },
);

test('what is wrong is said at once', async () => {
  const { id } = await planted();
  const answer = await change(id, { status: 'x', assigneeId: 'x', tags: [''], extra: 1 });
  expect(placesOf(answer)).toEqual(['/assigneeId', '/extra', '/status', '/tags']);
});

test('If-Match: the version that was read, or no change', async () => {
  const made = await planted();
  const before = await rowOf(made);
  for (const tag of ['"0"', '"2"', 'W/"1"', '1', 'x'])
    expectBareProblem(
      await change(made.id, { status: 'resolved' }, { 'If-Match': tag }),
      'precondition-failed',
    );
  expect(await rowOf(made)).toEqual(before);
  const { headers } = await change(made.id, { status: 'pending' }, { 'If-Match': '"1"' }).expect(200);
  expectBareProblem(await change(made.id, { tags: ['a'] }, { 'If-Match': '"1"' }), 'precondition-failed');
  await change(made.id, { tags: ['a'] }, { 'If-Match': headers['etag']! }).expect(200);
  await change(made.id, { tags: ['b'] }, { 'If-Match': '*' }).expect(200);
  expect(await rowOf(made)).toMatchObject({ status: 'pending', tags: ['b'], version: 4 });
});

test('of two changes made on the same copy at once, one is refused', async () => {
  const made = await planted();
  const answers = await Promise.all(
    ['a', 'b', 'c', 'd'].map((tag) => change(made.id, { tags: [tag] }, { 'If-Match': '"1"' })),
  );
  const [done, ...more] = answers.filter(({ status }) => status === 200);
  expect(more).toEqual([]);
  expect(answers.filter(({ status }) => status === 412)).toHaveLength(3);
  expect(await rowOf(made)).toMatchObject({ tags: done!.body.tags, version: 2 });
});

describe('Idempotency-Key', () => {
  test('the same request again is answered the same, tag included, and done once', async () => {
    const made = await planted();
    const key = { 'Idempotency-Key': randomUUID() };
    const first = await change(made.id, { status: 'resolved' }, key).expect(200);
    await change(made.id, { status: 'open' }).expect(200);
    const again = await change(made.id, { status: 'resolved' }, key).expect(200);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect([again.body, again.headers['etag']]).toEqual([first.body, first.headers['etag']]);
    expect(await rowOf(made)).toMatchObject({ status: 'open', version: 3 });
  });

  test('the same key for something else is refused, for this conversation and for another', async () => {
    const [made, another] = [await planted(), await planted()];
    const key = { 'Idempotency-Key': randomUUID() };
    await change(made.id, { tags: ['a'] }, key).expect(200);
    expectProblem(await change(made.id, { tags: ['b'] }, key), 'idempotency-key-reused');
    expectProblem(await change(another.id, { tags: ['a'] }, key), 'idempotency-key-reused');
    expect(await rowOf(another)).toMatchObject({ tags: [], version: 1 });
  });

  test('of a refused request is free for the corrected one', async () => {
    const made = await planted();
    const key = { 'Idempotency-Key': randomUUID() };
    const { id } = await removed();
    expect(placesOf(await change(made.id, { assigneeId: id }, key))).toEqual(['/assigneeId']);
    await change(made.id, { assigneeId: agent.id }, key).expect(200);
    expect(await rowOf(made)).toMatchObject({ assignee_id: agent.id, version: 2 });
  });
});

test('a foreign, an unknown and a malformed id cannot be told apart, and the foreign row stays as it is', async () => {
  const stranger = await t.make.signedIn();
  const foreign = await t.make.conversation(
    await t.make.connection(stranger.organizationId),
    await t.make.contact(stranger.organizationId),
  );
  const before = await rowOf(foreign);
  const ids = [
    foreign.id,
    foreign.contactId,
    number.id,
    '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99',
    'nothing',
    `'%20OR%20true--`,
  ];
  const answers = [];
  for (const id of ids) {
    answers.push(await change(id, { status: 'resolved', assigneeId: stranger.id }));
    answers.push(await change(id, { status: 'resolved' }, { 'If-Match': '"9"' }));
  }
  for (const answer of answers) expectBareProblem(answer, 'not-found');
  expectIndistinguishable(answers);
  expect(await rowOf(foreign)).toEqual(before);
});

test('an id in capitals names the same conversation', async () => {
  const { id } = await planted();
  expect((await change(id.toUpperCase(), { status: 'pending' }).expect(200)).body.id).toBe(id);
});

test.each([
  ['viewer', 403],
  ['agent', 200],
  ['admin', 200],
  ['owner', 200],
] as const)('who may: %s, %i', async (role, status) => {
  const member = await t.make.signedIn({ organizationId: agent.organizationId, role });
  const made = await planted();
  const answer = await change(made.id, { status: 'resolved' }, {}, member);
  expect(answer.status).toBe(status);
  expect(await rowOf(made)).toMatchObject({ status: status === 200 ? 'resolved' : 'open' });
});

test('a viewer is not told whether a conversation is there', async () => {
  const viewer = await t.make.signedIn({ organizationId: agent.organizationId, role: 'viewer' });
  const { id } = await planted();
  const answers = [
    await change(id, { status: 'resolved' }, {}, viewer),
    await change('019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99', { status: 'resolved' }, {}, viewer),
  ];
  for (const answer of answers) expectProblem(answer, 'forbidden');
  expectIndistinguishable(answers);
});
