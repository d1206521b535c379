import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

/** Needs Debian's pgbouncer on the PATH: `npm run test:pgbouncer`, which `.ci/run` calls. */
export default defineConfig({ ...base, test: { ...base.test, include: ['test/pgbouncer/*.suite.ts'] } });
