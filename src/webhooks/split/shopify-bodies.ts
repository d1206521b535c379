/**
 * What the body of each topic looks like (shopify.dev, Webhooks → Topics), as far as it tells one topic's body from
 * another's. Topics that are not here contradict nothing.
 */
import { isJsonObject, type JsonObject } from './vendor-values.js';

type Test = (body: JsonObject) => boolean;

const globalId = /^gid:\/\/shopify\/(\w+)\//;

/** The type in `admin_graphql_api_id`, such as `Order`. */
function typeOf(body: JsonObject): string | undefined {
  const id = body['admin_graphql_api_id'];
  return typeof id === 'string' ? globalId.exec(id)?.[1] : undefined;
}

const isA =
  (type: string): Test =>
  (body) =>
    typeOf(body) === type;

const isOrderEdit: Test = (body) => isJsonObject(body['order_edit']);

const isBareId: Test = (body) => Object.keys(body).join() === 'id';

/** A customer that still is has `created_at`; of a deleted one only ids are left. */
const isDeletedCustomer: Test = (body) =>
  isBareId(body) || (typeOf(body) === 'Customer' && body['created_at'] === undefined);

/** The sample of `app/uninstalled` has no `admin_graphql_api_id`. */
export const isShop: Test = (body) => typeOf(body) === 'Shop' || body['myshopify_domain'] !== undefined;

/** shopify.dev, Privacy law compliance: which of the three is told by what else they carry. */
const isCompliance =
  (has: Test): Test =>
  (body) =>
    typeOf(body) === undefined &&
    typeof body['shop_domain'] === 'string' &&
    body['shop_id'] !== undefined &&
    has(body);

const asksForData: Test = (body) => 'data_request' in body || 'orders_requested' in body;
const namesCustomer: Test = (body) => 'customer' in body || 'orders_to_redact' in body;

const bodies: ReadonlyMap<string, Test> = new Map([
  ['orders/create', isA('Order')],
  ['orders/updated', isA('Order')],
  ['orders/paid', isA('Order')],
  ['orders/cancelled', isA('Order')],
  ['orders/fulfilled', isA('Order')],
  ['orders/partially_fulfilled', isA('Order')],
  ['orders/edited', isOrderEdit],
  ['orders/delete', isBareId],
  ['fulfillments/create', isA('Fulfillment')],
  ['fulfillments/update', isA('Fulfillment')],
  ['fulfillment_events/create', isA('FulfillmentEvent')],
  ['customers/create', isA('Customer')],
  ['customers/update', isA('Customer')],
  ['customers/delete', isDeletedCustomer],
  ['refunds/create', isA('Refund')],
  ['app/uninstalled', isShop],
  ['customers/data_request', isCompliance(asksForData)],
  ['customers/redact', isCompliance((body) => namesCustomer(body) && !asksForData(body))],
  ['shop/redact', isCompliance((body) => !namesCustomer(body) && !asksForData(body))],
]);

/** Whether a signed body is certainly not what the topic, which nobody signed, says. */
export function contradictsTopic(topic: string, body: JsonObject): boolean {
  return bodies.get(topic)?.(body) === false;
}

/** The shop domain the signed body itself names, in lower case. */
export function shopNamedBy(body: JsonObject): string | undefined {
  const domain = body['shop_domain'] ?? body['myshopify_domain'];
  return typeof domain === 'string' ? domain.toLowerCase() : undefined;
}
