import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { MadeMember, SignedIn } from '../../support/factory.js';
import { expectBareProblem, expectIndistinguishable, expectProblem, partOf, placesOf } from '../answers.js';

let t: TestApp;
let owner: SignedIn;
beforeAll(async () => {
  t = await startTestApp();
  owner = await t.make.signedIn({ role: 'owner' });
});
afterAll(() => t.close());

const change = ({ bearer }: SignedIn, id: string, body: object, ifMatch?: string) => {
  const request = t.http().patch(`/v1/members/${id}`).set(bearer);
  return (ifMatch === undefined ? request : request.set('If-Match', ifMatch)).send(body);
};
const standingOf = async ({ id }: MadeMember) => {
  const { rows } = await t.admin.query('SELECT role, status, version FROM members WHERE id = $1', [id]);
  return rows[0] as { role: string; status: string; version: number };
};
const colleague = (role: 'viewer' | 'agent' | 'admin' | 'owner' = 'agent') =>
  t.make.member(owner.organizationId, { role });
const signedInColleague = (role: 'viewer' | 'agent' | 'admin' | 'owner') =>
  t.make.signedIn({ organizationId: owner.organizationId, role });

test('changes a role: answer, row, version and tag agree', async () => {
  const member = await colleague('viewer');
  const answer = await change(owner, member.id, { role: 'admin' }).expect(200);
  expect(answer.body).toMatchObject({
    id: member.id,
    userId: member.userId,
    email: member.email,
    role: 'admin',
    version: 2,
  });
  expect(answer.headers['etag']).toBe('"2"');
  expect(await standingOf(member)).toEqual({ role: 'admin', status: 'active', version: 2 });
});

test('S-26: a changed role makes the old token stale on the next request, for better and for worse', async () => {
  const demoted = await signedInColleague('admin');
  const promoted = await signedInColleague('viewer');
  await change(owner, demoted.id, { role: 'viewer' }).expect(200);
  await change(owner, promoted.id, { role: 'admin' }).expect(200);
  for (const each of [demoted, promoted]) {
    expectBareProblem(await t.http().get('/v1/me').set(each.bearer), 'token-stale');
    expectBareProblem(await t.http().get('/v1/members').set(each.bearer), 'token-stale');
  }
  expectBareProblem(await change(demoted, promoted.id, { role: 'viewer' }), 'token-stale');
  const { refreshToken } = promoted;
  const { body } = await t.http().post('/v1/sessions/refresh').send({ refreshToken }).expect(200);
  expect(partOf(body.accessToken, 'claims')['role']).toBe('admin');
});

test('S-26: removal acts on the victim’s next request; readmission brings the place back', async () => {
  const victim = await signedInColleague('admin');
  const answer = await change(owner, victim.id, { status: 'removed' }).expect(200);
  expect(answer.body).toMatchObject({ status: 'removed', role: 'admin', version: 2 });
  for (const path of ['/v1/me', '/v1/organization', '/v1/members']) {
    expectBareProblem(await t.http().get(path).set(victim.bearer), 'membership-ended');
  }
  expectBareProblem(await change(victim, victim.id, { status: 'active' }), 'membership-ended');
  const { refreshToken } = victim;
  expectBareProblem(await t.http().post('/v1/sessions/refresh').send({ refreshToken }), 'no-organization');

  await change(owner, victim.id, { status: 'active' }).expect(200);
  const me = await t.http().get('/v1/me').set(victim.bearer).expect(200);
  expect(me.body.organization.role).toBe('admin');
});

test.each(['viewer', 'agent'] as const)('%s changes nobody, not even itself', async (role) => {
  const member = await signedInColleague(role);
  const other = await colleague('viewer');
  expectProblem(await change(member, other.id, { role: 'agent' }), 'forbidden');
  expectProblem(await change(member, member.id, { role: 'owner' }), 'forbidden');
  expectProblem(await change(member, member.id, { status: 'removed' }), 'forbidden');
  expect(await standingOf(member)).toEqual({ role, status: 'active', version: 1 });
  expect(await standingOf(other)).toMatchObject({ role: 'viewer', version: 1 });
});

