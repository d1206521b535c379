/** The claims that the facts of an order support: the same forms as `*-claims.ts` find in a text. */
import type { OrderFact } from '../facts.js';
import { foldBare, foldPlain } from '../folded-text.js';
import { orderNameKey } from '../order-number.js';
import { amountKeys } from './amount-claims.js';
import type { Claim, ClaimKind, ReadText } from './claim.js';
import { dateKeys } from './date-claims.js';
import { linkKey } from './link-claims.js';
import { codeKey, numberClaims } from './number-claims.js';

export function claimKey({ kind, value }: Pick<Claim, 'kind' | 'value'>): string {
  return `${kind} ${value}`;
}

export function readText(text: string): ReadText {
  return { plain: foldPlain(text), bare: foldBare(text) };
}

/** @returns the `claimKey` of every claim that is true of the order */
export function supportedKeys(facts: readonly OrderFact[]): ReadonlySet<string> {
  return new Set(facts.flatMap(keysOf));
}

function keysOf(fact: OrderFact): readonly string[] {
  switch (fact.kind) {
    case 'order-name':
      return keys(['order-number', 'tracking-number'], [codeKey(fact.value)]).concat(
        keys(['order-number'], [orderNameKey(fact.value), `#${codeKey(fact.value)}`]),
      );
    case 'status':
      return keys(['status'], [fact.value]);
    case 'tracking-number':
      return keys(['order-number', 'tracking-number', 'phone'], [codeKey(fact.value)]);
    case 'tracking-company':
      return numberClaims(readText(fact.value))
        .filter(({ kind }) => kind === 'tracking-company')
        .map(claimKey);
    case 'url':
      return keys(['url', 'domain'], [linkKey(foldPlain(fact.value).text)]);
    case 'date':
      return keys(['date'], dateKeys(new Date(fact.value)));
    case 'total':
      return keys(['amount'], amountKeys(fact.amount, fact.currency));
  }
}

function keys(kinds: readonly ClaimKind[], values: readonly string[]): readonly string[] {
  return kinds.flatMap((kind) => values.map((value) => claimKey({ kind, value })));
}
