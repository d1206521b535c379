/** The secrets that a process was given, each by itself: a password out of its URL, a key out of its list. */
import { settingNotes } from './setting.types.js';
import { settingsSchema } from './settings.schema.js';
import type { ProcessEnvironment } from './violation.js';

export interface GivenSecret {
  readonly setting: string;
  readonly kid?: string;
  /** As it is spelt in the setting. */
  readonly text: string;
  readonly bytes: Buffer;
}

/** Every setting that the schema calls a secret, in its parts. */
export function secretsIn(env: ProcessEnvironment): GivenSecret[] {
  return Object.entries(settingsSchema.shape).flatMap(([setting, schema]) => {
    const value = env[setting];
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
