import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { ProcessEnvironment } from './settings.js';

const envFile = resolve(import.meta.dirname, '../../.env');

/** The one place that reads `process.env` (lint rule) and the checkout's `.env`. An empty setting is not set. */
export function processEnvironment(): ProcessEnvironment {
  const given = { ...fileSettings(), ...process.env };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
}

/** Where a setting was set, for who has to mend it; undefined: nowhere. */
export function sourceOf(setting: string): string | undefined {
  const given = processEnvironment()[setting];
  if (given === undefined) return undefined;
  if (given.startsWith('secretsmanager:')) return 'a secret';
  return process.env[setting] === undefined ? '.env' : 'the process';
}

/** What the process itself was given wins. */
function fileSettings(): ProcessEnvironment {
  return existsSync(envFile) ? parseEnv(readFileSync(envFile, 'utf8')) : {};
}
