import type { Settings } from '../../config/settings.js';

export interface DoctorOptions {
  readonly start?: boolean;
  readonly finish?: boolean;
  /** With `finish`: the commit that this work began at. */
  readonly since?: string;
}

export interface Ran {
  readonly code: number;
  readonly output: string;
}

/** What the doctor does not do itself, so that a test of it runs no tests. */
export interface DoctorDependencies {
  readonly readMongoStamp?: (url: string) => Promise<Settings['environment'] | undefined>;
  /** Runs the tests of these folders, or all; what they print goes on to the person. Undefined: there is nothing to run. */
  readonly runTests: (folders: readonly string[]) => Promise<Ran | undefined>;
  /** @throws what `execFile` throws */
  readonly git: (args: readonly string[]) => Promise<string>;
  readonly onProgress: (line: string) => void;
}
