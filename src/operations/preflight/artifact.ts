/**
 * What preflight leaves behind: a file that may be shown to anybody. Guarantees: written whole or not at all, readable by
 * its owner alone; no string of it holds a secret of these settings, an e-mail address or the user of a URL, whatever a
 * check put into its words.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { secretsIn } from '../../config/given-secrets.js';
import type { ProcessEnvironment } from '../../config/settings.js';
import { fingerprintSetting } from './fingerprints.js';
import type { Check } from './types.js';

const fingerprint = z.object({ setting: z.string(), kid: z.string().optional(), fingerprint: z.string() });

/** As much of it as another preflight compares with. */
export const comparable = z.object({
  kind: z.literal('bulkhead-preflight'),
  version: z.literal(1),
  environment: z.string(),
  at: z.string(),
  fingerprints: z.object({
    /** Which key they were made under; null: there was none. */
    keyId: z.string().nullable(),
    /** Whether every secret of the settings is among them. */
    complete: z.boolean(),
    of: z.array(fingerprint),
  }),
});

export interface Artifact extends z.output<typeof comparable> {
  readonly region: string;
  /** Of AWS; null when nobody said. */
  readonly account: string | null;
  readonly code: number;
  readonly checks: readonly Check[];
}

export async function writeArtifact(file: string, artifact: Artifact): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  try {
    await writeFile(draft, `${JSON.stringify(artifact, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** Shorter ones would blot out words; the settings refuse them outside local. */
const leastLength = 6;

/** @param envs whose secrets are withheld: as given, and with references resolved */
export function withholder(...envs: readonly ProcessEnvironment[]): (text: string) => string {
  const secrets = [...new Set(envs.flatMap(secretTexts))].filter((text) => text.length >= leastLength);
  const longestFirst = secrets.toSorted((a, b) => b.length - a.length);
  return (text) =>
    longestFirst
      .reduce((rest, secret) => rest.replaceAll(secret, '[withheld]'), text)
      .replaceAll(/\/\/[^\s/@]+@/g, '//[withheld]')
      .replaceAll(/[^\s@/:"'<>()]+@[^\s@/:"'<>()]+\.[A-Za-z]{2,}/g, '[e-mail withheld]');
}

/** In every spelling that the settings have of it. */
function secretTexts(env: ProcessEnvironment): string[] {
  const texts = secretsIn(env).flatMap(({ setting, text, bytes }) => {
    const value = env[setting]!;
    return value.startsWith('secretsmanager:') ? [] : [value, text, bytes.toString()];
  });
  return [...texts, env[fingerprintSetting] ?? ''];
}
