/** An attack file: refresh tokens that were not issued, or not for here, are refused and end nobody's session. */
import { createHmac, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RefreshTokens } from '../../../src/auth/refresh-tokens.js';
import { Config } from '../../../src/config/config.module.js';
import type { Settings } from '../../../src/config/settings.js';
import { KeyRing } from '../../../src/providers/secrets/key-ring.provider.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { SignedIn } from '../../support/factory.js';
import { expectBareProblem, expectIndistinguishable, partOf, placesOf } from '../answers.js';

let t: TestApp;
let victim: SignedIn;
let other: SignedIn;
beforeAll(async () => {
  t = await startTestApp();
  victim = await t.make.signedIn();
  other = await t.make.signedIn();
});
afterAll(() => t.close());

const refresh = (refreshToken: unknown) => t.http().post('/v1/sessions/refresh').send({ refreshToken });
const partsOf = (token: string) => token.slice('bkr_'.length).split('.') as [string, string, string, string];
const join = (...parts: string[]) => `bkr_${parts.join('.')}`;

/** The last character of 43 carries two bits that no byte needs: four spellings, one meaning. */
function otherSpelling(seal: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const spelling = seal.slice(0, -1) + alphabet[alphabet.indexOf(seal.at(-1)!) ^ 1];
  expect(Buffer.from(spelling, 'base64url')).toEqual(Buffer.from(seal, 'base64url'));
  return spelling;
}

async function expectAlive(member: SignedIn): Promise<void> {
  await t.http().get('/v1/me').set(member.bearer).expect(200);
  const { rows } = await t.admin.query('SELECT generation, revoked_at FROM sessions WHERE user_id = $1', [
    member.userId,
  ]);
  expect(rows).toEqual([{ generation: 1, revoked_at: null }]);
}

test('forged, altered and foreign tokens are all refused alike, and nobody is signed out by them', async () => {
  const [session, generation, kid, seal] = partsOf(victim.refreshToken);
  const [otherSession, , , otherSeal] = partsOf(other.refreshToken);
  const { rows } = await t.admin.query('SELECT salt FROM sessions WHERE id = $1', [session]);
  const input = `refresh\nlocal\n${session}\n1\n`;
  const keyOf = (purpose: 'accessTokenKeys' | 'refreshTokenKeys') => t.settings[purpose][0]!.secret;
  const sealed = (key: Buffer, text: string, salt: Buffer) =>
    createHmac('sha256', key).update(text).update(salt).digest('base64url');
  const forged = {
    'another session’s seal': join(session, generation, kid, otherSeal),
    'another session’s id': join(otherSession, generation, kid, seal),
    'a session that does not exist': join('019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d99', generation, kid, seal),
    'a later generation': join(session, '2', kid, seal),
    'a much later generation': join(session, '999999999', kid, seal),
    'generation zero': join(session, '0', kid, seal),
    'a generation with a leading zero': join(session, '01', kid, seal),
    'an id in capitals': join(session.toUpperCase(), generation, kid, seal),
    'an unknown key': join(session, generation, 'other', seal),
    'a key named like a property': join(session, generation, 'constructor', seal),
    'an altered seal': join(session, generation, kid, (seal.startsWith('A') ? 'B' : 'A') + seal.slice(1)),
    'the same seal spelled otherwise': join(session, generation, kid, otherSpelling(seal)),
    'a shorter seal': join(session, generation, kid, seal.slice(0, 42)),
    'an empty seal': join(session, generation, kid, ''),
    'one part more': `${victim.refreshToken}.x`,
    'a seal by a key of the attacker': join(session, '1', kid, sealed(randomBytes(32), input, rows[0].salt)),
    'a seal by the key of access tokens': join(
      session,
      '1',
      kid,
      sealed(keyOf('accessTokenKeys'), input, rows[0].salt),
    ),
    'a seal without the salt': join(
      session,
      '1',
      kid,
      sealed(keyOf('refreshTokenKeys'), input, Buffer.alloc(0)),
    ),
    garbage: 'bkr_garbage',
  };
  // The construction above is the real one, or half of these would prove nothing.
  expect(join(session, '1', kid, sealed(keyOf('refreshTokenKeys'), input, rows[0].salt))).toBe(
    victim.refreshToken,
  );
  const answers = [];
  for (const [name, token] of Object.entries(forged)) {
    const answer = await refresh(token);
    expect([name, answer.status, answer.body.code]).toEqual([name, 401, 'refresh-token-invalid']);
    expectBareProblem(answer, 'refresh-token-invalid');
    answers.push(answer);
  }
  expectIndistinguishable(answers);
  await expectAlive(victim);
  await expectAlive(other);
});

