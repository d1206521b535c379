import { inspect } from 'node:util';
import { expect } from 'vitest';
import type { Answer, Operation, VendorName } from '../../src/providers/exchange.js';

/** The answer says what was asked, when and for how long, and keeps no secret and no person. @returns the outcome */
export function outcomeOf<Outcome>(
  { outcome, exchange }: Answer<Outcome>,
  vendor: VendorName,
  operation: Operation,
  secrets: readonly string[],
): Outcome {
  expect(exchange).toMatchObject({ vendor, operation });
  expect(Date.now() - Date.parse(exchange.startedAt)).toBeLessThan(30_000);
  expect(exchange.ms).toBeGreaterThanOrEqual(0);
  const kept = `${JSON.stringify(exchange)}${inspect(exchange, { depth: null, showHidden: true })}`;
  for (const secret of secrets) expect(kept).not.toContain(secret);
  return outcome;
}
