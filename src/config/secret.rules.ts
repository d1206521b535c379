/**
 * Secrets that are somebody's guess, or used twice. Compares what this process was given; what two environments share is
 * found by the fingerprints of `ops preflight` (S4.6). No secret, and no part of one, is ever in a message.
 */
import type { Policy } from '../environment/policy.js';
import { secretsIn } from './given-secrets.js';
import { postgresUrlParts } from './setting.types.js';
import type { ProcessEnvironment, SettingViolation } from './violation.js';

const keySettings = ['ACCESS_TOKEN_KEYS', 'REFRESH_TOKEN_KEYS', 'CREDENTIAL_KEYS'];
const leastLength = 16;
const leastDifferent = 8;

export function secretViolations(env: ProcessEnvironment, policy: Policy): SettingViolation[] {
  return [
    ...keyReuse(env),
    ...mistyped(env),
    ...(policy.strongSecrets ? [...weakness(env), ...reuse(env)] : []),
  ];
}

/** A key that seals refresh tokens must not sign access tokens or encrypt credentials, under whatever name. */
function keyReuse(env: ProcessEnvironment): SettingViolation[] {
  const keysIn = (setting: string) =>
    // Decoded: the last character of base64url has spare bits, so one key has several spellings.
    (env[setting] ?? '')
      .split(',')
      .map((part) => Buffer.from(part.trim().split(':')[1] ?? '', 'base64url').toString('hex'));
  return keySettings.flatMap((setting, index) =>
    keySettings
      .slice(0, index)
      .filter((earlier) => keysIn(earlier).some((key) => key !== '' && keysIn(setting).includes(key)))
      .map((earlier) => ({
        setting,
        problem: `holds a key of ${earlier}: each purpose needs keys of its own`,
      })),
  );
}

/** Templates of `env/` have `<password>`; people have habits. Keys of a list are judged where they are read. */
function weakness(env: ProcessEnvironment): SettingViolation[] {
  return secretsIn(env)
    .filter(({ kid }) => kid === undefined)
    .flatMap(({ setting, bytes }) => {
      const secret = bytes.toString();
      if (/^<.*>$/.test(secret)) return [{ setting, problem: 'still holds the placeholder of its template' }];
      if (secret.length >= leastLength && new Set(secret).size >= leastDifferent) return [];
      const problem = `holds a secret that can be guessed: at least ${leastLength} characters, ${leastDifferent} of them different`;
      return [{ setting, problem }];
    });
}

/** As it is spelt: a token that is also a key is the same text. What lists of keys share is told by `keyReuse`. */
function reuse(env: ProcessEnvironment): SettingViolation[] {
  const seen = new Map<string, string>();
  return secretsIn(env).flatMap(({ setting, kid, text }) => {
    const of = kid === undefined ? ownerOf(setting, env[setting] ?? '') : 'a list of keys';
    const earlier = seen.get(text);
    if (earlier === undefined || earlier === of) {
      seen.set(text, of);
      return [];
    }
    return [{ setting, problem: `holds the secret of ${earlier} again: each needs its own` }];
  });
}

/** Several URLs may sign in as one role. */
function ownerOf(setting: string, value: string): string {
  return postgresUrlParts(value)?.user ?? setting;
}

/** A reference that was mistyped would become the secret itself, and it is no secret. */
function mistyped(env: ProcessEnvironment): SettingViolation[] {
  return secretsIn(env)
    .filter(({ setting }) => /^\s*secrets?[ -]?manager\b/i.test(env[setting] ?? ''))
    .map(({ setting }) => ({
      setting,
      problem: 'looks like the name of a secret, and is none: secretsmanager:bulkhead/<environment>/<name>',
    }));
}
