import type { ProcessEnvironment } from './settings.js';

/** The one place that reads `process.env` (lint rule). */
export function processEnvironment(): ProcessEnvironment {
  return { ...process.env };
}
