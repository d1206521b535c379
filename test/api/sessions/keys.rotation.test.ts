/** S-39: keys that are kept as a secret rotate in a running process: old tokens are taken while their key is listed. */
import { randomBytes } from 'node:crypto';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { SealedSecrets } from '../../../src/connections/sealed-secrets.js';
import { KeyRing } from '../../../src/providers/secrets/key-ring.provider.js';
import { RotatingKeys } from '../../../src/providers/secrets/rotating-keys.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { expectBareProblem, partOf } from '../answers.js';

const name = 'bulkhead/staging/keys';
const newKey = (kid: string) => `${kid}:${randomBytes(32).toString('base64url')}`;
const old = { access: newKey('a1'), refresh: newKey('r1'), credential: newKey('c1') };
const fresh = { access: newKey('a2'), refresh: newKey('r2'), credential: newKey('c2') };

let t: TestApp;
let ring: RotatingKeys;
beforeAll(async () => {
  t = await startTestApp(
    { ACCESS_TOKEN_KEYS: old.access, REFRESH_TOKEN_KEYS: old.refresh, CREDENTIAL_KEYS: old.credential },
    (settings) => ({
      ...settings,
      aws: { accountId: '012345678901', region: 'us-east-2' },
      keyReferences: {
        ACCESS_TOKEN_KEYS: { name, key: 'access' },
        REFRESH_TOKEN_KEYS: { name, key: 'refresh' },
        CREDENTIAL_KEYS: { name, key: 'credential' },
      },
    }),
  );
  const chosen = t.app.get(KeyRing);
  if (!(chosen instanceof RotatingKeys)) throw new Error('the keys do not rotate');
  ring = chosen;
  // The test looks by itself.
  ring.stop();
});
afterAll(() => t.close());

let passed = 0;
/** Secrets Manager holds something else, and the minute has passed. */
async function rotate(to: Record<string, string>): Promise<void> {
  passed += 60_000;
  const now = performance.now.bind(performance);
  const [clock, vendor] = [vi.spyOn(performance, 'now'), vi.spyOn(SecretsManagerClient.prototype, 'send')];
  clock.mockImplementation(() => now() + passed);
  vendor.mockImplementation((command: unknown) => {
    expect(command instanceof GetSecretValueCommand && command.input).toEqual({ SecretId: name });
    return { SecretString: JSON.stringify(to) };
  });
  await ring.look();
  expect(vendor).toHaveBeenCalledTimes(1);
  vendor.mockRestore();
  clock.mockRestore();
}

const bearerOf = (token: string) => ({ authorization: `Bearer ${token}` });
const refresh = (refreshToken: string) => t.http().post('/v1/sessions/refresh').send({ refreshToken });
const kidOfRefresh = (token: string) => token.split('.')[2];

test('access, refresh and credential keys: new in front, then alone; a bad list changes nothing', async () => {
  const [before, other] = [await t.make.signedIn(), await t.make.signedIn()];
  const sealed = t.app.get(SealedSecrets);
  const binding = { org: uuidv7(), con: uuidv7(), purpose: 'credentials' } as const;
  const secretBefore = await sealed.seal('before', binding);
  expect(partOf(before.accessToken, 'header')['kid']).toBe('a1');

  await rotate({
    access: `${fresh.access},${old.access}`,
    refresh: `${fresh.refresh},${old.refresh}`,
    credential: `${fresh.credential},${old.credential}`,
  });
  await t.http().get('/v1/me').set(before.bearer).expect(200);
  const { body: after } = await refresh(before.refreshToken).expect(200);
  expect(partOf(after.accessToken, 'header')['kid']).toBe('a2');
  expect(kidOfRefresh(after.refreshToken)).toBe('r2');
  await t.http().get('/v1/me').set(bearerOf(after.accessToken)).expect(200);
  expect(await sealed.open(secretBefore, binding)).toBe('before');
  const secretAfter = await sealed.seal('after', binding);

  await rotate({ access: 'a3:hunter2', refresh: fresh.access, credential: '' });
  await t.http().get('/v1/me').set(before.bearer).expect(200);
  expect(partOf((await t.make.signedIn()).accessToken, 'header')['kid']).toBe('a2');

  await rotate(fresh);
  expectBareProblem(await t.http().get('/v1/me').set(before.bearer), 'unauthenticated');
  expectBareProblem(await refresh(other.refreshToken), 'refresh-token-invalid');
  await t.http().get('/v1/me').set(bearerOf(after.accessToken)).expect(200);
  await refresh(after.refreshToken).expect(200);
  await expect(sealed.open(secretBefore, binding)).rejects.toThrow('not among CREDENTIAL_KEYS');
  expect(await sealed.open(secretAfter, binding)).toBe('after');
});
