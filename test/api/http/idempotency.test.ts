import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import { connect } from '../../support/database.js';
import type { SignedIn } from '../../support/factory.js';
import { expectBareProblem, expectProblem } from '../answers.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

const rename = ({ bearer }: Pick<SignedIn, 'bearer'>, key: string, name: string, ifMatch?: string) => {
  const request = t.http().patch('/v1/organization').set(bearer).set('Idempotency-Key', key);
  return (ifMatch === undefined ? request : request.set('If-Match', ifMatch)).send({ name });
};
const versionOf = async (organizationId: string): Promise<number> => {
  const { rows } = await t.admin.query('SELECT version FROM organizations WHERE id = $1', [organizationId]);
  return rows[0].version;
};
const keysOf = async (organizationId: string): Promise<number> => {
  const { rowCount } = await t.admin.query('SELECT FROM idempotency_keys WHERE organization_id = $1', [
    organizationId,
  ]);
  return rowCount!;
};

test('the same request sent again is answered the same and done once', async () => {
  const member = await t.make.signedIn();
  const first = await rename(member, 'key-1', 'Renamed').expect(200);
  expect(first.headers['idempotency-replayed']).toBeUndefined();
  for (let again = 0; again < 2; again += 1) {
    const replayed = await rename(member, 'key-1', 'Renamed').expect(200);
    expect(replayed.headers['idempotency-replayed']).toBe('true');
    expect(replayed.body).toEqual(first.body);
  }
  expect(await versionOf(member.organizationId)).toBe(2);
  expect(await keysOf(member.organizationId)).toBe(1);
});

test('a replay carries the entity tag of the first answer, so that the client can go on with If-Match', async () => {
  const member = await t.make.signedIn();
  const first = await rename(member, 'key-1', 'Renamed').expect(200);
  const replayed = await rename(member, 'key-1', 'Renamed').expect(200);
  expect([first.headers['etag'], replayed.headers['etag']]).toEqual(['"2"', '"2"']);
});

test('a replay tells what was done then, not what is now', async () => {
  const member = await t.make.signedIn();
  await rename(member, 'key-1', 'Then').expect(200);
  await rename(member, 'key-2', 'Now').expect(200);
  const { body } = await rename(member, 'key-1', 'Then').expect(200);
  expect(body).toMatchObject({ name: 'Then', version: 2 });
  expect(await versionOf(member.organizationId)).toBe(3);
});

test('the key with another body, another condition or another target is refused', async () => {
  const member = await t.make.signedIn();
  await rename(member, 'key-1', 'Renamed').expect(200);
  expectBareProblem(await rename(member, 'key-1', 'Otherwise'), 'idempotency-key-reused');
  expectBareProblem(await rename(member, 'key-1', 'Renamed', '"2"'), 'idempotency-key-reused');
  expect(await versionOf(member.organizationId)).toBe(2);

  const [one, two] = [await t.make.member(member.organizationId), await t.make.member(member.organizationId)];
  const demote = ({ id }: { id: string }) =>
    t
      .http()
      .patch(`/v1/members/${id}`)
      .set(member.bearer)
      .set('Idempotency-Key', 'key-2')
      .send({ role: 'viewer' });
  await demote(one).expect(200);
  expectBareProblem(await demote(two), 'idempotency-key-reused');
});

test('the same key on another route is another key', async () => {
  const member = await t.make.signedIn();
  const colleague = await t.make.member(member.organizationId, { role: 'viewer' });
  await rename(member, 'key-1', 'Renamed').expect(200);
  const request = t
    .http()
    .patch(`/v1/members/${colleague.id}`)
    .set(member.bearer)
    .set('Idempotency-Key', 'key-1');
  const answer = await request.send({ role: 'agent' }).expect(200);
  expect(answer.headers['idempotency-replayed']).toBeUndefined();
});

test('another actor’s key of the same name is another key: nobody is answered what was meant for another', async () => {
  const member = await t.make.signedIn();
  const colleague = await t.make.signedIn({ organizationId: member.organizationId });
  const stranger = await t.make.signedIn();
  await rename(member, 'key-1', 'Mine').expect(200);
  for (const other of [colleague, stranger]) {
    const { headers, body } = await rename(other, 'key-1', 'Theirs').expect(200);
    expect(headers['idempotency-replayed']).toBeUndefined();
    expect(body.name).toBe('Theirs');
  }
});

