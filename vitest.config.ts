import { defineConfig } from 'vitest/config';
import { longSuites } from './vitest.long.js';

export default defineConfig({
  // Set explicitly: otherwise Vite reads tsconfig and decorated classes outside its `include` fail to parse.
  oxc: { decorator: { legacy: true, emitDecoratorMetadata: true } },
  test: {
    pool: 'forks',
    // A worker keeps what it has imported for its next file: loading the application takes longer than most files run.
    isolate: false,
    // So nothing of a test may stay behind.
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    include: ['test/**/*.test.ts'],
    exclude: longSuites,
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
