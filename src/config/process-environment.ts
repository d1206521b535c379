import type { ProcessEnvironment } from './settings.js';

/** The one place that reads `process.env` (lint rule). An empty setting is one that is not set. */
export function processEnvironment(): ProcessEnvironment {
  return Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
}
