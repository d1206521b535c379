/** The vendors' own samples, which are not ours to ship: `VENDOR_CORPUS` names the folder that holds them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Fact } from '../../../src/webhooks/split/fact.js';
import { shopify, whatsapp } from './deliveries.js';

const corpus = process.env['VENDOR_CORPUS'] ?? '';
if (corpus === '') console.log('VENDOR_CORPUS is not set: the vendors’ own webhook samples were not split');

const path = (...parts: readonly string[]) => join(corpus, ...parts);
const read = (...parts: readonly string[]) => readFileSync(path(...parts), 'utf8');
const filesIn = (folder: string, named: RegExp) =>
  readdirSync(path(folder)).filter((file) => named.test(file));
const typesOf = (facts: readonly Fact[]) => facts.map(({ type }) => type);

describe.skipIf(corpus === '')('the vendors’ own samples', () => {
  test('Shopify: 8 recorded deliveries, each one fact of its topic', () => {
    const files = filesIn('shopify/webhooks', /\.json$/);
    expect(files).toHaveLength(8);
    for (const file of files) {
      const { headers, body } = JSON.parse(read('shopify/webhooks', file)) as Recorded;
      const fact = shopify('', body, headers);
      expect([file, fact.problem]).toEqual([file, undefined]);
      expect(`${fact.type.replace('/', '.')}.json`).toBe(file);
      expect(fact).toMatchObject({ account: 'shop.myshopify.com', occurredAt: expect.any(Date) });
    }
  });

  test('Shopify: 4 bodies from the documentation, each one fact of the topic its file names', () => {
    const files = filesIn('shopify/webhooks-2026-04', /\.json$/);
    expect(files).toHaveLength(4);
    for (const file of files) {
      const topic = file.replace('.json', '').replace('.', '/');
      const fact = shopify(topic, read('shopify/webhooks-2026-04', file), {
        'x-shopify-shop-domain': '{shop}.myshopify.com',
      });
      expect([fact.type, fact.problem]).toEqual([topic, undefined]);
    }
  });

  test('Shopify: the id of an order is exact where the sample still has it', () => {
    const { payload } = shopify('orders/create', read('shopify/webhooks-2026-04', 'orders.create.json'));
    expect(payload).toMatchObject({
      id: '820982911946154500',
      admin_graphql_api_id: 'gid://shopify/Order/820982911946154508',
    });
  });

  test('WhatsApp: 11 deliveries are 12 facts, each of its number and with its writer', () => {
    const files = filesIn('whatsapp', /^(message|status|DERIVED)\..*\.json$/);
    expect(files).toHaveLength(11);
    const facts = files.flatMap((file) => whatsapp(read('whatsapp', file)));
    expect(facts.filter(({ problem }) => problem)).toEqual([]);
    expect(facts.filter(({ payload }) => !('contact' in payload))).toEqual([]);
    const messages = [
      'button',
      'image',
      'interactive.button_reply',
      'interactive.list_reply',
      'text',
      'text',
    ];
    const statuses = ['delivered', 'failed', 'read', 'sent'];
    expect(typesOf(facts).toSorted()).toEqual(
      [
        ...messages.map((type) => `message.${type}`),
        ...statuses.map((status) => `status.${status}`),
        'message.text',
        'status.delivered',
      ].toSorted(),
    );
    expect(new Set(facts.map(({ account }) => account))).toEqual(
      new Set(['106540352242922', '1122334455667']),
    );
  });

  test('WhatsApp: the two entries of one batch are the facts of the deliveries they came from', () => {
    const parts = ['message.text.json', 'status.delivered.json'].flatMap((file) =>
      whatsapp(read('whatsapp', file)),
    );
    expect(whatsapp(read('whatsapp', 'DERIVED.multiple_entries.json'))).toEqual(parts);
  });
});

interface Recorded {
  readonly headers: Record<string, string>;
  readonly body: unknown;
}
