/**
 * The lists of keys, and how a new one is judged while we run: by the same rules as at the start, beside the lists that are
 * in force. No key, and no part of one, is ever in a problem.
 */
import type { Policy } from '../environment/policy.js';
import { secretViolations } from './secret.rules.js';
import type { SigningKey } from './setting.types.js';
import { settingsSchema } from './settings.schema.js';

export const keySettings = ['ACCESS_TOKEN_KEYS', 'REFRESH_TOKEN_KEYS', 'CREDENTIAL_KEYS'] as const;
export type KeySetting = (typeof keySettings)[number];
export type KeyLists = Readonly<Record<KeySetting, readonly SigningKey[]>>;

export type Judged = { readonly keys: readonly SigningKey[] } | { readonly problem: string };

export function judgeKeys(setting: KeySetting, text: string, inForce: KeyLists, policy: Policy): Judged {
  const { data: keys, error } = settingsSchema.shape[setting].safeParse(text);
  if (!keys) return { problem: (error?.issues ?? []).map(({ message }) => message).join('; ') };
  const texts = Object.fromEntries(keySettings.map((each) => [each, textOf(inForce[each])]));
  const [shared] = secretViolations({ ...texts, [setting]: text }, policy);
  return shared ? { problem: `is refused: ${shared.setting} then ${shared.problem}` } : { keys };
}

export function sameKeys(some: readonly SigningKey[], others: readonly SigningKey[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ kid, secret }, at) => kid === others[at]?.kid && secret.equals(others[at].secret))
  );
}

/** As it is written in a setting. */
function textOf(keys: readonly SigningKey[]): string {
  return keys.map(({ kid, secret }) => `${kid}:${secret.toString('base64url')}`).join(',');
}
