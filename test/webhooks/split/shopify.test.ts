import { expect, test } from 'vitest';
import { sha256 } from '../../../src/webhooks/split/fact-key.js';
import { shop, shopify } from './deliveries.js';
import { samples } from './shopify-samples.js';

const triggeredAt = { 'x-shopify-triggered-at': '2024-08-07T22:48:27.480992003Z' };

test.each(Object.entries(samples))('%s is one fact, its payload the whole body', (topic, body) => {
  const hash = sha256(JSON.stringify(body));
  const { id: resource, order_edit: edit } = body as { id?: number; order_edit?: { id: number } };
  const known = resource ?? edit?.id;
  expect(shopify(topic, body, { ...triggeredAt, 'x-shopify-event-id': '98880550-7158' })).toEqual({
    account: shop,
    type: topic,
    key: `${topic}:${hash}`,
    eventKey: known === undefined ? `${topic}:98880550-7158` : `${topic}:98880550-7158:${known}`,
    occurredAt: expect.any(Date),
    payload: body,
  });
});

test('ids beyond 2^53 are exact, in the payload and in the lists of it', () => {
  const gid = 'gid://shopify/Order/820982911946154508123';
  const fact = shopify(
    'orders/create',
    `{"id":820982911946154508123,"admin_graphql_api_id":"${gid}","line_items":[{"id":866550311766439020}]}`,
  );
  const id = '820982911946154508123';
  expect(fact).not.toHaveProperty('problem');
  expect(fact.payload).toEqual({ id, admin_graphql_api_id: gid, line_items: [{ id: '866550311766439020' }] });
});

test('it occurred when the resource changed, else when the delivery was triggered', () => {
  const at = (topic: string, changes: object = {}, headers: Record<string, string> = triggeredAt) =>
    shopify(topic, { ...samples[topic], ...changes }, headers).occurredAt?.toISOString();
  for (const topic of ['orders/updated', 'orders/edited', 'refunds/create', 'fulfillment_events/create']) {
    expect([topic, at(topic)]).toEqual([topic, '2022-01-02T00:00:00.000Z']);
  }
  expect(at('customers/create', { updated_at: null })).toBe('2022-01-01T00:00:00.000Z');
  for (const topic of ['orders/delete', 'app/uninstalled', 'shop/redact', 'customers/redact']) {
    expect([topic, at(topic)]).toEqual([topic, '2024-08-07T22:48:27.480Z']);
    expect([topic, at(topic, {}, {})]).toEqual([topic, undefined]);
  }
  for (const wrong of ['', 'soon', '1', '2021-13-01T00:00:00Z', '0000-01-01T00:00:00Z', '2021-12-31']) {
    expect(at('orders/delete', {}, { 'x-shopify-triggered-at': wrong })).toBeUndefined();
    expect(at('orders/updated', { updated_at: wrong })).toBe('2022-01-01T00:00:00.000Z');
  }
});

test('the same body under the same topic has the same key, another body or topic another', () => {
  const first = shopify('orders/updated', samples['orders/updated']);
  expect(shopify('orders/updated', samples['orders/updated'], { 'x-shopify-event-id': 'x' }).key).toBe(
    first.key,
  );
  expect(shopify('orders/updated', { ...samples['orders/updated'], note: 'x' }).key).not.toBe(first.key);
  expect(shopify('orders/paid', samples['orders/paid']).key).not.toBe(first.key);
});

test('one event about several resources of a topic is several events', () => {
  const keyOf = (id: number) => shopify('orders/delete', { id }, { 'x-shopify-event-id': 'bulk' }).eventKey;
  expect([keyOf(1), keyOf(2), keyOf(1)]).toEqual([
    'orders/delete:bulk:1',
    'orders/delete:bulk:2',
    'orders/delete:bulk:1',
  ]);
});

test('an event id that is none is not taken', () => {
  for (const id of ['', 'a b', 'ä', 'x\u0000', 'x'.repeat(129)]) {
    expect(shopify('orders/delete', { id: 1 }, { 'x-shopify-event-id': id }).eventKey).toBeUndefined();
  }
  expect(shopify('orders/delete', { id: 1 }).eventKey).toBeUndefined();
  const colon = shopify('orders/delete', { id: 1 }, { 'x-shopify-event-id': 'a:b' });
  expect(colon.eventKey).toMatch(/^sha256:[0-9a-f]{64}$/);
});

test('the shop is compared in lower case, and a delivery without one is claimed by nobody', () => {
  expect(shopify('orders/delete', { id: 1 }, { 'x-shopify-shop-domain': 'Lamps.Example.COM' }).account).toBe(
    shop,
  );
  for (const domain of ['', 'x'.repeat(256), 'a\u0000b']) {
    const fact = shopify('orders/delete', { id: 1 }, { 'x-shopify-shop-domain': domain });
    expect(fact).toMatchObject({ account: undefined, problem: 'account-unknown', type: 'orders/delete' });
  }
});

test('a topic we do not know keeps its word, made fit to be stored', () => {
  for (const topic of ['products/create', '__proto__', 'constructor', 'toString']) {
    const fact = shopify(topic, samples['orders/create']);
    expect(fact).toMatchObject({ type: topic, account: shop });
    expect(fact).not.toHaveProperty('problem');
  }
  expect(shopify('orders/ü\u0000 x', { id: 1 }).type).toBe('orders/???x');
  expect(shopify('x'.repeat(5_000), { id: 1 }).type).toBe('x'.repeat(100));
});

test('a delivery without a topic is unreadable', () => {
  expect(shopify('', { id: 1 })).toMatchObject({
    type: 'shopify.unreadable',
    problem: 'unreadable',
    account: shop,
  });
});