test('ten equal requests at once are done once; the others are answered the same or told to wait', async () => {
  const member = await t.make.signedIn();
  const answers = await Promise.all(
    Array.from({ length: 10 }, async () => rename(member, 'key-1', 'Renamed')),
  );
  expect(await versionOf(member.organizationId)).toBe(2);
  expect(await keysOf(member.organizationId)).toBe(1);
  const done = answers.filter(({ status }) => status === 200);
  expect(done.filter(({ headers }) => headers['idempotency-replayed'] === undefined)).toHaveLength(1);
  expect(new Set(done.map(({ body }) => body.version))).toEqual(new Set([2]));
  for (const waiting of answers.filter(({ status }) => status !== 200)) {
    expectBareProblem(waiting, 'idempotency-in-progress');
    expect(waiting.headers['retry-after']).toBe('1');
  }
});

test('while the first is still at work the second is told so at once, and afterwards gets its answer', async () => {
  const member = await t.make.signedIn();
  const holder = await connect(t.database.adminUrl);
  try {
    await holder.query('BEGIN');
    await holder.query('SELECT FROM organizations WHERE id = $1 FOR UPDATE', [member.organizationId]);
    // Not awaited: it has claimed its key and waits for the row that is held.
    const first = Promise.resolve(rename(member, 'key-1', 'Renamed'));
    const waits = `SELECT FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'`;
    const waiting = async () => (await t.admin.query(waits, [t.database.name])).rowCount;
    await expect.poll(waiting, { timeout: 10_000 }).toBe(1);
    expectBareProblem(await rename(member, 'key-1', 'Renamed'), 'idempotency-in-progress');
    await holder.query('COMMIT');
    expect((await first).body).toMatchObject({ name: 'Renamed', version: 2 });
    const replayed = await rename(member, 'key-1', 'Renamed').expect(200);
    expect(replayed.headers['idempotency-replayed']).toBe('true');
  } finally {
    await holder.end();
  }
});

test('a request that failed is not remembered: mended, it may be sent again under its key', async () => {
  const member = await t.make.signedIn();
  expectBareProblem(await rename(member, 'key-1', 'Renamed', '"7"'), 'precondition-failed');
  expectProblem(await rename(member, 'key-1', ''), 'validation-failed');
  expect(await keysOf(member.organizationId)).toBe(0);
  const { headers } = await rename(member, 'key-1', 'Renamed', '"1"').expect(200);
  expect(headers['idempotency-replayed']).toBeUndefined();
});

test('S-26: a key opens nothing: signed out, removed or demoted, one is not answered from memory', async () => {
  const gone = await t.make.signedIn();
  await rename(gone, 'key-1', 'Renamed').expect(200);
  await t.http().delete('/v1/sessions/current').set(gone.bearer).expect(204);
  expectBareProblem(await rename(gone, 'key-1', 'Renamed'), 'session-ended');
  const demoted = await t.make.signedIn({ role: 'admin' });
  await rename(demoted, 'key-1', 'Renamed').expect(200);
  await t.admin.query(`UPDATE members SET role = 'viewer' WHERE id = $1`, [demoted.id]);
  expectBareProblem(await rename(demoted, 'key-1', 'Renamed'), 'token-stale');
  const { accessToken } = await t.make.signIn(demoted);
  const bearer = { authorization: `Bearer ${accessToken}` };
  expectProblem(await rename({ bearer }, 'key-1', 'Renamed'), 'forbidden');
});

test.each(['', 'with space', 'ümlaut', 'k'.repeat(256), 'tab\tinside'])(
  'a key that is none is refused: %j',
  async (key) => {
    const member = await t.make.signedIn();
    expectProblem(await rename(member, key, 'Renamed'), 'idempotency-key-invalid');
    expect(await versionOf(member.organizationId)).toBe(1);
  },
);

test('without a key every request is done', async () => {
  const member = await t.make.signedIn();
  for (const version of [2, 3]) {
    const { body } = await t
      .http()
      .patch('/v1/organization')
      .set(member.bearer)
      .send({ name: 'Same' })
      .expect(200);
    expect(body.version).toBe(version);
  }
  expect(await keysOf(member.organizationId)).toBe(0);
});

test('a remembered answer is visible in its own organization only, and to no role before one is entered', async () => {
  const [mine, theirs] = [await t.make.signedIn(), await t.make.signedIn()];
  await rename(mine, 'key-1', 'Mine').expect(200);
  await rename(theirs, 'key-1', 'Theirs').expect(200);
  const tenant = await connect(t.database.urlOf('bulkhead_tenant'));
  try {
    const seen = async () =>
      (await tenant.query('SELECT organization_id FROM idempotency_keys')).rows.map(
        (row) => row.organization_id,
      );
    expect(await seen()).toEqual([]);
    for (const { organizationId } of [mine, theirs]) {
      await tenant.query(`SELECT set_config('app.organization_id', $1, false)`, [organizationId]);
      expect(await seen()).toEqual([organizationId]);
    }
  } finally {
    await tenant.end();
  }
});
