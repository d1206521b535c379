/** An order as the shop tells it, as far as the automation reads it. Times are ISO 8601. */
export interface ShopOrder {
  readonly id: string;
  /** As the shop writes it: `#1001`. */
  readonly name: string;
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly customer?: ShopCustomer | null;
  readonly processedAt: string;
  readonly cancelledAt?: string | null;
  /** The shop's own words: `PAID`, `REFUNDED`, … */
  readonly financialStatus: string | null;
  /** `FULFILLED`, `PARTIALLY_FULFILLED`, … */
  readonly fulfillmentStatus: string | null;
  readonly statusPageUrl?: string | null;
  readonly total?: Money | null;
  readonly fulfillments: readonly ShopFulfillment[];
}

export interface ShopCustomer {
  readonly id: string;
  readonly email?: string | null;
  readonly phone?: string | null;
}

export interface ShopFulfillment {
  readonly name?: string;
  readonly displayStatus?: string | null;
  readonly estimatedDeliveryAt?: string | null;
  readonly deliveredAt?: string | null;
  readonly tracking: readonly ShopTracking[];
}

export interface ShopTracking {
  readonly company?: string | null;
  readonly number?: string | null;
  readonly url?: string | null;
}

export interface Money {
  /** A decimal number: `49.90`. */
  readonly amount: string;
  /** ISO 4217. */
  readonly currency: string;
}
