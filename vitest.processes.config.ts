import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';
import { longSuites } from './vitest.long.js';

/** `npm run test:processes`, which `.ci/run` calls. */
export default defineConfig({
  ...base,
  test: {
    ...base.test,
    isolate: true,
    include: longSuites,
    exclude: [],
  },
});
