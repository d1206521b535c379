/** A signature proves who sent a delivery, not that it is well meant: a customer may own the app that signs. */
import { expect, test } from 'vitest';
import type { Fact, WebhookVendor } from '../../../src/webhooks/split/fact.js';
import { splitDelivery } from '../../../src/webhooks/split/split-delivery.js';
import { batch, delivery, messages, only, shop, whatsapp } from './deliveries.js';
import { samples } from './shopify-samples.js';

const vendors: readonly WebhookVendor[] = ['shopify', 'whatsapp', 'richpanel'];
const headers = { 'x-shopify-topic': 'orders/create', 'x-shopify-shop-domain': shop };

/** What every fact must be, so that it can be stored. */
function expectStorable(facts: readonly Fact[]): void {
  expect(facts.length).toBeGreaterThan(0);
  for (const { account, type, key, eventKey, occurredAt, payload, problem } of facts) {
    expect(type).toMatch(/^[!-~]{1,120}$/);
    expect(key).toMatch(/^[!-~]{1,255}$/);
    expect(eventKey ?? 'none').toMatch(/^[!-~]{1,255}$/);
    expect(account ?? 'none').toMatch(/^[^\p{C}\p{Zl}\p{Zp}]{1,255}$/u);
    expect(account !== undefined || problem !== undefined).toBe(true);
    expect(occurredAt?.getUTCFullYear() ?? 2000).toBeLessThan(10_000);
    expect(() => JSON.stringify(payload)).not.toThrow();
    expect([typeof payload, Array.isArray(payload)]).toEqual(['object', false]);
  }
}

test('what is no JSON object is one unreadable fact', () => {
  const texts = ['', ' ', 'null', '1', '"x"', '[]', '[{"object":"whatsapp_business_account"}]', '{', '[['];
  const bodies: unknown[] = [
    ...texts,
    '['.repeat(3_000_000),
    '{"a":'.repeat(600_000),
    Buffer.from([0x7b, 0xff, 0x7d]),
  ];
  for (const vendor of vendors) {
    for (const body of bodies) {
      const facts = splitDelivery(delivery(vendor, body, headers));
      expectStorable(facts);
      expect(only(facts)).toMatchObject({ type: `${vendor}.unreadable`, problem: 'unreadable', payload: {} });
    }
  }
  const [one, other] = ['[', '[['].map((body) => only(whatsapp(body)).key);
  expect(one).not.toBe(other);
});

const hostile: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e300,
  '',
  'x\u0000\ud800',
  '9'.repeat(400),
  [],
  [[]],
  [null],
  {},
  JSON.parse('{"__proto__":{"id":"x","type":"text"},"constructor":null,"toString":1,"toJSON":1,"length":9}'),
];

/** Every copy of the value with one of its parts, at any depth, replaced. */
function* spoiled(value: unknown, by: unknown): Generator {
  yield by;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    for (const other of spoiled(part, by)) {
      yield Array.isArray(value) ? value.with(Number(key), other) : { ...value, [key]: other };
    }
  }
}

const message = {
  id: 'a',
  from: '1',
  from_user_id: 'US.1',
  timestamp: '1',
  type: 'interactive',
  interactive: { type: 'x' },
};
const status = { id: 'b', status: 'read', timestamp: '1', recipient_id: '1', recipient_participant_id: '2' };
const change = messages({
  contacts: [{ wa_id: '1', user_id: 'US.1' }],
  messages: [message],
  statuses: [status],
  errors: [{ code: 1 }],
});
const whole: Readonly<Record<WebhookVendor, readonly object[]>> = {
  shopify: Object.values(samples),
  whatsapp: [
    batch({ id: '1', time: 1, changes: [change, { field: 'account_update', value: { event: 'X' } }] }),
  ],
  richpanel: [{ event: 'x', workspace: 'lamps', ticketId: '1', ticket: { id: 1 } }],
};

test.each(vendors)('%s: any part of a body may be anything', (vendor) => {
  for (const body of whole[vendor]) {
    for (const by of hostile) {
      for (const bad of spoiled(body, by)) expectStorable(splitDelivery(delivery(vendor, bad, headers)));
    }
  }
});

test('any header may be anything that a header can be', () => {
  const names = ['topic', 'shop-domain', 'event-id', 'triggered-at'].map((name) => `x-shopify-${name}`);
  for (const name of [...names, '__proto__', 'constructor']) {
    for (const value of [
      '',
      ' ',
      '\t',
      'ü',
      '\u0000',
      ':',
      '__proto__',
      'x'.repeat(20_000),
      '2021-99-99T00:00:00Z',
    ]) {
      const given = Object.fromEntries([...Object.entries(headers), [name, value]]);
      expectStorable(splitDelivery(delivery('shopify', samples['orders/create'], given)));
    }
  }
});

test('a signed delivery cannot fill the memory', () => {
  const zeros = (count: number) => Array<number>(count).fill(0);
  const many = messages({ messages: zeros(1_400_000) });
  expect(only(whatsapp(batch({ changes: [many] })))).toMatchObject({ problem: 'unreadable' });
  expect(whatsapp(batch({ changes: [messages({ messages: zeros(5_000) })] }))).toHaveLength(5_000);
  expect(only(whatsapp(batch({ changes: zeros(5_001) })))).toMatchObject({ problem: 'unreadable' });
  const huge = 'x'.repeat(1_000_000);
  for (const repeated of [
    { metadata: { phone_number_id: '1', huge } },
    { contacts: [{ wa_id: '1', huge }] },
  ]) {
    const fact = only(whatsapp(batch({ changes: [messages({ messages: zeros(1_000), ...repeated })] })));
    expect(fact.type).toBe('messages.unknown');
  }
  const entry = { id: huge, time: huge, changes: zeros(1_000) };
  const size = whatsapp(batch(entry)).reduce((sum, { payload }) => sum + JSON.stringify(payload).length, 0);
  expect(size).toBeLessThan(100_000);
});
