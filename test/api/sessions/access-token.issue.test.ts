/** What an issued access token is: how it is carried, what it says, how long it lives, and how its keys rotate. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import { password } from '../../support/factory.js';
import { expectBareProblem, partOf } from '../answers.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

const withHeader = (authorization: string) => t.http().get('/v1/me').set('Authorization', authorization);

test('S-38: the claims say who, where and how long, and nothing personal or secret', async () => {
  const member = await t.make.signedIn({ role: 'agent' });
  const claims = partOf(member.accessToken, 'claims');
  expect(Object.keys(claims).toSorted()).toEqual([
    'aud',
    'exp',
    'iat',
    'iss',
    'nbf',
    'org',
    'role',
    'sid',
    'sub',
  ]);
  expect(claims).toMatchObject({
    aud: 'urn:bulkhead:api',
    iss: 'urn:bulkhead:local',
    sub: member.userId,
    org: member.organizationId,
    role: 'agent',
  });
  expect(partOf(member.accessToken, 'header')).toEqual({ alg: 'HS256', typ: 'at+jwt', kid: 'test' });
});

test('S-37: an access token lives at most 15 minutes, as long as the answer says, and from now on', async () => {
  const { email } = await t.make.member(await t.make.organization());
  const before = Math.floor(Date.now() / 1_000);
  const { body } = await t.http().post('/v1/sessions').send({ email, password }).expect(201);
  const refreshed = await t
    .http()
    .post('/v1/sessions/refresh')
    .send({ refreshToken: body.refreshToken })
    .expect(200);
  for (const answer of [body, refreshed.body]) {
    const { iat, nbf, exp } = partOf(answer.accessToken, 'claims') as Record<'iat' | 'nbf' | 'exp', number>;
    expect(exp - nbf).toBeLessThanOrEqual(15 * 60);
    expect(exp - iat).toBe(answer.expiresIn);
    // A little early, for processes whose clocks are a little behind.
    expect(iat - nbf).toBe(5);
    expect(iat).toBeGreaterThanOrEqual(before);
    expect(iat).toBeLessThanOrEqual(Math.floor(Date.now() / 1_000));
  }
});

test('the scheme is Bearer in any case, and no other', async () => {
  const { accessToken } = await t.make.signedIn();
  for (const scheme of ['Bearer', 'bearer', 'BEARER'])
    await withHeader(`${scheme} ${accessToken}`).expect(200);
  const others = ['Basic', 'JWT', 'Token', 'xBearer', 'Bearerx'].map((scheme) => `${scheme} ${accessToken}`);
  for (const header of [accessToken, 'Bearer', 'Bearer ', '', `Bearer${accessToken}`, ...others]) {
    expectBareProblem(await withHeader(header), 'unauthenticated');
  }
});

test('a token is taken from the Authorization header alone', async () => {
  const { accessToken } = await t.make.signedIn();
  const query = `access_token=${accessToken}&auth_token=${accessToken}&token=${accessToken}`;
  expectBareProblem(await t.http().get(`/v1/me?${query}`), 'unauthenticated');
  expectBareProblem(
    await t.http().get('/v1/me').set('Cookie', `access_token=${accessToken}`),
    'unauthenticated',
  );
  expectBareProblem(await t.http().get('/v1/me').set('X-Access-Token', accessToken), 'unauthenticated');
  const inBody = t.http().put('/v1/sessions/current/organization').send({ access_token: accessToken });
  expectBareProblem(await inBody, 'unauthenticated');
});

test('every route of an organization refuses a caller without a token, whatever the method', async () => {
  const { id } = await t.make.signedIn();
  const requests = [
    t.http().get('/v1/me'),
    t.http().get('/v1/organization'),
    t.http().patch('/v1/organization').send({ name: 'Mine' }),
    t.http().get('/v1/members'),
    t.http().patch(`/v1/members/${id}`).send({ role: 'owner' }),
    t.http().delete('/v1/sessions/current'),
  ];
  for (const request of requests) expectBareProblem(await request, 'unauthenticated');
  for (const path of ['/v1/me', '/v1/organization', '/v1/members']) await t.http().head(path).expect(401);
});

test('parallel requests of many people never see each other', async () => {
  const people = await Promise.all(Array.from({ length: 8 }, () => t.make.signedIn()));
  const rounds = Array.from({ length: 5 }, () => people).flat();
  const answers = await Promise.all(
    rounds.map(async ({ bearer }) => t.http().get('/v1/me').set(bearer).expect(200)),
  );
  expect(answers.map(({ body }) => [body.id, body.organization.id])).toEqual(
    rounds.map(({ userId, organizationId }) => [userId, organizationId]),
  );
});

test('S-39: while keys overlap, tokens of the old key are taken and new ones are signed with the new', async () => {
  const member = await t.make.signedIn();
  const old = t.settings.accessTokenKeys[0]!;
  const fresh = `fresh:${randomBytes(32).toString('base64url')}`;
  const both = await t.another({
    ACCESS_TOKEN_KEYS: `${fresh},${old.kid}:${old.secret.toString('base64url')}`,
  });
  const onlyNew = await t.another({ ACCESS_TOKEN_KEYS: fresh });

  await both().get('/v1/me').set(member.bearer).expect(200);
  const { body } = await both().post('/v1/sessions').send({ email: member.email, password }).expect(201);
  expect(partOf(body.accessToken, 'header')['kid']).toBe('fresh');
  const bearer = { authorization: `Bearer ${body.accessToken}` };
  await both().get('/v1/me').set(bearer).expect(200);
  await onlyNew().get('/v1/me').set(bearer).expect(200);
  // Afterwards: the old key is gone, and with it what it signed; a process that never had the new one refuses it.
  expectBareProblem(await onlyNew().get('/v1/me').set(member.bearer), 'unauthenticated');
  expectBareProblem(await t.http().get('/v1/me').set(bearer), 'unauthenticated');
});

test('S-36: two keys of one name do not stand for each other', async () => {
  const member = await t.make.signedIn();
  const foreign = await t.another({ ACCESS_TOKEN_KEYS: `test:${randomBytes(32).toString('base64url')}` });
  expectBareProblem(await foreign().get('/v1/me').set(member.bearer), 'unauthenticated');
});
