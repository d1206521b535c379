import { expect, test } from 'vitest';
import { factKey, sha256, sliceKey } from '../../../src/webhooks/split/fact-key.js';

test('plain parts are joined, so that a person can read the key', () => {
  expect(factKey('status', 'wamid.HBg=', 'read', '16505551234')).toBe('status:wamid.HBg=:read:16505551234');
  expect(sliceKey('error', { code: 1 })).toBe(`error:sha256:${sha256('{"code":1}')}`);
});

test('a key is visible ASCII of at most 255 characters, whatever the parts', () => {
  for (const part of ['', 'a b', 'a:b', 'ä', '\u0000', '\n', '😀', '\ud800', 'x'.repeat(3_000_000)]) {
    expect(factKey('message', part)).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(factKey('message', part)).toBe(factKey('message', part));
  }
  expect(factKey('m', 'x'.repeat(253))).toHaveLength(255);
  expect(factKey('m', 'x'.repeat(254))).toMatch(/^sha256:/);
});

test('different parts never make one key', () => {
  const lists = [
    ['status', 'a', 'b:c'],
    ['status', 'a:b', 'c'],
    ['status', 'a', 'b', 'c'],
    ['status', 'a', 'b', ''],
    ['status', 'a', 'b'],
    ['status:a', 'b'],
    ['status', 'ä'],
    ['status', 'ö'],
    ['status', '\ud800'],
    ['status', '\ufffd'],
    ['status', 'x'.repeat(300)],
    ['status', 'x'.repeat(301)],
  ];
  expect(new Set(lists.map((parts) => factKey(...parts))).size).toBe(lists.length);
});