test('nobody gives a role above its own, neither to others nor to itself, nor while readmitting', async () => {
  const admin = await signedInColleague('admin');
  const other = await colleague('agent');
  expectProblem(await change(admin, other.id, { role: 'owner' }), 'forbidden');
  expectProblem(await change(admin, admin.id, { role: 'owner' }), 'forbidden');
  expectProblem(await change(admin, other.id, { role: 'owner', status: 'active' }), 'forbidden');
  await t.admin.query(`UPDATE members SET status = 'removed' WHERE id = $1`, [other.id]);
  expectProblem(await change(admin, other.id, { role: 'owner', status: 'active' }), 'forbidden');
  expect(await standingOf(other)).toEqual({ role: 'agent', status: 'removed', version: 1 });
  await change(admin, other.id, { role: 'admin', status: 'active' }).expect(200);
});

test('an admin cannot touch an owner: no demotion, no removal, no readmission', async () => {
  const admin = await signedInColleague('admin');
  const former = await colleague('owner');
  await t.admin.query(`UPDATE members SET status = 'removed' WHERE id = $1`, [former.id]);
  expectProblem(await change(admin, owner.id, { role: 'viewer' }), 'forbidden');
  expectProblem(await change(admin, owner.id, { status: 'removed' }), 'forbidden');
  expectProblem(await change(admin, former.id, { status: 'active' }), 'forbidden');
  expectProblem(await change(admin, former.id, { role: 'viewer', status: 'active' }), 'forbidden');
  expect(await standingOf(owner)).toMatchObject({ role: 'owner', status: 'active' });
  expect(await standingOf(former)).toMatchObject({ role: 'owner', status: 'removed' });
});

test('a foreign, an unknown and a malformed id cannot be told apart, and the foreign row stays as it is', async () => {
  const foreigner = await t.make.signedIn({ role: 'viewer' });
  const ids = [
    foreigner.id,
    owner.userId,
    owner.organizationId,
    '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99',
    '00000000-0000-0000-0000-000000000000',
    'nobody',
    '1',
    `'%20OR%20true--`,
    '__proto__',
  ];
  const answers = [];
  for (const id of ids) answers.push(await change(owner, id, { role: 'admin', status: 'removed' }));
  for (const id of ids.slice(0, 4)) answers.push(await change(owner, id, { role: 'admin' }, '"1"'));
  for (const answer of answers) expectBareProblem(answer, 'not-found');
  expectIndistinguishable(answers);
  expect(await standingOf(foreigner)).toEqual({ role: 'viewer', status: 'active', version: 1 });
  await t.http().get('/v1/me').set(foreigner.bearer).expect(200);
});

test('an id in capitals names the same member', async () => {
  const member = await colleague();
  const { body } = await change(owner, member.id.toUpperCase(), { role: 'viewer' }).expect(200);
  expect(body.id).toBe(member.id);
});

test('If-Match: the version that was read, or no change', async () => {
  const member = await colleague('viewer');
  for (const tag of ['"0"', '"2"', 'W/"1"', '1', 'x']) {
    expectBareProblem(await change(owner, member.id, { role: 'agent' }, tag), 'precondition-failed');
  }
  expect(await standingOf(member)).toMatchObject({ role: 'viewer', version: 1 });
  const { headers } = await change(owner, member.id, { role: 'agent' }, '"1"').expect(200);
  expectBareProblem(await change(owner, member.id, { role: 'admin' }, '"1"'), 'precondition-failed');
  await change(owner, member.id, { role: 'admin' }, headers['etag']).expect(200);
  expect(await standingOf(member)).toMatchObject({ role: 'admin', version: 3 });
});

test('what is already so is no change: the version stays', async () => {
  const member = await colleague('agent');
  for (const body of [{}, { role: 'agent' }, { status: 'active' }, { role: 'agent', status: 'active' }]) {
    const answer = await change(owner, member.id, body).expect(200);
    expect(answer.headers['etag']).toBe('"1"');
  }
  expect(await standingOf(member)).toEqual({ role: 'agent', status: 'active', version: 1 });
});

test.each([
  ['an unknown role', { role: 'root' }, '/role'],
  ['a role in capitals', { role: 'OWNER' }, '/role'],
  ['a list of roles', { role: ['owner'] }, '/role'],
  ['an unknown status', { status: 'gone' }, '/status'],
  ['another organization', { organizationId: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' }, '/organizationId'],
  ['another user', { userId: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99' }, '/userId'],
  ['another address', { email: 'mine@attacker.example' }, '/email'],
  ['a password', { password: 'chosen by somebody else' }, '/password'],
  ['a version', { version: 7 }, '/version'],
])('refuses %s and names the place', async (_name, body, place) => {
  expect(placesOf(await change(owner, owner.id, body))).toEqual([place]);
});
