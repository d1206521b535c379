/** The sample deliveries themselves: what is in them, what is new in each, and that they are signed. */
import { describe, expect, test } from 'vitest';
import { delivery, signedDelivery } from '../../scripts/webhooks/deliveries.ts';
import { readSample, samples, vendors, type Vendor } from '../../scripts/webhooks/samples.ts';
import { isSigned, secret } from './receiver.js';
import { richpanel, shopify, whatsapp } from './webhook-shapes.js';

const shapes = { shopify, whatsapp, richpanel };
const all = vendors.flatMap((vendor) => samples(vendor).map((sample) => ({ vendor, sample })));

type Sent = ReturnType<typeof delivery>;

function signed({ vendor, headers, body }: Sent): boolean {
  const lower = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return isSigned({ method: 'POST', path: `/webhooks/${vendor}/key`, headers: lower, body });
}

function inBody({ body }: Sent, pattern: RegExp): string[] {
  return [...body.toString().matchAll(pattern)].map(([, found]) => found ?? '');
}

function differences(a: Buffer, b: Buffer): number {
  return a.filter((byte, index) => byte !== b[index]).length + Math.abs(a.length - b.length);
}

test.each(vendors)('%s has a sample of everything it may send', (vendor) => {
  expect(samples(vendor)).toEqual(Object.keys(shapes[vendor]).toSorted());
});

describe.each(all)('$vendor $sample', ({ vendor, sample }) => {
  const fresh = delivery({ vendor, sample, secret });
  const same = delivery({ vendor, sample, secret, same: true });

  test('has the shape the vendor gives it, compact, in ASCII, and is signed', () => {
    for (const each of [fresh, same]) {
      const text = each.body.toString();
      expect(shapes[vendor][sample]!.safeParse(JSON.parse(text))).toMatchObject({ success: true });
      expect(text).toMatch(/^[\x20-\x7e]+$/);
      expect(signed(each)).toBe(true);
      expect(each.headers['Content-Type']).toBe('application/json');
    }
  });

  test('is another delivery each time', () => {
    const next = delivery({ vendor, sample, secret });
    const idOf = ({ headers, body }: Sent) => headers['X-Shopify-Webhook-Id'] ?? body.toString();
    expect(new Set([same, fresh, next].map(idOf)).size).toBe(3);
  });

  test('is the sample as it stands when asked for the same, byte for byte', () => {
    expect(JSON.parse(same.body.toString())).toEqual(JSON.parse(readSample(vendor, sample)));
    expect(delivery({ vendor, sample, secret, same: true })).toEqual(same);
  });

  test('differs in one byte from what was signed when tampered with, and is still JSON', () => {
    const tampered = delivery({ vendor, sample, secret, same: true, tamper: true });
    expect(signed(tampered)).toBe(false);
    expect(() => JSON.parse(tampered.body.toString()) as unknown).not.toThrow();
    expect(differences(tampered.body, same.body)).toBe(vendor === 'richpanel' ? 0 : 1);
  });
});

test('each delivery of Shopify’s is new: its ids, exact in the global ids too, and its times', () => {
  const [first, second] = [1, 2].map(() => delivery({ vendor: 'shopify', sample: 'orders/create', secret }));
  for (const name of ['X-Shopify-Webhook-Id', 'X-Shopify-Event-Id']) {
    expect(first!.headers[name]).toMatch(/^[\da-f-]{36}$/);
    expect(first!.headers[name]).not.toBe(second!.headers[name]);
  }
  expect(first!.headers).toMatchObject({
    'User-Agent': 'Shopify-Captain-Hook',
    'X-Shopify-Topic': 'orders/create',
    'X-Shopify-Shop-Domain': 'volt-motors-demo.myshopify.com',
    'X-Shopify-API-Version': '2026-10',
  });
  for (const each of [first!, second!]) {
    const [id] = inBody(each, /^\{"id":(\d{18}),/g);
    expect(inBody(each, /gid:\/\/shopify\/Order\/(\d+)"/g)).toEqual([id]);
    const [updated] = inBody(each, /"updated_at":"([^"]+-05:00)"/g);
    expect(Math.abs(Date.now() - Date.parse(updated!))).toBeLessThan(5_000);
    expect(Math.abs(Date.now() - Date.parse(each.headers['X-Shopify-Triggered-At']!))).toBeLessThan(5_000);
  }
  const lineItems = (each: Sent) => inBody(each, /gid:\/\/shopify\/LineItem\/(\d+)"/g);
  expect(new Set([first!, second!].flatMap(lineItems)).size).toBe(4);
  const people = (each: Sent) => inBody(each, /gid:\/\/shopify\/Customer\/(\d+)"/g);
  expect(people(first!)).toEqual(people(second!));
});

test('a time keeps its distance to the others, and its offset', () => {
  const text = delivery({ vendor: 'shopify', sample: 'fulfillment_events/create', secret });
  const [estimated] = inBody(text, /"estimated_delivery_at":"([^"]+)"/g);
  const [created] = inBody(text, /"created_at":"([^"]+)"/g);
  expect(Date.parse(estimated!) - Date.parse(created!)).toBe(8 * 3_600_000);
});

test('each delivery of WhatsApp’s has new message ids of the same peer, and the present time', () => {
  const [first, second] = [1, 2].map(() => delivery({ vendor: 'whatsapp', sample: 'batch', secret }));
  const ids = (each: Sent) => inBody(each, /"id":"(wamid\.[^"]+)"/g);
  expect(new Set([...ids(first!), ...ids(second!)]).size).toBe(10);
  // delivered and read are of one message
  expect(ids(first!)[2]).toBe(ids(first!)[3]);
  const inside = ids(first!).map((id) => Buffer.from(id.slice('wamid.'.length), 'base64').toString('latin1'));
  expect(inside.map((each) => /1202555\d{4}/.exec(each)?.[0])).toEqual([
    ...Array.from({ length: 4 }, () => '12025550143'),
    ...Array.from({ length: 2 }, () => '12025550162'),
  ]);
  const seconds = inBody(first!, /"timestamp":"(\d+)"/g).map(Number);
  expect(Math.abs(Date.now() / 1_000 - Math.max(...seconds))).toBeLessThan(5);
});

test('each delivery of Richpanel’s is about a ticket of its own', () => {
  const asked = { vendor: 'richpanel', sample: 'ticket.updated', secret } as const;
  expect(delivery(asked).body).not.toEqual(delivery(asked).body);
});

test('WhatsApp’s text is sent and signed in Meta’s escaped form', () => {
  const sent = delivery({ vendor: 'whatsapp', sample: 'text.unicode', secret });
  expect(readSample('whatsapp', 'text.unicode')).toContain('Grüße');
  expect(sent.body.toString()).toContain(String.raw`Gr\u00fc\u00dfe aus K\u00f6ln`);
  expect(sent.body.toString()).toContain(String.raw`\ud83d\udef5`);
});

test('any other body can be signed as well', () => {
  expect(signed(signedDelivery({ vendor: 'whatsapp', body: '{"object":"ä"}', secret }))).toBe(true);
});

test.each<[Vendor, string]>([
  ['shopify', 'orders/none'],
  ['whatsapp', '../shopify/orders.create'],
])('%s has no sample %s', (vendor, sample) => {
  expect(() => delivery({ vendor, sample, secret })).toThrow(RangeError);
});
