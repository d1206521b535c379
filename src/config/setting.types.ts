import { z } from 'zod';
import { environmentNamed, environmentWords, type Environment } from '../environment/environment.js';

/** What a person needs to know about one setting; the templates in `env/` are generated from it. */
export interface SettingNote {
  readonly description: string;
  /** A secret is never printed, neither in an error nor in a template. */
  readonly secret?: true;
  /** The value shown in the template of an environment; a missing one is shown commented out. */
  readonly template?: Partial<Record<Environment, string>>;
}

export const settingNotes = z.registry<SettingNote>();

export const environmentWord = z.string().refine((word) => environmentNamed(word) !== undefined, {
  error: (issue) =>
    `is "${String(issue.input)}", which names no environment; use one of ${environmentWords.join(', ')}`,
});

/** One key: `kid` names it in a token's header, `secret` has at least 256 bits (S-36). */
export interface SigningKey {
  readonly kid: string;
  readonly secret: Buffer;
}

const keyFormat =
  'must be kid:key[,kid:key…], each key at least 32 random bytes as base64url; make one with: ' +
  `node -p "crypto.randomBytes(32).toString('base64url')"`;
const keyPattern = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9_-]{43,})$/;

/** `kid:base64url[,kid:base64url…]`; the first key signs, all verify, so that keys can rotate (S-39). */
export const signingKeys = z.string().transform(namedKeys);

/** The same for A256GCM, whose key has exactly 256 bits (RFC 7518, 5.3); the first encrypts, all decrypt. */
export const encryptionKeys = z.string().transform((text, context) => {
  const keys: unknown = namedKeys(text, context);
  if (!areKeys(keys)) return z.NEVER;
  if (keys.every(({ secret }) => secret.length === 32)) return keys;
  context.addIssue({ code: 'custom', message: 'must hold keys of exactly 32 bytes' });
  return z.NEVER;
});

/** A transform that has added an issue answers `z.NEVER`, which is no list. */
function areKeys(value: unknown): value is readonly SigningKey[] {
  return Array.isArray(value);
}

function namedKeys(text: string, context: z.RefinementCtx): readonly SigningKey[] {
  const keys: SigningKey[] = [];
  for (const part of text.split(',').map((piece) => piece.trim())) {
    const match = keyPattern.exec(part);
    const secret = Buffer.from(match?.[2] ?? '', 'base64url');
    if (!match?.[1] || new Set(secret).size < 12) {
      context.addIssue({ code: 'custom', message: keyFormat });
      return z.NEVER;
    }
    keys.push(Object.freeze({ kid: match[1], secret }));
  }
  if (new Set(keys.map(({ kid }) => kid)).size !== keys.length) {
    context.addIssue({ code: 'custom', message: 'names one kid twice' });
  }
  return Object.freeze(keys);
}

/**
 * A Postgres URL whose user is one of our roles: a process holds a role's door key, never another's (C14, S3.2).
 * No part of it is ever repeated in a message: with a stray `/`, `#` or `@`, any part may be the password.
 */
export function postgresUrl(role: string | null) {
  return z.string().superRefine((text, context) => {
    const parts = postgresUrlParts(text);
    if (!parts) {
      const message =
        'must be postgresql://user:password@host:port/database, special characters percent-encoded';
      context.addIssue({ code: 'custom', message });
    } else if (role !== null && parts.user !== role) {
      context.addIssue({ code: 'custom', message: `must sign in as the role ${role}` });
    }
  });
}

/** `pg` lets parameters win over the URL's own parts: the role that was checked would not be the one that signs in. */
const allowedParameters = ['sslmode', 'sslrootcert', 'uselibpqcompat'];

/** @returns undefined when the text is not a Postgres URL as we accept it */
export function postgresUrlParts(text: string): { user: string; database: string } | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !['postgres:', 'postgresql:'].includes(url.protocol) || url.hash) return undefined;
  if ([...url.searchParams.keys()].some((name) => !allowedParameters.includes(name))) return undefined;
  const database = /^\/([A-Za-z0-9_-]{1,63})$/.exec(url.pathname)?.[1];
  const user = /^[A-Za-z0-9_-]{1,63}$/.exec(url.username)?.[0];
  return database && user && url.password ? { user, database } : undefined;
}

export function wholeNumber(least: number, most: number) {
  return z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be from ${least} to ${most}`);
}

/** `a, b` → `['a', 'b']`. */
export function listed(text: string): readonly string[] {
  return Object.freeze(
    [...new Set(text.split(',').map((part) => part.trim()))].filter((part) => part !== ''),
  );
}

/** Its database is the environment's, as with Postgres. No part of it is ever repeated in a message. */
export const mongoUrl = z
  .string()
  .refine(
    (text) => mongoDatabase(text) !== undefined,
    'must be mongodb://host[,host…]/database, special characters percent-encoded; mongodb+srv asks the DNS for hosts that nobody has listed',
  );

/** @returns undefined when the text is not a MongoDB URL as we accept it */
export function mongoDatabase(text: string): string | undefined {
  // Several hosts are no URL to WHATWG; the driver itself parses them.
  const parts = /^mongodb:\/\/(?:[^\s/@]+@)?[^\s/@]+\/([A-Za-z0-9_-]{1,63})(?:\?[^\s#]*)?$/.exec(text);
  return parts?.[1];
}
