/** A secret that two environments share is found, and cannot be seen (S4.6). */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compareWith } from '../../../src/operations/preflight/compare.js';
import {
  fingerprintKeyViolations,
  fingerprintsOf,
  keyIdOf,
} from '../../../src/operations/preflight/fingerprints.js';
import { completeSettings, secrets, secretsIn, urlOf } from '../../config/complete-settings.js';

const folder = mkdtempSync(join(tmpdir(), 'bulkhead-fingerprints-'));
afterAll(() => rmSync(folder, { recursive: true }));
const key = 'fingerprint-key-of-both-environments-0123456789';
const password = 'p@ss/wörd of one environment';
const one = (env: Record<string, string>) => fingerprintsOf(env, key).map(({ fingerprint }) => fingerprint);

test('one for each secret setting, each key of a list, each password; none shows its value', () => {
  const of = fingerprintsOf(
    { ...completeSettings('staging'), ACCESS_TOKEN_KEYS: `a1:${secrets.accessKey},a2:${secrets.refreshKey}` },
    key,
  );
  expect(of.map(({ setting, kid }) => [setting, kid].filter(Boolean).join(' ')).toSorted()).toEqual([
    'ACCESS_TOKEN_KEYS a1',
    'ACCESS_TOKEN_KEYS a2',
    'CREDENTIAL_KEYS c1',
    'DATABASE_ENTRY_URL',
    'DATABASE_PLATFORM_URL',
    'DATABASE_QUEUE_URL',
    'DATABASE_URL',
    'METRICS_TOKEN',
    'REFRESH_TOKEN_KEYS r1',
  ]);
  for (const { fingerprint } of of) expect(fingerprint).toMatch(/^[0-9a-f]{16}$/);
  expect(secretsIn(JSON.stringify(of))).toEqual([]);
});

describe('the same secret has the same fingerprint', () => {
  test('in another URL, of another role, percent-encoded or not, in MongoDB', () => {
    const encoded = encodeURIComponent(password);
    const spelt = encoded.replace('p%40', '%70%40');
    const all = [
      one({ DATABASE_URL: urlOf('bulkhead_tenant', 'bulkhead', encoded) }),
      one({ DATABASE_OWNER_URL: urlOf('bulkhead_owner', 'bulkhead_staging', spelt) }),
      one({ MONGO_URL: `mongodb://u:${encoded}@a.test:1,b.test:2/bulkhead` }),
      one({ METRICS_TOKEN: password }),
    ].flat();
    expect(all).toHaveLength(4);
    expect(new Set(all).size).toBe(1);
  });

  test('of a key in another spelling of base64url, under another kid and setting', () => {
    // 43 characters hold 258 bits: the last two of 32 bytes are spare.
    const bytes = Buffer.alloc(32, 'key').toString('base64url');
    const respelt = `${bytes.slice(0, -1)}${String.fromCharCode(bytes.charCodeAt(42) + 1)}`;
    expect(Buffer.from(respelt, 'base64url')).toEqual(Buffer.from(bytes, 'base64url'));
    expect(one({ ACCESS_TOKEN_KEYS: `a:${bytes}` })).toEqual(one({ CREDENTIAL_KEYS: `b:${respelt}` }));
  });

  test('but not under another key, and another secret has another', () => {
    const env = { METRICS_TOKEN: password };
    expect(one(env)).not.toEqual(fingerprintsOf(env, `${key}x`).map(({ fingerprint }) => fingerprint));
    expect(one(env)).not.toEqual(one({ METRICS_TOKEN: `${password}.` }));
  });

  test('what is no secret, or holds none, has none', () => {
    expect(one({ APP_URL: 'https://bulkhead.example', MONGO_URL: 'mongodb://a.test/bulkhead' })).toEqual([]);
  });
});

test('the key: required outside local, long, and no secret of a setting', () => {
  const env = { METRICS_TOKEN: key };
  expect(fingerprintKeyViolations({}, true)).toHaveLength(1);
  expect(fingerprintKeyViolations({}, false)).toEqual([]);
  expect(fingerprintKeyViolations({ FINGERPRINT_KEY: 'short' }, false)).toHaveLength(1);
  expect(fingerprintKeyViolations({ ...env, FINGERPRINT_KEY: key }, false)).toHaveLength(1);
  expect(fingerprintKeyViolations({ FINGERPRINT_KEY: key }, true)).toEqual([]);
});

describe('comparison', () => {
  const artifact = (environment: string, env: Record<string, string>, under = key, complete = true) => ({
    kind: 'bulkhead-preflight' as const,
    version: 1 as const,
    environment,
    at: '2026-11-20T10:00:00.000Z',
    fingerprints: { keyId: keyIdOf(under), complete, of: fingerprintsOf(env, under) },
  });
  const compared = async (ours: ReturnType<typeof artifact>, theirs: unknown) => {
    const file = join(folder, 'preflight_production.json');
    writeFileSync(file, JSON.stringify(theirs));
    return compareWith(file, ours);
  };
  const ours = artifact('staging', {
    DATABASE_URL: urlOf('bulkhead_tenant', 'bulkhead_staging', 'shared-one'),
  });
  const own = { METRICS_TOKEN: 'only-in-production' };

  test('the same password in staging and production is found, under whatever setting', async () => {
    const env = { ...own, DATABASE_OWNER_URL: urlOf('bulkhead_owner', 'bulkhead', 'shared-one') };
    const finding = await compared(ours, artifact('production', env));
    expect(finding).toMatchObject({
      status: 'failed',
      detail: 'shared: DATABASE_URL is DATABASE_OWNER_URL of production',
    });
  });

  test('nothing shared is ok', async () => {
    expect(await compared(ours, artifact('production', own))).toMatchObject({ status: 'ok' });
  });

  test.each([
    ['made under another key', () => artifact('production', own, `${key}x`), 'another FINGERPRINT_KEY'],
    ['of the same environment', () => artifact('staging', own), 'of staging itself'],
    ['incomplete', () => artifact('production', own, key, false), 'not every secret in production'],
    ['without fingerprints', () => artifact('production', {}), 'not every secret in production'],
    ['no artifact', () => ({ kind: 'something' }), 'not the artifact'],
  ])('one that is %s fails: found nothing must mean that there is nothing', async (_what, theirs, words) => {
    const finding = await compared(ours, theirs());
    expect(finding).toMatchObject({ status: 'failed', detail: expect.stringContaining(words) });
  });

  test('ours is incomplete, or there is no file', async () => {
    const half = artifact('staging', own, key, false);
    expect(await compared(half, artifact('production', own))).toMatchObject({ status: 'failed' });
    expect(await compareWith(join(folder, 'nothing.json'), ours)).toMatchObject({ status: 'failed' });
  });
});
