/** Keys for what the application signs and encrypts; one kid for all of them. */
import { randomBytes } from 'node:crypto';

export const kid = 'bench';

const keySettings = ['ACCESS_TOKEN_KEYS', 'REFRESH_TOKEN_KEYS', 'CREDENTIAL_KEYS'] as const;
type KeySetting = (typeof keySettings)[number];

/** 32 random bytes, base64url. */
export function newKey(): string {
  return randomBytes(32).toString('base64url');
}

/** @param known those that the case itself must know. @returns the settings; the others are random */
export function keySettingsWith(known: Partial<Record<KeySetting, string>>): Record<string, string> {
  return Object.fromEntries(keySettings.map((setting) => [setting, `${kid}:${known[setting] ?? newKey()}`]));
}
