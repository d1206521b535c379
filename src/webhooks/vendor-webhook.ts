/** What differs between vendors when a delivery arrives: how it proves its sender, and what makes it the same again. */
import { createHmac, createSecretKey, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../http/problem.js';

type Headers = FastifyRequest['headers'];

export interface Incoming {
  readonly headers: Headers;
  /** The bytes as they came: signed, and not to be parsed before the signature is verified. */
  readonly body: Buffer;
}

/** As a key object: made once, not with every delivery. */
export type Secret = KeyObject;

export const secretOf = (text: string): Secret => createSecretKey(text, 'utf8');

export interface VendorWebhook {
  /** In constant time for each secret. @param secrets one, or two while they are rotated */
  isGenuine(incoming: Incoming, secrets: readonly Secret[]): boolean;
  /** The headers worth keeping, names in lower case. @throws Problem `malformed-request` without a required one */
  keep(headers: Headers): Record<string, string>;
  /** 32 bytes, equal for the same delivery sent again. */
  deliveryKey(body: Buffer, kept: Readonly<Record<string, string>>): Buffer;
}

export function hmac(secret: Secret, body: Buffer | string): Buffer {
  return createHmac('sha256', secret).update(body).digest();
}

export function equalDigests(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}

const blind = createSecretKey(randomBytes(32));

/** Compared as digests under a key of this process: equal in length, and their timing tells nothing of the secret. */
export function equalSecrets(given: string, expected: Secret): boolean {
  return equalDigests(hmac(blind, given), hmac(blind, expected.export()));
}

const longest = 255;

/** @param names in lower case */
export function pick(
  headers: Headers,
  required: readonly string[],
  optional: readonly string[],
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of [...required, ...optional]) {
    const value = headers[name];
    if (typeof value === 'string' && value.length > 0 && value.length <= longest) kept[name] = value;
  }
  const missing = required.filter((name) => kept[name] === undefined);
  if (missing.length > 0) {
    throw new Problem('malformed-request', {
      detail: `Missing, or longer than ${longest}: ${missing.join(', ')}.`,
    });
  }
  return kept;
}
