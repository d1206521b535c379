import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { SignedIn } from '../../support/factory.js';
import { expectBareProblem, expectIndistinguishable, partOf, placesOf } from '../answers.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

const change = ({ bearer }: Pick<SignedIn, 'bearer'>, organizationId: unknown) =>
  t.http().put('/v1/sessions/current/organization').set(bearer).send({ organizationId });
const read = (path: string, accessToken: string) => t.http().get(path).auth(accessToken, { type: 'bearer' });

/** Signed in to one organization, a viewer of another. */
async function inTwo(): Promise<{ member: SignedIn; second: string; secondMembership: string }> {
  const member = await t.make.signedIn({ role: 'owner' });
  const second = await t.make.organization({ name: 'Second' });
  const { id } = await t.make.member(second, { userId: member.userId, role: 'viewer' });
  return { member, second, secondMembership: id };
}

test('a member of two enters the other: tokens, role and rows are the new organization’s', async () => {
  const { member, second } = await inTwo();
  const answer = await change(member, second).expect(200);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.body.organization).toMatchObject({ id: second, name: 'Second', role: 'viewer' });
  const { accessToken } = answer.body;
  expect(partOf(accessToken, 'claims')).toMatchObject({
    org: second,
    role: 'viewer',
    sid: partOf(member.accessToken, 'claims')['sid'],
  });
  expect((await read('/v1/organization', accessToken).expect(200)).body.id).toBe(second);
  expect((await read('/v1/members', accessToken).expect(200)).body.data).toHaveLength(1);
  const { refreshToken } = member;
  const refreshed = await t.http().post('/v1/sessions/refresh').send({ refreshToken }).expect(200);
  expect(refreshed.body.organization.id).toBe(second);
});

test('an access token cannot prolong itself by switching, nor gain a refresh token', async () => {
  const { member, second } = await inTwo();
  const answer = await change(member, second).expect(200);
  expect(answer.body).not.toHaveProperty('refreshToken');
  const { exp } = partOf(member.accessToken, 'claims');
  expect(partOf(answer.body.accessToken, 'claims')['exp']).toBe(exp);
  expect(answer.body.expiresIn).toBeLessThanOrEqual(600);
});

test('the access token of the organization before is stale at once, for reading and writing', async () => {
  const { member, second } = await inTwo();
  await change(member, second).expect(200);
  for (const path of ['/v1/me', '/v1/organization', '/v1/members']) {
    expectBareProblem(await t.http().get(path).set(member.bearer), 'token-stale');
  }
  const rename = t.http().patch('/v1/organization').set(member.bearer).send({ name: 'Which one?' });
  expectBareProblem(await rename, 'token-stale');
});

test('one can go back, and the tokens in between are stale', async () => {
  const { member, second } = await inTwo();
  const there = await change(member, second).expect(200);
  const bearer = { authorization: `Bearer ${there.body.accessToken}` };
  const back = await change({ bearer }, member.organizationId).expect(200);
  expectBareProblem(await read('/v1/me', there.body.accessToken), 'token-stale');
  const me = await read('/v1/me', back.body.accessToken).expect(200);
  expect(me.body.organization).toMatchObject({ id: member.organizationId, role: 'owner' });
});

test('a foreign organization answers exactly like one that does not exist, and nothing changes', async () => {
  const member = await t.make.signedIn();
  const foreign = await t.make.signedIn();
  const suspended = await t.make.organization({ status: 'suspended' });
  const answers = [
    await change(member, foreign.organizationId),
    await change(member, suspended),
    await change(member, '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99'),
  ];
  for (const answer of answers) expectBareProblem(answer, 'not-found');
  expectIndistinguishable(answers);
  await read('/v1/me', member.accessToken).expect(200);
  await t.http().post('/v1/sessions/refresh').send({ refreshToken: member.refreshToken }).expect(200);
});

test('S-26: an organization one was removed from is not found', async () => {
  const { member, second, secondMembership } = await inTwo();
  await t.admin.query(`UPDATE members SET status = 'removed' WHERE id = $1`, [secondMembership]);
  expectBareProblem(await change(member, second), 'not-found');
});

test('a suspended organization of one’s own is named so, and the session stays where it is', async () => {
  const { member, second } = await inTwo();
  await t.admin.query(`UPDATE organizations SET status = 'suspended' WHERE id = $1`, [second]);
  expectBareProblem(await change(member, second), 'organization-suspended');
  await read('/v1/me', member.accessToken).expect(200);
});

test('S-26: a disabled user switches nowhere', async () => {
  const { member, second } = await inTwo();
  await t.admin.query(`UPDATE users SET status = 'disabled' WHERE id = $1`, [member.userId]);
  expectBareProblem(await change(member, second), 'session-ended');
});

test('a stale token cannot switch: it would outlive what made it stale', async () => {
  const { member, second } = await inTwo();
  await change(member, second).expect(200);
  expectBareProblem(await change(member, member.organizationId), 'token-stale');
});

test('the id in capitals names the same organization', async () => {
  const { member, second } = await inTwo();
  const answer = await change(member, second.toUpperCase());
  expect([answer.status, answer.body.organization?.id]).toEqual([200, second]);
});

test.each([undefined, null, '', 7, 'volt-motors-demo', ['x'], {}])(
  'what is no id is refused: %j',
  async (value) => {
    const member = await t.make.signedIn();
    expect(placesOf(await change(member, value))).toEqual(['/organizationId']);
  },
);

test('without a token one is nowhere and goes nowhere', async () => {
  const answer = await t.http().put('/v1/sessions/current/organization').send({ organizationId: 'x' });
  expectBareProblem(answer, 'unauthenticated');
});
