import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ProcessEnvironment } from './settings.js';

const envFile = resolve(import.meta.dirname, '../../.env');

/** The one place that reads `process.env` (lint rule) and the checkout's `.env`. An empty setting is not set. */
export function processEnvironment(): ProcessEnvironment {
  // Not `node --env-file-if-exists`, which some of Node 20 (20.11) do not know: they would end unexplained.
  if (existsSync(envFile)) process.loadEnvFile(envFile);
  return Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
}