test('a session id that is no UUID is as invalid as any other', async () => {
  const [, generation, kid, seal] = partsOf(victim.refreshToken);
  for (const id of ['-'.repeat(36), '0'.repeat(36), '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d9-']) {
    expectBareProblem(await refresh(join(id, generation, kid, seal)), 'refresh-token-invalid');
  }
});

test('S-34: an access token is no refresh token, and a refresh token no access token', async () => {
  expect(placesOf(await refresh(victim.accessToken))).toEqual(['/refreshToken']);
  expectBareProblem(await refresh(`bkr_${victim.accessToken.slice(0, 190)}`), 'refresh-token-invalid');
  const answer = await t.http().get('/v1/me').auth(victim.refreshToken, { type: 'bearer' });
  expectBareProblem(answer, 'unauthenticated');
  await expectAlive(victim);
});

test.each([[undefined], [null], [''], [7], [['bkr_x']], [{}], ['x'.repeat(300)], [`bkr_${'x'.repeat(201)}`]])(
  'what is no text in the shape of a refresh token is a validation error: %j',
  async (value) => {
    expect(placesOf(await refresh(value))).toEqual(['/refreshToken']);
  },
);

test('an unknown field is refused: no client chooses its session or organization here', async () => {
  const body = { refreshToken: victim.refreshToken, organizationId: other.organizationId };
  const answer = await t.http().post('/v1/sessions/refresh').send(body);
  expect(placesOf(answer)).toEqual(['/organizationId']);
  await expectAlive(victim);
});

test('S-28, S-36: a token sealed for another environment is refused, even with the same key and session', async () => {
  const sid = String(partOf(victim.accessToken, 'claims')['sid']);
  const { rows } = await t.admin.query('SELECT id, generation, salt FROM sessions WHERE id = $1', [sid]);
  const sealFor = (environment: Settings['environment']) =>
    new RefreshTokens(new Config({ environment }), t.app.get(KeyRing)).issue(rows[0]);
  expect(sealFor('local')).toBe(victim.refreshToken);
  for (const environment of ['staging', 'production'] as const) {
    expectBareProblem(await refresh(sealFor(environment)), 'refresh-token-invalid');
  }
  await expectAlive(victim);
});

test('S-36: a process with other keys refuses it, also when it calls its key by the same name', async () => {
  const foreign = await t.another({
    REFRESH_TOKEN_KEYS: `test:${randomBytes(32).toString('base64url')}`,
  });
  const answer = await foreign().post('/v1/sessions/refresh').send({ refreshToken: victim.refreshToken });
  expectBareProblem(answer, 'refresh-token-invalid');
  await expectAlive(victim);
});

test('S-39: during a rotation of keys tokens of the old key are taken, and their children sealed with the new', async () => {
  const start = await t.make.signedIn();
  const old = t.settings.refreshTokenKeys[0]!;
  const keys = `fresh:${randomBytes(32).toString('base64url')},${old.kid}:${old.secret.toString('base64url')}`;
  const rotated = await t.another({ REFRESH_TOKEN_KEYS: keys });
  const answer = await rotated().post('/v1/sessions/refresh').send({ refreshToken: start.refreshToken });
  expect(answer.status).toBe(200);
  expect(partsOf(answer.body.refreshToken)[2]).toBe('fresh');
  await rotated().post('/v1/sessions/refresh').send({ refreshToken: answer.body.refreshToken }).expect(200);
});
