/** Times as vendors write them. What is none is undefined; what is one fits into Postgres' `timestamptz`. */
import { idOf } from './vendor-values.js';

const seconds = /^\d{1,11}$/;
const iso8601 = /^[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** @param value whole seconds since 1970, as a number or, as Meta sends them, a string */
export function epochSeconds(value: unknown): Date | undefined {
  const text = idOf(value);
  return text !== undefined && seconds.test(text) ? new Date(Number(text) * 1000) : undefined;
}

/** @param value ISO 8601 with an offset; what is finer than a millisecond is cut off */
export function isoTime(value: unknown): Date | undefined {
  if (typeof value !== 'string' || !iso8601.test(value)) return undefined;
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
