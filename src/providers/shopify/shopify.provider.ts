import type { WhoAmI } from '../account.js';
import type { Answer, NoAnswer } from '../exchange.js';

/** A custom app of before 2026 has a permanent token; a newer one has a client id and secret (vendors.md, 1). */
export type ShopifyCredentials =
  | { readonly accessToken: string }
  | { readonly clientId: string; readonly clientSecret: string };

/** By one thing at a time. What is found has exactly that: the vendor's search is looser, so the adapter compares. */
export type OrderQuery =
  /** As the customer sees it, with its prefix: `#1001`. */
  | { readonly name: string }
  /** Of the order; in any case of letters. */
  | { readonly email: string }
  /** Of the order's customer, as E.164: orders cannot be searched by phone (vendors.md, 1). */
  | { readonly phone: string }
  | { readonly customerId: string };

export interface ShopifyTracking {
  readonly company?: string;
  readonly number?: string;
  readonly url?: string;
}

export interface ShopifyFulfillment {
  /** `#1001.1` */
  readonly name: string;
  /** `FulfillmentDisplayStatus`, as the vendor writes it. */
  readonly displayStatus?: string;
  /** Times are ISO 8601 throughout. */
  readonly estimatedDeliveryAt?: string;
  readonly deliveredAt?: string;
  readonly tracking: readonly ShopifyTracking[];
}

export interface ShopifyOrder {
  /** `gid://shopify/Order/…` */
  readonly id: string;
  /** `#1001`. Not unique: a shop may have changed its prefix, or imported orders. */
  readonly name: string;
  readonly email?: string;
  readonly phone?: string;
  readonly customer?: { readonly id: string; readonly email?: string; readonly phone?: string };
  readonly processedAt: string;
  readonly cancelledAt?: string;
  /** `OrderDisplayFinancialStatus` and `OrderDisplayFulfillmentStatus`, as the vendor writes them. */
  readonly financialStatus: string;
  readonly fulfillmentStatus: string;
  readonly statusPageUrl?: string;
  readonly total?: { readonly amount: string; readonly currency: string };
  readonly fulfillments: readonly ShopifyFulfillment[];
}

export type OrdersOutcome =
  /** The newest first; empty when there is none. */
  | { readonly kind: 'orders'; readonly orders: readonly ShopifyOrder[] }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }
  /** The credentials do not open this shop, or not its orders. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'unavailable'; readonly reason: NoAnswer };

/** Reads a shop. There is no method that writes, in any environment (S1.6, C3). */
export abstract class ShopifyProvider {
  /** `shop { myshopifyDomain }`, asked at `https://{shop}/admin/api/…`. @param shop `<name>.myshopify.com` */
  abstract whoAmI(shop: string, credentials: ShopifyCredentials): Promise<Answer<WhoAmI>>;

  abstract findOrders(
    shop: string,
    credentials: ShopifyCredentials,
    query: OrderQuery,
  ): Promise<Answer<OrdersOutcome>>;
}
