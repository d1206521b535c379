/**
 * A setting may name a secret instead of holding it: `secretsmanager:<name>` or `secretsmanager:<name>#<json key>`.
 * Guarantees: only names of the process' own environment, `bulkhead/<environment>/…`, are ever asked for (S4.6); every
 * failure is a violation that names setting and secret, all at once; no message holds a value; an unresolved setting is
 * left out, never left as it was, because a reference could pass for a secret.
 */
import type { Environment } from '../environment/environment.js';
import { keySettings, type KeySetting } from './key-lists.js';
import { settingsSchema } from './settings.schema.js';
import type { ProcessEnvironment, SettingViolation } from './violation.js';

const scheme = 'secretsmanager:';
/** What Secrets Manager lets a name be, less what this syntax needs. */
const namePattern = /^[A-Za-z0-9/_+=.@-]{1,512}$/;

export interface Reference {
  readonly setting: string;
  readonly name: string;
  readonly key: string | undefined;
}

/** Where a list of keys is kept, for those that are no variables. */
export type KeyReferences = Readonly<Partial<Record<KeySetting, Pick<Reference, 'name' | 'key'>>>>;

/** Answers a secret's text, or in words why not: `does not exist`. */
export type ReadReference = (
  name: string,
) => Promise<{ readonly text: string } | { readonly problem: string }>;

export interface Resolved {
  readonly env: ProcessEnvironment;
  readonly violations: readonly SettingViolation[];
}

/** Every setting that names a secret, well or badly; what is no setting of ours is not looked at. */
export function referencesIn(env: ProcessEnvironment): Reference[] {
  return Object.keys(settingsSchema.shape).flatMap((setting) => {
    const value = env[setting];
    if (!value?.startsWith(scheme)) return [];
    const [name = '', ...rest] = value.slice(scheme.length).split('#');
    return [{ setting, name, key: rest.length > 0 ? rest.join('#') : undefined }];
  });
}

/** Those that may be asked for, and what is wrong with the others. */
export function judgeReferences(
  references: readonly Reference[],
  environment: Environment,
): { readonly askable: readonly Reference[]; readonly violations: readonly SettingViolation[] } {
  const judged = references.map((reference) => ({ reference, problem: problemOf(reference, environment) }));
  return {
    askable: judged.flatMap(({ reference, problem }) => (problem === undefined ? [reference] : [])),
    violations: judged.flatMap(({ reference: { setting }, problem }) =>
      problem === undefined ? [] : [{ setting, problem }],
    ),
  };
}

/** Those of the lists of keys that may be asked for: they are read again while we run (`providers/secrets/rotating-keys.ts`). */
export function keyReferencesIn(env: ProcessEnvironment, environment: Environment): KeyReferences {
  const { askable } = judgeReferences(referencesIn(env), environment);
  const references = keySettings.flatMap((setting) =>
    askable
      .filter((reference) => reference.setting === setting)
      .map(({ name, key }) => [setting, Object.freeze({ name, key })] as const),
  );
  return Object.freeze(Object.fromEntries(references));
}

/** Each name is read once, all at the same time. */
export async function resolveReferences(
  env: ProcessEnvironment,
  environment: Environment,
  read: ReadReference,
): Promise<Resolved> {
  const references = referencesIn(env);
  const { askable, violations } = judgeReferences(references, environment);
  const names = [...new Set(askable.map(({ name }) => name))];
  const texts = new Map(await Promise.all(names.map(async (name) => [name, await read(name)] as const)));
  const resolved: Record<string, string | undefined> = withoutReferences(env);
  const failed: SettingViolation[] = [];
  for (const { setting, name, key } of askable) {
    const found = texts.get(name)!;
    const value = 'text' in found ? valueIn(found.text, key) : found;
    if (typeof value === 'string') resolved[setting] = value;
    else failed.push({ setting, problem: `names the secret ${name}, which ${value.problem}` });
  }
  return { env: resolved, violations: [...violations, ...failed] };
}

export function withoutReferences(env: ProcessEnvironment): Record<string, string | undefined> {
  const references = new Set(referencesIn(env).map(({ setting }) => setting));
  return Object.fromEntries(Object.entries(env).filter(([setting]) => !references.has(setting)));
}

function problemOf({ name, key }: Reference, environment: Environment): string | undefined {
  const prefix = `bulkhead/${environment}/`;
  // Of a name that is none, nothing is repeated: somebody may have put the secret itself there.
  if (!namePattern.test(name) || key === '')
    return `must be ${scheme}${prefix}<name>, or with #<json key> behind it`;
  if (!name.startsWith(prefix) || name.length === prefix.length)
    return `names a secret that is not this environment's: its names begin with ${prefix}`;
  return undefined;
}

/** What a reference means by a secret's text. */
export function valueIn(text: string, key: string | undefined): string | { readonly problem: string } {
  const value = key === undefined ? text : memberOf(text, key);
  if (value === undefined) return { problem: `has no text under the key ${key ?? ''}` };
  if (value.trim() === '') return { problem: 'is empty' };
  return value.startsWith(scheme) ? { problem: 'holds a reference itself' } : value;
}

function memberOf(text: string, key: string): string | undefined {
  try {
    const object: unknown = JSON.parse(text);
    if (typeof object !== 'object' || object === null) return undefined;
    // Texts only: nothing that every object inherits is one.
    const member = (object as Record<string, unknown>)[key];
    return typeof member === 'string' ? member : undefined;
  } catch {
    return undefined;
  }
}
