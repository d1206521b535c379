import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

/**
 * `npm run test:crash`: processes are killed and the database stopped under load, which takes minutes. Each suite has a
 * server of its own; two run at once, because most of each is waiting for jobs to be given out again.
 */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['test/crash/*.suite.ts'],
    globalSetup: [],
    maxWorkers: 2,
    testTimeout: 900_000,
    hookTimeout: 180_000,
  },
});
