/** The shop's status words (shopify.dev, Order and Fulfillment display statuses), as what may be said to a shopper. */
import type { ShopOrder } from './shop-order.js';

export const orderStatuses = [
  'cancelled',
  'refunded',
  'partly-refunded',
  'delivered',
  'out-for-delivery',
  'ready-for-pickup',
  'shipped',
  'partly-shipped',
  'processing',
  'paid',
  'payment-pending',
] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/** `partly-shipped` says that something was, and so never stands beside `shipped`. */
const delivered = /^(?:DELIVERED|PICKED_UP)$/;
const onTheWay = /^(?:CARRIER_PICKED_UP|IN_TRANSIT|OUT_FOR_DELIVERY|ATTEMPTED_DELIVERY|DELAYED)$/;

/**
 * What holds of the whole order, the most telling first, which is what `{{order.status}}` says. Of two parcels of
 * which one arrived, the order is not delivered. A word we do not know says nothing.
 */
export function statusesOf(order: ShopOrder): readonly OrderStatus[] {
  const holds: Readonly<Record<OrderStatus, boolean>> = {
    cancelled: (order.cancelledAt ?? '') !== '',
    refunded: order.financialStatus === 'REFUNDED',
    'partly-refunded': order.financialStatus === 'PARTIALLY_REFUNDED',
    ...shippingOf(order),
    paid: order.financialStatus === 'PAID',
    'payment-pending': order.financialStatus === 'PENDING',
  };
  return orderStatuses.filter((status) => holds[status]);
}

type Shipping = Exclude<
  OrderStatus,
  'cancelled' | 'refunded' | 'partly-refunded' | 'paid' | 'payment-pending'
>;

function shippingOf(order: ShopOrder): Readonly<Record<Shipping, boolean>> {
  const words = order.fulfillments
    .map(({ displayStatus }) => displayStatus ?? '')
    .filter((word) => word !== 'CANCELED');
  const all = (test: (word: string) => boolean): boolean =>
    order.fulfillmentStatus === 'FULFILLED' && words.length > 0 && words.every(test);
  const isDelivered = all((word) => delivered.test(word));
  const isShipped = all((word) => delivered.test(word) || onTheWay.test(word) || word === 'FULFILLED');
  return {
    delivered: isDelivered,
    'out-for-delivery': !isDelivered && all((word) => word === 'OUT_FOR_DELIVERY'),
    'ready-for-pickup': all((word) => word === 'READY_FOR_PICKUP'),
    shipped: isShipped,
    'partly-shipped': order.fulfillmentStatus === 'PARTIALLY_FULFILLED',
    processing: order.fulfillmentStatus === 'UNFULFILLED' || order.fulfillmentStatus === 'IN_PROGRESS',
  };
}
