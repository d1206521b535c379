import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import { connect } from '../../support/database.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

test('S-26: who is removed while waiting for a lock does not act any more', async () => {
  const actor = await t.make.signedIn({ role: 'owner' });
  const victim = await t.make.member(actor.organizationId, { role: 'owner' });
  const remover = await connect(t.database.adminUrl);
  await remover.query('BEGIN');
  await remover.query(`UPDATE members SET status = 'removed' WHERE id = $1`, [actor.id]);
  const attempt = t.http().patch(`/v1/members/${victim.id}`).set(actor.bearer).send({ status: 'removed' });
  const answer = Promise.resolve(attempt);
  const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  await expect.poll(async () => (await t.admin.query(waiting)).rowCount, { timeout: 10_000 }).toBe(1);
  await remover.query('COMMIT');
  expect((await answer).body.code).toBe('membership-ended');
  const { rows } = await t.admin.query('SELECT status FROM members WHERE id = $1', [victim.id]);
  expect(rows).toEqual([{ status: 'active' }]);
  await remover.end();
});

test('a body nested without end is refused, and nothing breaks', async () => {
  const nested = `{"email":${'['.repeat(5_000)}${']'.repeat(5_000)},"password":"x"}`;
  const answer = await t.http().post('/v1/sessions').set('content-type', 'application/json').send(nested);
  expect([answer.status, answer.body.code]).toEqual([400, 'validation-failed']);
});
