/** Keys that are secrets change while we run: what is good is taken within about a minute, and nothing else ever is. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { judgeKeys, keySettings, type KeyLists, type KeySetting } from '../../src/config/key-lists.js';
import type { KeyReferences } from '../../src/config/setting-references.js';
import { policies } from '../../src/environment/policy.js';
import { lookEveryMs, RotatingKeys } from '../../src/providers/secrets/rotating-keys.js';
import { SecretsMock } from '../../src/providers/secrets/secrets.mock.js';
import type { SecretOutcome } from '../../src/providers/secrets/secrets.provider.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const name = 'bulkhead/staging/keys';
const newKey = (kid: string) => `${kid}:${randomBytes(32).toString('base64url')}`;
const old = {
  ACCESS_TOKEN_KEYS: newKey('a1'),
  REFRESH_TOKEN_KEYS: newKey('r1'),
  CREDENTIAL_KEYS: newKey('c1'),
};
const fresh = { access: newKey('a2'), refresh: newKey('r2'), credential: newKey('c2') };
const away: SecretOutcome = { kind: 'unavailable', reason: 'timeout' };

function listsOf(texts: Record<KeySetting, string>): KeyLists {
  const list = (setting: KeySetting) => {
    const [kid, secret] = texts[setting].split(':');
    return [{ kid: kid!, secret: Buffer.from(secret!, 'base64url') }];
  };
  return {
    ACCESS_TOKEN_KEYS: list('ACCESS_TOKEN_KEYS'),
    REFRESH_TOKEN_KEYS: list('REFRESH_TOKEN_KEYS'),
    CREDENTIAL_KEYS: list('CREDENTIAL_KEYS'),
  };
}

/** Every list is a member of one secret, unless the test says otherwise; two minutes are as long as it wants. */
function setUp(references: KeyReferences = inOne) {
  const held = new Map<string, string | SecretOutcome>([[name, JSON.stringify(old)]]);
  const secrets = new SecretsMock(held);
  const lines: string[] = [];
  const lists = listsOf(old);
  const ring = new RotatingKeys({
    lists,
    references,
    secrets,
    judge: (setting, text, inForce) => judgeKeys(setting, text, inForce, policies.staging),
    report: (line) => lines.push(line),
  });
  ring.start();
  const kids = (setting: KeySetting = 'ACCESS_TOKEN_KEYS') => ring.keys(setting).map(({ kid }) => kid);
  const put = (texts: Partial<Record<KeySetting, string>>) =>
    held.set(name, JSON.stringify({ ...old, ...texts }));
  const pass = async (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
  return { ring, lists, held, asked: secrets.asked, lines, kids, put, pass };
}
const inOne: KeyReferences = Object.fromEntries(keySettings.map((key) => [key, { name, key }]));

test('what was rotated is in force within about a minute, for every list, with one question', async () => {
  const { asked, kids, lines, pass, put } = setUp();
  await pass(lookEveryMs);
  put({
    ACCESS_TOKEN_KEYS: `${fresh.access},${old.ACCESS_TOKEN_KEYS}`,
    REFRESH_TOKEN_KEYS: fresh.refresh,
    CREDENTIAL_KEYS: `${old.CREDENTIAL_KEYS}, ${fresh.credential}`,
  });
  await pass(60_000 + lookEveryMs);
  expect(keySettings.map(kids)).toEqual([['a2', 'a1'], ['r2'], ['c1', 'c2']]);
  expect(asked).toEqual([name, name]);
  expect(lines).toEqual([
    'ACCESS_TOKEN_KEYS has changed: a2, a1',
    'REFRESH_TOKEN_KEYS has changed: r2',
    'CREDENTIAL_KEYS has changed: c1, c2',
  ]);
});

test('the whole text of a secret may be the list, and only what names a secret changes', async () => {
  const { held, kids, lists, pass, ring } = setUp({ ACCESS_TOKEN_KEYS: { name, key: undefined } });
  held.set(name, fresh.access);
  await pass(lookEveryMs);
  expect(kids()).toEqual(['a2']);
  for (const setting of ['REFRESH_TOKEN_KEYS', 'CREDENTIAL_KEYS'] as const)
    expect(ring.keys(setting)).toBe(lists[setting]);
});

test('while the keys are the same the list is the same object, and nothing is said', async () => {
  const { asked, lines, lists, pass, ring } = setUp();
  await pass(600_000);
  expect(asked.length).toBeGreaterThan(5);
  for (const setting of keySettings) expect(ring.keys(setting)).toBe(lists[setting]);
  expect(lines).toEqual([]);
});

test('a key that was replaced under its old name is another key', async () => {
  const { lists, pass, put, ring } = setUp();
  put({ ACCESS_TOKEN_KEYS: newKey('a1') });
  await pass(lookEveryMs);
  expect(ring.keys('ACCESS_TOKEN_KEYS')[0]!.secret).not.toEqual(lists.ACCESS_TOKEN_KEYS[0]!.secret);
});

describe('the last good list stays, and the setting is named once, without a value', () => {
  const secret = randomBytes(32).toString('base64url');
  test.each([
    ['a list that is none', { ACCESS_TOKEN_KEYS: `hunter2-${secret}` }, /kid:key/],
    ['a key that is too short', { ACCESS_TOKEN_KEYS: `a2:${secret.slice(0, 20)}` }, /32 random bytes/],
    ['one name twice', { ACCESS_TOKEN_KEYS: `a2:${secret},${newKey('a2')}` }, /kid twice/],
    ['another purpose’s key', { ACCESS_TOKEN_KEYS: old.REFRESH_TOKEN_KEYS }, /keys of its own/],
    ['another purpose’s key', { CREDENTIAL_KEYS: `x:${old.ACCESS_TOKEN_KEYS.slice(3)}` }, /keys of its own/],
    ['more than 32 bytes', { CREDENTIAL_KEYS: `c2:${secret}AAAA` }, /exactly 32/],
    ['a reference', { REFRESH_TOKEN_KEYS: `secretsmanager:${name}` }, /reference/],
    ['nothing', { REFRESH_TOKEN_KEYS: ' ' }, /is empty/],
  ] as const)('%s', async (_what, texts, problem) => {
    const { lines, lists, pass, put, ring } = setUp();
    put(texts);
    await pass(180_000);
    for (const setting of keySettings) expect(ring.keys(setting)).toBe(lists[setting]);
    expect(lines).toEqual([expect.stringMatching(problem)]);
    expect(lines[0]).toMatch(new RegExp(`^${Object.keys(texts)[0]} keeps the keys it had`));
    for (const value of [`..:hunter2`, `..:${secret}`, ...Object.values(old)])
      expect(lines[0]).not.toContain(value.slice(3, 15));
  });

  test('two lists change, and share a key: only the first is taken', async () => {
    const { kids, lines, pass, put } = setUp();
    put({ ACCESS_TOKEN_KEYS: fresh.access, REFRESH_TOKEN_KEYS: `r2:${fresh.access.slice(3)}` });
    await pass(180_000);
    expect([kids(), kids('REFRESH_TOKEN_KEYS')]).toEqual([['a2'], ['r1']]);
    expect(lines).toHaveLength(2);
  });

  test.each([
    ['is away', away, /AWS did not answer/],
    ['is gone', { kind: 'not-found' } as const, /does not exist/],
    ['has no such member', '{"OTHER":"x"}', /no text under the key/],
    ['is no JSON', 'hunter2', /no text under the key/],
  ])('the secret %s, even for a day', async (_what, outcome, problem) => {
    const { asked, held, kids, lines, pass, put } = setUp({ ACCESS_TOKEN_KEYS: inOne.ACCESS_TOKEN_KEYS! });
    await pass(lookEveryMs);
    held.set(name, outcome);
    await pass(60_000 + lookEveryMs);
    expect(lines).toHaveLength(1);
    await pass(86_400_000);
    expect(kids()).toEqual(['a1']);
    expect(lines).toEqual([expect.stringMatching(problem)]);
    expect(lines[0]).not.toContain('hunter2');
    expect(asked.length).toBeGreaterThan(1_000);
    put({});
    await pass(60_000 + lookEveryMs);
    expect(lines[1]).toBe('ACCESS_TOKEN_KEYS can be read again, and is as it was: a1');
  });

  test('a reader that throws does not end the looking', async () => {
    const { held, kids, lines, pass, put } = setUp();
    const get = vi.spyOn(held, 'get').mockImplementation(() => {
      throw new Error('hunter2');
    });
    await pass(lookEveryMs);
    expect(lines).toEqual(
      keySettings.map((each) => `${each} keeps the keys it had: its secret was not read`),
    );
    get.mockRestore();
    put({ ACCESS_TOKEN_KEYS: fresh.access });
    await pass(lookEveryMs);
    expect(kids()).toEqual(['a2']);
  });
});

test('the timer keeps no process up, and after a stop nothing is asked', async () => {
  const { asked, pass, ring } = setUp();
  await pass(lookEveryMs);
  const set = vi.spyOn(globalThis, 'setTimeout');
  await pass(lookEveryMs);
  expect((set.mock.results[0]!.value as NodeJS.Timeout).hasRef()).toBe(false);
  ring.stop();
  await pass(600_000);
  expect([asked.length, vi.getTimerCount()]).toEqual([1, 0]);
});

test('a stop during a question: no other follows it', async () => {
  const gate = Promise.withResolvers<SecretOutcome>();
  const asked: string[] = [];
  const ring = new RotatingKeys({
    lists: listsOf(old),
    references: { ACCESS_TOKEN_KEYS: { name, key: undefined } },
    secrets: {
      read: async (each) => {
        asked.push(each);
        return gate.promise;
      },
    },
    judge: () => ({ problem: 'is not asked for' }),
    report: () => undefined,
  });
  ring.start();
  await vi.advanceTimersByTimeAsync(lookEveryMs);
  expect(asked).toHaveLength(1);
  ring.stop();
  gate.resolve(away);
  await vi.advanceTimersByTimeAsync(600_000);
  expect([asked.length, vi.getTimerCount()]).toEqual([1, 0]);
});
