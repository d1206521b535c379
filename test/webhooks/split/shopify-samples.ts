/** One body per topic, cut down to what tells them apart; the ids and domains are Shopify's own example data. */
import { shop, type Json } from './deliveries.js';

const times = { created_at: '2021-12-31T19:00:00-05:00', updated_at: '2022-01-02T00:00:00Z' };
const a = (type: string): Json => ({ id: 1, ...times, admin_graphql_api_id: `gid://shopify/${type}/1` });
const compliance = { shop_id: 954889, shop_domain: shop };
const customer = { id: 191167, email: 'john@example.com', phone: '555-625-1199' };

export const samples: Readonly<Record<string, Json>> = {
  'orders/create': a('Order'),
  'orders/updated': a('Order'),
  'orders/paid': a('Order'),
  'orders/cancelled': a('Order'),
  'orders/fulfilled': a('Order'),
  'orders/partially_fulfilled': a('Order'),
  'orders/edited': { order_edit: { id: 2, order_id: 1, created_at: '2022-01-02T00:00:00Z' } },
  'orders/delete': { id: 1 },
  'fulfillments/create': a('Fulfillment'),
  'fulfillments/update': a('Fulfillment'),
  'fulfillment_events/create': { ...a('FulfillmentEvent'), shop_id: 954889 },
  'customers/create': a('Customer'),
  'customers/update': a('Customer'),
  'customers/delete': { id: 1, tax_exemptions: [], admin_graphql_api_id: 'gid://shopify/Customer/1' },
  'refunds/create': { ...a('Refund'), updated_at: undefined, processed_at: '2022-01-02T00:00:00Z' },
  'app/uninstalled': { id: 548380009, name: 'Super Toys', myshopify_domain: shop, ...times },
  'customers/data_request': { ...compliance, customer, orders_requested: [1], data_request: { id: 9999 } },
  'customers/redact': { ...compliance, customer, orders_to_redact: [1] },
  'shop/redact': compliance,
};
