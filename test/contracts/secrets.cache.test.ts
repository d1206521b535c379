import { expect, test } from 'vitest';
import { SecretCache, type SecretCacheOptions } from '../../src/providers/secrets/secret-cache.js';
import { Secret, type SecretOutcome } from '../../src/providers/secrets/secrets.provider.js';

const name = 'bulkhead/staging/database';
const away: SecretOutcome = { kind: 'unavailable', reason: 'timeout' };
const textOf = (outcome: SecretOutcome) =>
  outcome.kind === 'secret' ? outcome.secret.reveal() : outcome.kind;

/** A store that answers when the test says so, and a clock of the test's own. */
function setUp(options: SecretCacheOptions = {}) {
  const store = { now: 0, asked: [] as string[], reported: [] as string[], next: secret('one') };
  const cache = new SecretCache(
    {
      read: async (each) => {
        store.asked.push(each);
        return store.next;
      },
    },
    {
      now: () => store.now,
      onFailure: (each, { kind }) => store.reported.push(`${each} ${kind}`),
      ...options,
    },
  );
  return { store, read: async (each = name) => textOf(await cache.read(each)) };
}

function secret(text: string): SecretOutcome {
  return { kind: 'secret', secret: new Secret(text) };
}

test('asks once a minute, and then sees what was rotated', async () => {
  const { store, read } = setUp();
  expect(await read()).toBe('one');
  store.next = secret('two');
  store.now = 59_999;
  expect(await read()).toBe('one');
  store.now = 60_000;
  expect(await read()).toBe('two');
  expect(store.asked).toHaveLength(2);
});

test('many who ask at once are one question', async () => {
  const { store, read } = setUp();
  expect(new Set(await Promise.all(Array.from({ length: 20 }, async () => read())))).toEqual(
    new Set(['one']),
  );
  expect(store.asked).toHaveLength(1);
  store.now = 60_000;
  await Promise.all([read(), read(), read('bulkhead/staging/other')]);
  expect(store.asked).toHaveLength(3);
});

test('a failure is reported, asked again after 5 s, and answered with the last value for an hour', async () => {
  const { store, read } = setUp();
  await read();
  store.next = away;
  store.now = 60_000;
  expect(await read()).toBe('one');
  expect(await read()).toBe('one');
  expect(store.reported).toEqual([`${name} unavailable`]);
  expect(store.asked).toHaveLength(2);
  store.now = 65_000;
  expect(await read()).toBe('one');
  expect(store.asked).toHaveLength(3);
  store.now = 3_600_000;
  expect(await read()).toBe('unavailable');
  store.next = secret('two');
  store.now += 5_000;
  expect(await read()).toBe('two');
});

test('what was never read is not made up, and asked again soon', async () => {
  const { store, read } = setUp();
  store.next = { kind: 'denied', error: 'AccessDeniedException' };
  expect(await read()).toBe('denied');
  store.next = secret('one');
  expect(await read()).toBe('denied');
  store.now = 5_000;
  expect(await read()).toBe('one');
});

test('holds no more names than it may: the one read longest ago goes', async () => {
  const { store, read } = setUp({ most: 2 });
  for (const each of ['a', 'b', 'c']) await read(each);
  store.asked.length = 0;
  await read('c');
  await read('b');
  expect(store.asked).toEqual([]);
  await read('a');
  expect(store.asked).toEqual(['a']);
});
