/**
 * Guarantees: whoever holds a `DeterministicMatch` holds an order whose number the writer gave and whose phone, e-mail or
 * customer is the writer's, verified. It can be made by `prove` alone, which checks all of it: the constructor is
 * private and refuses at run time too, and `isProven` sees through a copy, a cast and a parsed JSON. A stored one is
 * evidence and no match; who needs it again proves it again.
 */
import { factsOf, type OrderFact } from './facts.js';
import { ownershipOf, type Identity, type Writer } from './identity.js';
import { orderNameKey, type OrderNumber } from './order-number.js';
import type { ShopOrder } from './shop-order.js';

export interface MatchInput {
  /** What `findOrderNumbers` found in what the writer wrote. */
  readonly numbers: readonly OrderNumber[];
  /** What the shop answered; never more than one organization's. */
  readonly orders: readonly ShopOrder[];
  readonly writer: Writer;
}

export type Unproven =
  | 'no-number'
  | 'several-numbers'
  | 'not-found'
  | 'several-orders'
  | 'not-the-writers'
  | 'nothing-to-compare';

/** What is stored: enough to find the proof again, and nothing of the order but its id and name. */
export interface MatchEvidence {
  readonly orderId: string;
  readonly orderName: string;
  readonly number: { readonly value: string; readonly start: number; readonly end: number };
  readonly identity: Identity;
}

const key = Symbol('DeterministicMatch');

export class DeterministicMatch {
  readonly #proven = true;
  readonly evidence: MatchEvidence;
  readonly facts: readonly OrderFact[];

  private constructor(
    readonly order: ShopOrder,
    number: OrderNumber,
    by: Identity,
    given: typeof key,
  ) {
    if (given !== key) throw new TypeError('A DeterministicMatch is made by DeterministicMatch.prove');
    const { value, evidence } = number;
    this.evidence = Object.freeze({
      orderId: order.id,
      orderName: order.name,
      number: Object.freeze({ value, start: evidence.start, end: evidence.end }),
      identity: Object.freeze({ ...by }),
    });
    this.facts = factsOf(order);
    Object.freeze(this);
  }

  static prove({ numbers, orders, writer }: MatchInput): DeterministicMatch | Unproven {
    const [number] = numbers;
    if (number === undefined) return 'no-number';
    if (new Set(numbers.map(({ value }) => orderNameKey(value))).size > 1) return 'several-numbers';
    const named = orders.filter(({ name }) => orderNameKey(name) === orderNameKey(number.value));
    const [order] = named;
    if (order === undefined) return 'not-found';
    if (named.length > 1) return 'several-orders';
    const ownership = ownershipOf(order, writer);
    if (!ownership.writers) return ownership.compared ? 'not-the-writers' : 'nothing-to-compare';
    return new DeterministicMatch(frozenCopy(order), number, ownership.by, key);
  }

  static isProven(value: unknown): value is DeterministicMatch {
    return typeof value === 'object' && value !== null && #proven in value && value.#proven;
  }

  toJSON(): MatchEvidence {
    return this.evidence;
  }
}

/** Whoever passed the order in may go on changing theirs. */
function frozenCopy(order: ShopOrder): ShopOrder {
  const copy = structuredClone(order);
  for (const part of [copy, copy.customer, copy.total, copy.fulfillments]) Object.freeze(part);
  for (const fulfillment of copy.fulfillments) {
    for (const part of [fulfillment, fulfillment.tracking, ...fulfillment.tracking]) Object.freeze(part);
  }
  return copy;
}
