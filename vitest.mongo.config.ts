import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

/** Needs what `test/archive/install-mongo.sh` installs, in the folder `MONGO_SERVER`: `npm run test:mongo`, which `.ci/run` calls. */
export default defineConfig({ ...base, test: { ...base.test, include: ['test/archive/*.suite.ts'] } });
