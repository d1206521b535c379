import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { SignedIn } from '../../support/factory.js';
import { expectBareProblem, partOf } from '../answers.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

const signOut = ({ bearer }: SignedIn) => t.http().delete('/v1/sessions/current').set(bearer);
const refresh = ({ refreshToken }: SignedIn) => t.http().post('/v1/sessions/refresh').send({ refreshToken });

test('S-26: after signing out the very next request is refused, with either token', async () => {
  const member = await t.make.signedIn();
  const answer = await signOut(member).expect(204);
  expect(answer.text).toBe('');
  for (const path of ['/v1/me', '/v1/organization', '/v1/members']) {
    expectBareProblem(await t.http().get(path).set(member.bearer), 'session-ended');
  }
  const rename = t.http().patch('/v1/organization').set(member.bearer);
  expectBareProblem(await rename.send({ name: 'Too late' }), 'session-ended');
  expectBareProblem(await refresh(member), 'session-ended');
  const { organizationId } = member;
  const change = t.http().put('/v1/sessions/current/organization').set(member.bearer);
  expectBareProblem(await change.send({ organizationId }), 'session-ended');
  const { rows } = await t.admin.query('SELECT name FROM organizations WHERE id = $1', [organizationId]);
  expect(rows).toEqual([{ name: 'Shop' }]);
});

test('signing out twice is told that the session has ended', async () => {
  const member = await t.make.signedIn();
  await signOut(member).expect(204);
  expectBareProblem(await signOut(member), 'session-ended');
});

test('other sessions of the same user, and other users, stay signed in', async () => {
  const member = await t.make.signedIn();
  const elsewhere = await t.make.signIn(member);
  const colleague = await t.make.signedIn({ organizationId: member.organizationId });
  await signOut(member).expect(204);
  for (const each of [elsewhere, colleague]) {
    await t.http().get('/v1/me').set(each.bearer).expect(200);
    await refresh(each).expect(200);
  }
});

test('the row says when and why the session ended', async () => {
  const member = await t.make.signedIn();
  await signOut(member).expect(204);
  const { rows } = await t.admin.query('SELECT revoked_at, revoked_reason FROM sessions WHERE id = $1', [
    partOf(member.accessToken, 'claims')['sid'],
  ]);
  expect(rows).toEqual([{ revoked_at: expect.any(Date), revoked_reason: 'signed-out' }]);
});

test('a refresh that arrives together with the sign-out leaves no session alive', async () => {
  const member = await t.make.signedIn();
  const [refreshed] = await Promise.all([refresh(member), signOut(member).expect(204)]);
  const tokens = [member.accessToken, refreshed.body.accessToken as string | undefined];
  for (const token of tokens.filter((each) => each !== undefined)) {
    expectBareProblem(await t.http().get('/v1/me').auth(token, { type: 'bearer' }), 'session-ended');
  }
});

test('without a token there is nothing to sign out of', async () => {
  expectBareProblem(await t.http().delete('/v1/sessions/current'), 'unauthenticated');
});
