/** Random numbers that can be had again: `CRASH_SEED=<number>` repeats the delays of an earlier run. */
import { randomInt } from 'node:crypto';

export interface Chance {
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
}

/** Prints the seed. */
export function takeChances(): Chance {
  const seed = Number(process.env['CRASH_SEED'] ?? randomInt(2 ** 31));
  console.log(`CRASH_SEED=${seed}`);
  let state = seed;
  // mulberry32: small, and even enough for delays.
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return { between: (least, most) => least + Math.floor(next() * (most - least + 1)) };
}
