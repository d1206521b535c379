import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sessionLimits } from '../../../src/auth/sessions.service.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { password } from '../../support/factory.js';
import { expectBareProblem, partOf } from '../answers.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

const second = 1_000;
const day = 86_400 * second;
const refresh = (refreshToken: string) => t.http().post('/v1/sessions/refresh').send({ refreshToken });
const next = async (refreshToken: string): Promise<{ accessToken: string; refreshToken: string }> =>
  (await refresh(refreshToken).expect(200)).body;
const me = (accessToken: string) => t.http().get('/v1/me').auth(accessToken, { type: 'bearer' });
const sessionOf = (accessToken: string) => String(partOf(accessToken, 'claims')['sid']);

test('S-27: each refresh rotates: new tokens, same session, and both work', async () => {
  const start = await t.make.signedIn({ role: 'agent' });
  const answer = await refresh(start.refreshToken).expect(200);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.body).toMatchObject({ tokenType: 'Bearer', expiresIn: 600, organization: { role: 'agent' } });
  expect(answer.body.refreshToken).not.toBe(start.refreshToken);
  expect(sessionOf(answer.body.accessToken)).toBe(sessionOf(start.accessToken));
  await me(answer.body.accessToken).expect(200);
  const again = await next(answer.body.refreshToken);
  expect(again.refreshToken).not.toBe(answer.body.refreshToken);
  await me(again.accessToken).expect(200);
});

test('S-27: the immediate parent within the grace is answered with the same child', async () => {
  const { refreshToken } = await t.make.signedIn();
  const first = await next(refreshToken);
  t.clock.advance(sessionLimits.refreshGrace - second);
  const again = await next(refreshToken);
  expect(again.refreshToken).toBe(first.refreshToken);
  await me(again.accessToken).expect(200);
  await next(first.refreshToken);
});

test('S-27: the parent after the grace ends the session and everything that came of it', async () => {
  const start = await t.make.signedIn();
  const child = await next(start.refreshToken);
  t.clock.advance(sessionLimits.refreshGrace + second);
  expectBareProblem(await refresh(start.refreshToken), 'session-ended');
  expectBareProblem(await refresh(child.refreshToken), 'session-ended');
  for (const { accessToken } of [start, child]) expectBareProblem(await me(accessToken), 'session-ended');
  const { rows } = await t.admin.query('SELECT revoked_reason FROM sessions WHERE id = $1', [
    sessionOf(start.accessToken),
  ]);
  expect(rows).toEqual([{ revoked_reason: 'refresh-token-reused' }]);
});

test('S-27: an older ancestor ends the session at once, within the grace too', async () => {
  const start = await t.make.signedIn();
  const child = await next(start.refreshToken);
  const grandchild = await next(child.refreshToken);
  expectBareProblem(await refresh(start.refreshToken), 'session-ended');
  expectBareProblem(await refresh(grandchild.refreshToken), 'session-ended');
  expectBareProblem(await me(grandchild.accessToken), 'session-ended');
});

test('S-27: 20 parallel refreshes with one token make one child, and the session lives', async () => {
  const start = await t.make.signedIn();
  const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(start.refreshToken)));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  const children = new Set(answers.map(({ body }) => String(body.refreshToken)));
  expect(children.size).toBe(1);
  const [child] = [...children];
  const later = await next(child!);
  await me(later.accessToken).expect(200);
});

test('S-27: the end of one session leaves the user’s other sessions alone', async () => {
  const stolen = await t.make.signedIn();
  const other = await t.make.signIn(stolen);
  await next((await next(stolen.refreshToken)).refreshToken);
  expectBareProblem(await refresh(stolen.refreshToken), 'session-ended');
  await me(other.accessToken).expect(200);
  await next(other.refreshToken);
});

test('S-25: a session ends 7 days after its last refresh', async () => {
  const lively = await t.make.signedIn();
  const idle = await t.make.signedIn();
  t.clock.advance(7 * day - second);
  const { refreshToken } = await next(lively.refreshToken);
  t.clock.advance(2 * second);
  expectBareProblem(await refresh(idle.refreshToken), 'session-ended');
  await next(refreshToken);
});

