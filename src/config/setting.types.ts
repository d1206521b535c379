import { z } from 'zod';
import type { Environment } from '../environment/environment.js';

/** What a person needs to know about one setting; the templates in `env/` are generated from it. */
export interface SettingNote {
  readonly description: string;
  /** A secret is never printed, neither in an error nor in a template. */
  readonly secret?: true;
  /** The value shown in the template of an environment; a missing one is shown commented out. */
  readonly template?: Partial<Record<Environment, string>>;
}

export const settingNotes = z.registry<SettingNote>();

/** One HMAC key: `kid` names it in a token's header, `secret` has at least 256 bits (S-36). */
export interface SigningKey {
  readonly kid: string;
  readonly secret: Buffer;
}

const keyPattern = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9_-]{43,})$/;

/** `kid:base64url[,kid:base64url…]`; the first key signs, all verify, so that keys can rotate (S-39). */
export const signingKeys = z.string().transform((text, context): readonly SigningKey[] => {
  const keys: SigningKey[] = [];
  for (const part of text.split(',').map((piece) => piece.trim())) {
    const match = keyPattern.exec(part);
    const secret = Buffer.from(match?.[2] ?? '', 'base64url');
    if (!match?.[1] || new Set(secret).size < 12) {
      context.addIssue({
        code: 'custom',
        message:
          'must be kid:key[,kid:key…], each key at least 32 random bytes as base64url; make one with: node -p "crypto.randomBytes(32).toString(\'base64url\')"',
      });
      return z.NEVER;
    }
    keys.push({ kid: match[1], secret });
  }
  if (new Set(keys.map(({ kid }) => kid)).size !== keys.length) {
    context.addIssue({ code: 'custom', message: 'names one kid twice' });
  }
  return keys;
});

/** A Postgres URL whose user is one of our roles: a process holds a role's door key, never another's (C14, S3.2). */
export function postgresUrl(role: string | null) {
  return z.string().superRefine((text, context) => {
    const refuse = (message: string) => context.addIssue({ code: 'custom', message });
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || !['postgres:', 'postgresql:'].includes(url.protocol) || url.pathname.length < 2) {
      refuse('must be postgresql://user:password@host:port/database');
    } else if (role !== null && decodeURIComponent(url.username) !== role) {
      refuse(`must sign in as ${role}, not as "${decodeURIComponent(url.username)}"`);
    }
  });
}
