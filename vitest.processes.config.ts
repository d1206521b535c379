import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

/** Starts and stops whole programs and servers: `npm run test:processes`, which `.ci/run` calls. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    isolate: true,
    include: ['test/start/*.test.ts', 'test/local-postgres/*.test.ts', 'test/operations/commands.test.ts'],
    exclude: [],
  },
});
