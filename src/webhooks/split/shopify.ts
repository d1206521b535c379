/**
 * Shopify signs the body alone (shopify.dev, Webhooks → Verify deliveries): whoever holds one signed body can send it
 * again under another topic or shop. So the body is held against both, wherever it says what it is and whose.
 */
import { factOf, unreadable, type Fact, type ReceivedDelivery } from './fact.js';
import { factKey, sha256 } from './fact-key.js';
import { parseLossless } from './lossless-json.js';
import { contradictsTopic, isShop, shopNamedBy } from './shopify-bodies.js';
import { isoTime } from './vendor-times.js';
import { accountOf, isJsonObject, objectOf, wordOf, type JsonObject } from './vendor-values.js';

type Headers = ReceivedDelivery['headers'];

const eventId = /^[!-~]{1,128}$/;

/** One delivery is one fact, its payload the whole body. */
export function splitShopify(delivery: ReceivedDelivery): Fact {
  const { headers } = delivery;
  const account = accountOf(headers['x-shopify-shop-domain']?.toLowerCase());
  const body = parseLossless(delivery.body);
  const topic = wordOf(headers['x-shopify-topic'], '');
  if (!isJsonObject(body) || topic === '') return unreadable(delivery, account);
  const fact = factOf({
    account,
    type: topic,
    key: factKey(topic, sha256(delivery.body)),
    eventKey: eventKeyOf(topic, headers, body),
    occurredAt: timeOf(body) ?? isoTime(headers['x-shopify-triggered-at']),
    payload: body,
  });
  if (fact.problem) return fact;
  const shop = shopNamedBy(body);
  if (shop !== undefined && shop !== account) return { ...fact, problem: 'account-mismatch' };
  return contradictsTopic(topic, body) ? { ...fact, problem: 'topic-mismatch' } : fact;
}

/**
 * What one action of a merchant caused has one event id under several topics, and nobody says that it cannot be about
 * several resources of one topic: with the resource's own id, none of them is taken for another.
 */
function eventKeyOf(topic: string, headers: Headers, body: JsonObject): string | undefined {
  const id = headers['x-shopify-event-id'];
  const resource = body['id'] ?? objectOf(body['order_edit'])['id'];
  if (id === undefined || !eventId.test(id)) return undefined;
  const known = typeof resource === 'string' || typeof resource === 'number';
  return known ? factKey(topic, id, String(resource)) : factKey(topic, id);
}

/** When the resource last changed. A shop's own times say nothing about the app that left it. */
function timeOf(body: JsonObject): Date | undefined {
  if (isShop(body)) return undefined;
  const resource = { ...objectOf(body['order_edit']), ...body };
  return (
    isoTime(resource['updated_at']) ?? isoTime(resource['processed_at']) ?? isoTime(resource['created_at'])
  );
}
