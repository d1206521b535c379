/** Only the body is signed: sent again under another topic or shop, a genuine body must change nothing. */
import { expect, test } from 'vitest';
import { shop, shopify, type Json } from './deliveries.js';
import { samples } from './shopify-samples.js';

const orders = ['create', 'updated', 'paid', 'cancelled', 'fulfilled', 'partially_fulfilled'].map(
  (verb) => `orders/${verb}`,
);
const fulfillments = ['fulfillments/create', 'fulfillments/update'];
const customers = ['customers/create', 'customers/update'];

/** Under which other topics a body may pass: where the bodies look alike, which is never where something is deleted. */
const passesFor: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(orders.map((topic) => [topic, orders])),
  ...Object.fromEntries(fulfillments.map((topic) => [topic, fulfillments])),
  ...Object.fromEntries(customers.map((topic) => [topic, customers])),
  // A bare id does not say whose it is.
  'orders/delete': ['orders/delete', 'customers/delete'],
  'customers/delete': [...customers, 'customers/delete'],
};

test.each(Object.entries(samples))('the body of %s under every topic', (topic, body) => {
  const passing = Object.keys(samples).filter((other) => shopify(other, body).problem !== 'topic-mismatch');
  expect(passing.toSorted()).toEqual((passesFor[topic] ?? [topic]).toSorted());
});

test('a fact of another topic keeps its account, its type and its payload', () => {
  const body = samples['orders/create'];
  expect(shopify('refunds/create', body)).toMatchObject({
    type: 'refunds/create',
    account: shop,
    payload: body,
  });
});

test('a body that says what it is in no way we know is none of a topic we know', () => {
  const strange: readonly Json[] = [
    {},
    { admin_graphql_api_id: null },
    { admin_graphql_api_id: 'Order' },
    { admin_graphql_api_id: 'gid://shopify/Orders/1' },
    { admin_graphql_api_id: ['gid://shopify/Order/1'] },
    JSON.parse('{"__proto__":{"admin_graphql_api_id":"gid://shopify/Order/1","id":1}}') as Json,
  ];
  for (const body of strange) {
    for (const topic of Object.keys(samples)) {
      expect([topic, shopify(topic, body).problem]).toEqual([topic, 'topic-mismatch']);
    }
  }
});

test('nothing erases more than was asked: a compliance body passes for no other', () => {
  const { shop_id, shop_domain, customer } = samples['customers/redact'] as Json;
  const more: readonly Json[] = [
    { shop_id, shop_domain, customer },
    { shop_id, shop_domain, customer: null },
    { shop_id, shop_domain, orders_to_redact: [] },
    { shop_id, shop_domain, orders_requested: [] },
    { shop_id, shop_domain, data_request: { id: 1 } },
    { shop_id, shop_domain: null },
    { shop_domain },
    { shop_id, shop_domain, admin_graphql_api_id: 'gid://shopify/Order/1' },
  ];
  for (const body of more) expect(shopify('shop/redact', body).problem).toBe('topic-mismatch');
  expect(shopify('customers/redact', { shop_id, shop_domain, customer })).not.toHaveProperty('problem');
});

test('a signed body that names another shop than the header is claimed by neither', () => {
  const named = ['customers/data_request', 'customers/redact', 'shop/redact', 'app/uninstalled'];
  for (const topic of [...named, 'products/create']) {
    for (const source of named) {
      const fact = shopify(topic, samples[source], { 'x-shopify-shop-domain': 'victim.example.com' });
      expect([topic, source, fact.problem]).toEqual([topic, source, 'account-mismatch']);
    }
  }
});

test('a shop is compared without regard to case, and one that is not named contradicts nothing', () => {
  const shouted = { ...samples['shop/redact'], shop_domain: shop.toUpperCase() };
  expect(shopify('shop/redact', shouted)).not.toHaveProperty('problem');
  const unnamed = { ...samples['app/uninstalled'], myshopify_domain: null };
  expect(shopify('app/uninstalled', unnamed)).not.toHaveProperty('problem');
  const modern = { id: 1, admin_graphql_api_id: 'gid://shopify/Shop/1' };
  expect(shopify('app/uninstalled', modern)).not.toHaveProperty('problem');
});

test('a shop named by the body alone is not enough: nobody can claim it', () => {
  const fact = shopify('shop/redact', samples['shop/redact'], { 'x-shopify-shop-domain': '' });
  expect(fact).toMatchObject({ account: undefined, problem: 'account-unknown' });
});
