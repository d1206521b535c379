/** Asks the organization's shops for the order a shopper named. Never inside a transaction. */
import { Injectable } from '@nestjs/common';
import { OpenConnections, type OpenConnection } from '../connections/open-connections.js';
import { VendorCallRefused, VendorCalls } from '../connections/vendor-call.js';
import {
  ShopifyProvider,
  type OrdersOutcome,
  type ShopifyOrder,
} from '../providers/shopify/shopify.provider.js';

/** A shop did not answer; it may later. */
export class ShopUnavailable extends Error {}

@Injectable()
export class OrderLookup {
  constructor(
    private readonly connections: OpenConnections,
    private readonly calls: VendorCalls,
    private readonly shopify: ShopifyProvider,
  ) {}

  /** @throws ShopUnavailable: without one of the shops, an order that looks like the only one may not be */
  async named(name: string): Promise<readonly ShopifyOrder[]> {
    const shops = await this.connections.of('shopify');
    const outcomes = await Promise.all(shops.map(async (shop) => this.ask(shop, name)));
    return outcomes.flatMap((outcome) => {
      switch (outcome.kind) {
        case 'orders':
          return outcome.orders;
        case 'throttled':
        case 'refused':
        case 'unavailable':
          throw new ShopUnavailable(outcome.kind);
      }
    });
  }

  private async ask(shop: OpenConnection, name: string): Promise<OrdersOutcome> {
    const { accessToken, clientId = '', clientSecret = '' } = shop.credentials;
    const credentials = accessToken ? { accessToken } : { clientId, clientSecret };
    const key = { vendor: 'shopify', connection: shop.id } as const;
    const find = async () => this.shopify.findOrders(shop.account, credentials, { name });
    try {
      return (await this.calls.call(key, 'findOrders', find)).outcome;
    } catch (error) {
      if (error instanceof VendorCallRefused) throw new ShopUnavailable(error.reason);
      throw error;
    }
  }
}
