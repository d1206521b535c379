/**
 * Secrets that are somebody's guess, or used twice. Compares what this process was given; what two environments share is
 * found by the fingerprints of `ops preflight` (S4.6). No secret, and no part of one, is ever in a message.
 */
import type { Policy } from '../environment/policy.js';
import type { ProcessEnvironment, SettingViolation } from './violation.js';

const keySettings = ['ACCESS_TOKEN_KEYS', 'REFRESH_TOKEN_KEYS', 'CREDENTIAL_KEYS'];
const leastLength = 16;
const leastDifferent = 8;

export function secretViolations(env: ProcessEnvironment, policy: Policy): SettingViolation[] {
  return [...keyReuse(env), ...(policy.strongSecrets ? [...weakness(env), ...reuse(env)] : [])];
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

/** Templates of `env/` have `<password>`; people have habits. */
function weakness(env: ProcessEnvironment): SettingViolation[] {
  return secretsOf(env).flatMap(({ setting, secret }) => {
    if (/^<.*>$/.test(secret)) return [{ setting, problem: 'still holds the placeholder of its template' }];
    if (secret.length >= leastLength && new Set(secret).size >= leastDifferent) return [];
    const problem = `holds a secret that can be guessed: at least ${leastLength} characters, ${leastDifferent} of them different`;
    return [{ setting, problem }];
  });
}

function reuse(env: ProcessEnvironment): SettingViolation[] {
  const seen = new Map<string, string>();
  return secretsOf(env).flatMap(({ setting, secret, of }) => {
    const earlier = seen.get(secret);
    // Several URLs may sign in as one role.
    if (earlier === undefined || earlier === of) {
      seen.set(secret, of);
      return [];
    }
    return [{ setting, problem: `holds the secret of ${earlier} again: each needs its own` }];
  });
}

interface GivenSecret {
  readonly setting: string;
  readonly secret: string;
  /** Whose it is: a role of the database, or the setting's own. */
  readonly of: string;
}

function secretsOf(env: ProcessEnvironment): GivenSecret[] {
  return Object.entries(env).flatMap(([setting, value]) => {
    if (value === undefined) return [];
    if (setting === 'METRICS_TOKEN') return [{ setting, secret: value, of: setting }];
    if (!/^(DATABASE(_[A-Z]+)?|MONGO)_URL$/.test(setting) || !URL.canParse(value)) return [];
    const { username, password } = new URL(value);
    const secret = decoded(password);
    return secret === '' ? [] : [{ setting, secret, of: setting === 'MONGO_URL' ? setting : username }];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
