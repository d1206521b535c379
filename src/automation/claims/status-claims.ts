/**
 * What a text says happened to an order. A word is a claim wherever it stands, asked, denied or promised: telling
 * those apart is a person's work. A denial is a claim of its own that no order supports.
 */
import { orderStatuses, type OrderStatus } from '../order-status.js';
import { claimsOf, wordsPattern, type Claim, type ReadText } from './claim.js';
import { neverFacts, statusPhrases } from './status-phrases.js';

const denial = String.raw`(?:not|never|no longer|cannot|yet to|without|\p{L}{2,6}n'?t|nicht|kein(?:e[nmrs]?)?|nie|no|nunca|sin|pas|ne|jamais|non|mai|niet|geen|nooit)`;
const everything = [...Object.values(statusPhrases), neverFacts].flat().join('|');
const denied = wordsPattern(String.raw`${denial}\s(?:[\p{L}']{1,14}\s){0,4}?(?:${everything})`);
const never = wordsPattern(...neverFacts);
const patterns: readonly (readonly [OrderStatus, RegExp])[] = orderStatuses.map((status) => [
  status,
  wordsPattern(...statusPhrases[status]),
]);

export function statusClaims({ bare }: ReadText): readonly Claim[] {
  return [
    ...patterns.flatMap(([status, pattern]) => claimsOf('status', bare, pattern, () => status)),
    ...claimsOf('status', bare, denied, ([written]) => `denied ${written}`),
    ...claimsOf('status', bare, never, ([written]) => `other ${written}`),
  ];
}