test('S-25: a session ends 30 days after sign-in, however often it is refreshed', async () => {
  let { refreshToken } = await t.make.signedIn();
  for (let week = 0; week < 5; week += 1) {
    t.clock.advance(6 * day - second);
    ({ refreshToken } = await next(refreshToken));
  }
  t.clock.advance(6 * second);
  expectBareProblem(await refresh(refreshToken), 'session-ended');
});

test('S-25: past the absolute limit an access token still within its ten minutes ends too', async () => {
  const { accessToken } = await t.make.signedIn();
  await t.admin.query(`UPDATE sessions SET expires_at = now() - interval '1 second' WHERE id = $1`, [
    sessionOf(accessToken),
  ]);
  expectBareProblem(await me(accessToken), 'session-ended');
  const past = await t.make.signedIn();
  await t.admin.query('UPDATE sessions SET expires_at = $2 WHERE id = $1', [
    sessionOf(past.accessToken),
    new Date(t.clock.now().getTime() - second),
  ]);
  expectBareProblem(await refresh(past.refreshToken), 'session-ended');
});

test('S-26: a disabled user’s refresh token is worth nothing', async () => {
  const { userId, accessToken, refreshToken } = await t.make.signedIn();
  await t.admin.query(`UPDATE users SET status = 'disabled' WHERE id = $1`, [userId]);
  expectBareProblem(await me(accessToken), 'session-ended');
  expectBareProblem(await refresh(refreshToken), 'session-ended');
});

test('S-26: a removed member gets no new token, and is not moved to another organization unasked', async () => {
  const { id, userId, refreshToken } = await t.make.signedIn();
  await t.make.member(await t.make.organization(), { userId });
  await t.admin.query(`UPDATE members SET status = 'removed' WHERE id = $1`, [id]);
  expectBareProblem(await refresh(refreshToken), 'no-organization');
});

test('S-26: a suspended organization gives no new token; when it returns, the same refresh token works', async () => {
  const { organizationId, refreshToken } = await t.make.signedIn();
  const suspend = (status: string) =>
    t.admin.query('UPDATE organizations SET status = $2 WHERE id = $1', [organizationId, status]);
  await suspend('suspended');
  expectBareProblem(await refresh(refreshToken), 'organization-suspended');
  t.clock.advance(sessionLimits.refreshGrace + second);
  await suspend('active');
  await next(refreshToken);
});

test('S-26: after a change of role the old token is stale and a refreshed one carries the new role', async () => {
  const start = await t.make.signedIn({ role: 'admin' });
  await t.admin.query(`UPDATE members SET role = 'viewer' WHERE id = $1`, [start.id]);
  expectBareProblem(await me(start.accessToken), 'token-stale');
  const { accessToken } = await next(start.refreshToken);
  expect(partOf(accessToken, 'claims')['role']).toBe('viewer');
  await me(accessToken).expect(200);
  const rename = t.http().patch('/v1/organization').auth(accessToken, { type: 'bearer' });
  await rename.send({ name: 'No longer' }).expect(403);
});

test('S-24: nothing in the whole database can be presented as a token, or is the hash of one', async () => {
  const start = await t.make.signedIn();
  const child = await next(start.refreshToken);
  const tables = await t.admin.query(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`);
  let dump = '';
  for (const { tablename } of tables.rows) {
    const { rows } = await t.admin.query(`SELECT row_to_json(r)::text AS text FROM "${tablename}" r`);
    dump += rows
      .map(({ text }) => text)
      .join('\n')
      .toLowerCase();
  }
  expect(dump).toContain(sessionOf(start.accessToken));
  const secrets = [start, child].flatMap(({ accessToken, refreshToken }) => {
    const parts = [accessToken, refreshToken, accessToken.split('.')[2]!, refreshToken.split('.')[3]!];
    const seals = parts.slice(2).map((part) => Buffer.from(part, 'base64url'));
    return [...parts, ...seals, password];
  });
  for (const secret of secrets) {
    const hash = createHash('sha256').update(secret).digest();
    const spellings = [secret, hash].flatMap((value) =>
      (['hex', 'base64', 'base64url', 'utf8'] as const).map((as) => Buffer.from(value).toString(as)),
    );
    for (const spelling of spellings) expect(dump.includes(spelling.toLowerCase())).toBe(false);
  }
});
