/** The closed set of what a reply may say about an order. What is not here is never said without a person. */
import { statusesOf, type OrderStatus } from './order-status.js';
import type { ShopOrder } from './shop-order.js';

export type OrderDate = 'processed' | 'cancelled' | 'estimated' | 'delivered';

export type OrderFact =
  | { readonly kind: 'order-name'; readonly value: string }
  | { readonly kind: 'status'; readonly value: OrderStatus }
  | { readonly kind: 'tracking-number'; readonly value: string }
  | { readonly kind: 'tracking-company'; readonly value: string }
  /** http or https; `of` says which page it is. */
  | { readonly kind: 'url'; readonly of: 'tracking' | 'status-page'; readonly value: string }
  /** A valid time in ISO 8601, in UTC. */
  | { readonly kind: 'date'; readonly of: OrderDate; readonly value: string }
  | { readonly kind: 'total'; readonly amount: string; readonly currency: string };

/** Each once, frozen. A value that is missing or no value of its kind is no fact. The headline status comes first. */
export function factsOf(order: ShopOrder): readonly OrderFact[] {
  const tracking = order.fulfillments.flatMap((fulfillment) => fulfillment.tracking);
  const facts: readonly (OrderFact | undefined)[] = [
    textFact('order-name', order.name),
    ...statusesOf(order).map((value) => ({ kind: 'status', value }) as const),
    ...tracking.map(({ number }) => textFact('tracking-number', number)),
    ...tracking.map(({ company }) => textFact('tracking-company', company)),
    ...tracking.map(({ url }) => urlFact('tracking', url)),
    urlFact('status-page', order.statusPageUrl),
    dateFact('processed', order.processedAt),
    dateFact('cancelled', order.cancelledAt),
    ...order.fulfillments.map((fulfillment) => dateFact('estimated', fulfillment.estimatedDeliveryAt)),
    ...order.fulfillments.map((fulfillment) => dateFact('delivered', fulfillment.deliveredAt)),
    totalFact(order),
  ];
  const once = new Map<string, OrderFact>();
  for (const fact of facts) if (fact !== undefined) once.set(JSON.stringify(fact), Object.freeze(fact));
  return Object.freeze([...once.values()]);
}

function textFact(
  kind: 'order-name' | 'tracking-number' | 'tracking-company',
  value: string | null | undefined,
): OrderFact | undefined {
  const trimmed = value?.trim() ?? '';
  return trimmed === '' ? undefined : { kind, value: trimmed };
}

function urlFact(of: 'tracking' | 'status-page', value: string | null | undefined): OrderFact | undefined {
  const url = URL.canParse(value ?? '') ? new URL(value ?? '') : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol)
    ? { kind: 'url', of, value: url.href }
    : undefined;
}

function dateFact(of: OrderDate, value: string | null | undefined): OrderFact | undefined {
  const date = new Date(value ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : { kind: 'date', of, value: date.toISOString() };
}

function totalFact({ total }: ShopOrder): OrderFact | undefined {
  if (!total || !/^\d{1,15}(?:\.\d{1,6})?$/.test(total.amount) || !/^[A-Z]{3}$/.test(total.currency))
    return undefined;
  return { kind: 'total', amount: total.amount, currency: total.currency };
}
