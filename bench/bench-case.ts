/** What a case of `npm run bench` is. To add one: write it, and name it in `cases.ts`. */
import type { Series } from './rounds.js';

export interface BenchCase {
  readonly name: string;
  /** One sentence: what is measured against what. */
  readonly compares: string;
  readonly floors: readonly Floor[];
  prepare(context: BenchContext): Promise<PreparedCase>;
}

/** Everything a case needs is up; `close` takes it down again, also after a failed `run`. */
export interface PreparedCase {
  /** @throws Error when one answer was wrong: a fast wrong answer measures nothing */
  run(): Promise<Measurement>;
  close(): Promise<void>;
}

export interface BenchContext {
  /** Tiny data and a moment of load: shows that the case runs, and claims nothing about its floors. */
  readonly smoke: boolean;
  /** Says on stderr what takes long. */
  readonly progress: (line: string) => void;
}

/** Judged by the median of the metric it names. */
export type Floor = { readonly metric: string } & (
  | { readonly atLeast: number }
  | { readonly atMost: number }
);

export interface Measurement {
  readonly postgres: string;
  /** The conditions, in words: data, connections, rounds. */
  readonly conditions: string;
  readonly series: readonly Series[];
  readonly metrics: readonly Metric[];
}

/** One number per round, taken between neighbours in time, so that a slow minute slows both sides. */
export interface Metric {
  readonly name: string;
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** It could not be tried at all: exit 69, not a verdict about speed. */
export class CannotStartError extends Error {}
