/** How sure it is which order is meant, and that it is the writer's. Only tier 2 discloses anything of an order. */
import { DeterministicMatch, type MatchInput, type Unproven } from './deterministic-match.js';

/** An order a person may look at, in the shop, with their own eyes. */
export interface Candidate {
  readonly id: string;
  readonly name: string;
}

export type OrderMatch =
  | { readonly tier: 0; readonly reason: 'no-order' }
  | { readonly tier: 1; readonly reason: Unproven; readonly candidates: readonly Candidate[] }
  | { readonly tier: 2; readonly match: DeterministicMatch };

const maxCandidates = 5;

/**
 * Tier 0: no number was given and no order is known. Tier 1: ambiguous or unproven, and why. Tier 2: exactly one number
 * was given, exactly one order has it as its name, and a verified field of the writer equals that order's or its
 * customer's.
 */
export function matchOrder(input: MatchInput): OrderMatch {
  const { numbers, orders } = input;
  if (numbers.length === 0 && orders.length === 0) return { tier: 0, reason: 'no-order' };
  const proof = DeterministicMatch.prove(input);
  if (typeof proof !== 'string') return { tier: 2, match: proof };
  const candidates = orders.slice(0, maxCandidates).map(({ id, name }) => ({ id, name }));
  return { tier: 1, reason: proof, candidates };
}
