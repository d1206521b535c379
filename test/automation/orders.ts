/** Orders as the shop tells them, their writers, and chance that is the same every time. */
import { DeterministicMatch } from '../../src/automation/deterministic-match.js';
import { findOrderNumbers } from '../../src/automation/order-number.js';
import type { ShopOrder } from '../../src/automation/shop-order.js';

/** On the way, with everything an order can have. */
export const lamp: ShopOrder = {
  id: 'gid://shopify/Order/1',
  name: '#1001',
  email: 'olivia@example.com',
  phone: '+49 1511 2345678',
  customer: { id: 'gid://shopify/Customer/7', email: 'Olivia.Ohm@example.com', phone: null },
  processedAt: '2026-03-01T10:00:00Z',
  cancelledAt: null,
  financialStatus: 'PAID',
  fulfillmentStatus: 'FULFILLED',
  statusPageUrl: 'https://lamps.example/orders/abc',
  total: { amount: '49.90', currency: 'EUR' },
  fulfillments: [
    {
      name: '#1001.1',
      displayStatus: 'IN_TRANSIT',
      estimatedDeliveryAt: '2026-03-05T00:00:00Z',
      deliveredAt: null,
      tracking: [{ company: 'DHL', number: 'JD014600003770', url: 'https://dhl.example/t?x=JD014600003770' }],
    },
  ],
};

/** Somebody else's. */
export const strangers: ShopOrder = {
  ...lamp,
  id: 'gid://shopify/Order/2',
  name: '#1002',
  email: 'sam@example.org',
  phone: '+44 7400 123456',
  customer: { id: 'gid://shopify/Customer/8', email: 'sam@example.org', phone: '+44 7400 123456' },
};

export const olivia = { phone: '+4915112345678' };

export function matchOf(order: ShopOrder, text = `order ${order.name}`): DeterministicMatch {
  const numbers = findOrderNumbers(text);
  const writer = { email: order.email ?? undefined };
  const proof = DeterministicMatch.prove({ numbers, orders: [order], writer });
  if (typeof proof === 'string') throw new Error(proof);
  return proof;
}

export interface Chance {
  /** A whole number from 0 until before `limit`. */
  readonly below: (limit: number) => number;
  readonly pick: <Item>(items: readonly Item[]) => Item;
}

/** Mulberry32. */
export function seeded(seed: number): Chance {
  let state = seed;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  return { below, pick: (items) => items[below(items.length)]! };
}
