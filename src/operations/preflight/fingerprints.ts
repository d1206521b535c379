/**
 * Tells whether two environments share a secret, without showing either: HMAC-SHA256 (RFC 2104) under a key that both
 * know and that is no secret of either, cut to 64 bits. One for each password and each key of a list, of its bytes, so that
 * another spelling does not hide it. Who has the key can test a guess: it is kept like a secret, and passwords are long.
 */
import { createHmac } from 'node:crypto';
import { secretsIn } from '../../config/given-secrets.js';
import type { ProcessEnvironment, SettingViolation } from '../../config/settings.js';

export const fingerprintSetting = 'FINGERPRINT_KEY';
const leastLength = 32;

export interface Fingerprint {
  readonly setting: string;
  /** Of a list of keys: whose. */
  readonly kid?: string;
  readonly fingerprint: string;
}

/** @param required outside local */
export function fingerprintKeyViolations(env: ProcessEnvironment, required: boolean): SettingViolation[] {
  const key = env[fingerprintSetting];
  const wrong = (problem: string) => [{ setting: fingerprintSetting, problem }];
  if (!key)
    return required
      ? wrong(
          `is not set: secrets are compared between environments under it, ${leastLength} characters, the same in each`,
        )
      : [];
  if (key.length < leastLength) return wrong(`must have at least ${leastLength} characters`);
  const bytes = Buffer.from(key);
  return comparedIn(env).some((secret) => secret.bytes.equals(bytes))
    ? wrong('is a secret of another setting')
    : [];
}

/** Names the key without telling it: artifacts made under different keys cannot be compared. */
export function keyIdOf(key: string): string {
  return keyed(key, 'bulkhead fingerprint key', Buffer.alloc(0));
}

export function fingerprintsOf(env: ProcessEnvironment, key: string): Fingerprint[] {
  return comparedIn(env).map(({ setting, kid, bytes }) => ({
    setting,
    ...(kid !== undefined && { kid }),
    fingerprint: keyed(key, 'bulkhead secret', bytes),
  }));
}

function keyed(key: string, purpose: string, bytes: Buffer): string {
  return createHmac('sha256', key).update(`${purpose}\0`).update(bytes).digest('hex').slice(0, 16);
}

/** The key of the fingerprints is the same in every environment, on purpose. */
function comparedIn(env: ProcessEnvironment) {
  return secretsIn(env).filter(({ setting }) => setting !== fingerprintSetting);
}
