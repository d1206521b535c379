import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { localSecret } from '../../src/local-postgres/local-postgres.js';
import { readOrCreate } from '../../src/local-postgres/local-secret.js';
import { makeCheckout, removeCheckout } from './fixtures/checkout.js';

let checkout: string;
beforeEach(() => (checkout = makeCheckout()));
afterEach(() => removeCheckout(checkout));

test('a secret is 32 random bytes, the same at every call, another for every name', () => {
  const stateDir = join(checkout, '.data');
  const secret = localSecret(stateDir, 'signing-key');
  expect(Buffer.from(secret, 'base64url')).toHaveLength(32);
  expect(localSecret(stateDir, 'signing-key')).toBe(secret);
  expect(localSecret(stateDir, 'other-key')).not.toBe(secret);
});

test('only the owner can read it', () => {
  const stateDir = join(checkout, '.data');
  localSecret(stateDir, 'signing-key');
  expect(statSync(stateDir).mode & 0o777).toBe(0o700);
  expect(statSync(join(stateDir, 'secrets', 'signing-key')).mode & 0o777).toBe(0o600);
});

test("of two that create it at once, both get the first one's, and no draft stays behind", () => {
  const file = join(checkout, 'secret');
  const second = readOrCreate(file, () => {
    readOrCreate(file, () => 'first');
    return 'second';
  });
  expect(second).toBe('first');
  expect(readdirSync(checkout)).toEqual(['secret']);
});

test('a name that is a path is refused', () => {
  expect(() => localSecret(checkout, '../elsewhere')).toThrow(TypeError);
});
