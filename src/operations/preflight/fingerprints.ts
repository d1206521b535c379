/**
 * Tells whether two environments share a secret, without showing either: HMAC-SHA256 (RFC 2104) under a key that both
 * know and that is no secret of either, cut to 64 bits. One for each password and each key of a list, of its bytes, so that
 * another spelling does not hide it. Who has the key can test a guess: it is kept like a secret, and passwords are long.
 */
import { createHmac } from 'node:crypto';
import { settingNotes } from '../../config/setting.types.js';
import { settingsSchema } from '../../config/settings.schema.js';
import type { ProcessEnvironment, SettingViolation } from '../../config/settings.js';

export const fingerprintSetting = 'FINGERPRINT_KEY';
const leastLength = 32;

export interface Fingerprint {
  readonly setting: string;
  /** Of a list of keys: whose. */
  readonly kid?: string;
  readonly fingerprint: string;
}

interface GivenSecret {
  readonly setting: string;
  readonly kid?: string;
  /** As it is spelt in the setting. */
  readonly text: string;
  readonly bytes: Buffer;
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
  return secretsIn(env).some((secret) => secret.bytes.equals(bytes))
    ? wrong('is a secret of another setting')
    : [];
}

/** Names the key without telling it: artifacts made under different keys cannot be compared. */
export function keyIdOf(key: string): string {
  return keyed(key, 'bulkhead fingerprint key', Buffer.alloc(0));
}

export function fingerprintsOf(env: ProcessEnvironment, key: string): Fingerprint[] {
  return secretsIn(env).map(({ setting, kid, bytes }) => ({
    setting,
    ...(kid !== undefined && { kid }),
    fingerprint: keyed(key, 'bulkhead secret', bytes),
  }));
}

function keyed(key: string, purpose: string, bytes: Buffer): string {
  return createHmac('sha256', key).update(`${purpose}\0`).update(bytes).digest('hex').slice(0, 16);
}

/** Every setting that the schema calls a secret, in its parts. Never the key of the fingerprints. */
export function secretsIn(env: ProcessEnvironment): GivenSecret[] {
  return Object.entries(settingsSchema.shape).flatMap(([setting, schema]) => {
    const value = env[setting];
    // The same in every environment, on purpose.
    if (setting === fingerprintSetting) return [];
    return value && settingNotes.get(schema)?.secret ? partsOf(setting, value) : [];
  });
}

const url = /^[a-z][a-z0-9+.-]*:\/\/(?:[^\s/@:]*:(?<password>[^\s/@]*)@)?/i;
const namedKey = /^(?<kid>[A-Za-z0-9_-]{1,32}):(?<key>[A-Za-z0-9_-]{43,})$/;

function partsOf(setting: string, value: string): GivenSecret[] {
  const address = url.exec(value);
  if (address) {
    const password = address.groups?.['password'];
    return password ? [{ setting, text: password, bytes: Buffer.from(decoded(password)) }] : [];
  }
  const parts = value.split(',').map((part) => namedKey.exec(part.trim())?.groups);
  if (parts.some((part) => part === undefined)) return [{ setting, text: value, bytes: Buffer.from(value) }];
  return parts.map((part) => ({
    setting,
    kid: part!['kid']!,
    text: part!['key']!,
    bytes: Buffer.from(part!['key']!, 'base64url'),
  }));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
