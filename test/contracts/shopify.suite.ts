/** What every Shopify provider does, the mock and the real one. */
import { describe, expect, test } from 'vitest';
import {
  ShopifyProvider,
  type OrderQuery,
  type ShopifyCredentials,
  type ShopifyOrder,
} from '../../src/providers/shopify/shopify.provider.js';
import { outcomeOf } from './exchanges.js';

export interface ShopifyHarness {
  readonly provider: ShopifyProvider;
  readonly shop: string;
  readonly credentials: ShopifyCredentials;
  readonly secret: string;
  readonly wrongCredentials: ShopifyCredentials;
  /** An order of a customer with e-mail and phone, whose name nobody else's order has. */
  readonly order: Pick<ShopifyOrder, 'id' | 'name'>;
  readonly customer: { readonly id: string; readonly email: string; readonly phone: string };
  /** A name that two orders have. */
  readonly ambiguous: string;
  readonly throttled: OrderQuery;
  readonly unavailable: OrderQuery;
}

export function shopifyContract(newHarness: () => ShopifyHarness): void {
  const h = newHarness();
  const secrets = [h.secret, h.customer.email, h.customer.phone];
  const find = async (query: OrderQuery, credentials = h.credentials) =>
    outcomeOf(await h.provider.findOrders(h.shop, credentials, query), 'shopify', 'findOrders', secrets);
  const found = async (query: OrderQuery): Promise<readonly ShopifyOrder[]> => {
    const outcome = await find(query);
    if (outcome.kind !== 'orders') throw new Error(outcome.kind);
    return outcome.orders;
  };

  test('whoAmI names the shop, and refuses a token that opens nothing', async () => {
    const answer = await h.provider.whoAmI(h.shop, h.credentials);
    expect(outcomeOf(answer, 'shopify', 'whoAmI', secrets)).toEqual({ kind: 'account', account: h.shop });
    const { outcome } = await h.provider.whoAmI(h.shop, h.wrongCredentials);
    expect(outcome).toEqual({ kind: 'refused' });
  });

  describe('findOrders', () => {
    test('by name: that order alone, and nothing that only looks alike', async () => {
      expect(await found({ name: h.order.name })).toMatchObject([h.order]);
      const alike = [
        h.order.name.slice(0, -1),
        `${h.order.name}0`,
        h.order.name.slice(1),
        ` ${h.order.name}`,
        '',
        '*',
      ];
      for (const name of alike) expect(await found({ name })).toEqual([]);
    });

    test('by name: every order that has it', async () => {
      const orders = await found({ name: h.ambiguous });
      expect(orders.map(({ name }) => name)).toEqual([h.ambiguous, h.ambiguous]);
      expect(new Set(orders.map(({ id }) => id)).size).toBe(2);
    });

    test('by e-mail, phone and customer: theirs, the newest first, and of nobody else', async () => {
      const { id: customerId, email, phone } = h.customer;
      for (const query of [{ email }, { email: email.toUpperCase() }, { phone }, { customerId }]) {
        const orders = await found(query);
        expect(orders.map(({ id }) => id)).toContain(h.order.id);
        expect([...new Set(orders.map(({ customer }) => customer?.id))]).toEqual([customerId]);
        const times = orders.map(({ processedAt }) => processedAt);
        expect(times).toEqual(times.toSorted().toReversed());
      }
      const near = [{ phone: phone.slice(0, -1) }, { phone: phone.slice(1) }, { email: `x${email}` }];
      for (const query of near) expect(await found(query)).toEqual([]);
    });

    test('refused, throttled and unavailable are told apart, and none of them is "no orders"', async () => {
      expect(await find({ name: h.order.name }, h.wrongCredentials)).toEqual({ kind: 'refused' });
      expect(await find(h.throttled)).toEqual({ kind: 'throttled', retryAfterMs: expect.any(Number) });
      expect(await find(h.unavailable)).toEqual({ kind: 'unavailable', reason: expect.any(String) });
    });
  });

  test('S1.6, C3: there is nothing to write with', () => {
    const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(h.provider));
    expect(methods.toSorted()).toEqual(['constructor', 'findOrders', 'whoAmI']);
  });
}
