import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

/**
 * `npm run test:crash`: processes are killed and the database stopped under load, which takes minutes. Each suite has a
 * server of its own and they take turns (`World.alone`), but wait at the same time for jobs to be given out again.
 */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    isolate: true,
    include: ['test/crash/*.suite.ts'],
    globalSetup: [],
    maxWorkers: 4,
    testTimeout: 900_000,
    hookTimeout: 300_000,
  },
});
