/** What is kept of a delivery: the bytes as they came, few of its headers, and nothing that proves anything. */
import { once } from 'node:events';
import { request as open } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import { password } from '../../support/factory.js';
import { connected, counted, countOf, lastStoredAt, type Connected } from '../../webhooks/connected.js';
import { deliver, proofs, proving, signed, vendors, type Vendor } from '../../webhooks/signed.js';
import { expectBareProblem, expectProblem } from '../answers.js';

let t: TestApp;
let at: Record<Vendor, Connected>;
beforeAll(async () => {
  t = await startTestApp();
  const [shopify, whatsapp, richpanel] = await Promise.all(vendors.map((vendor) => connected(t, vendor)));
  at = { shopify: shopify!, whatsapp: whatsapp!, richpanel: richpanel! };
});
afterAll(() => t.close());

const mebibyte = 1024 * 1024;

const bodies: Readonly<Record<string, string | Buffer>> = {
  'Meta’s escaped form': '{"body":"Gr\\u00fc\\u00dfe \\ud83d\\udc4b"}',
  'the same text, not escaped': '{"body":"Grüße 👋"}',
  'JSON over many lines': JSON.stringify({ a: [1, { b: 'c' }] }, undefined, 2),
  'JSON with Windows line ends, tabs and a newline at its end': '{\r\n\t"a" : 1\r\n}\r\n',
  'a number beyond 2^53 and one with zeros': '{"id":820982911946154508,"price":10.00}',
  'a key that comes twice': '{"a":1,"a":2}',
  'keys that JavaScript knows': '{"__proto__":{"x":1},"constructor":{"prototype":{}}}',
  'a byte order mark': '\ufeff{}',
  'an escaped NUL and half of a pair': '{"a":"\\u0000","b":"\\ud800"}',
  'bytes that are not UTF-8': Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0xc3, 0x28, 0x22, 0x7d]),
  'bytes of every kind': Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
  'JSON that is cut off': '{"a":[1,2',
  'no JSON at all': 'hello=world&x=1',
  'JSON nested 5,000 levels deep': '['.repeat(5_000) + ']'.repeat(5_000),
  'a single space': ' ',
  null: 'null',
};

describe.each(vendors)('%s', (vendor) => {
  test.each(Object.entries(bodies))('stores %s byte for byte', async (_, body) => {
    const bytes = Buffer.from(body);
    const answer = await deliver(t.http, at[vendor].path, signed(vendor, at[vendor].secret, bytes)).expect(
      200,
    );
    expect(answer.body).toEqual({ status: 'stored' });
    const row = await lastStoredAt(t, at[vendor]);
    expect(row.body).toEqual(bytes);
    expect(row.delivery_key).toHaveLength(32);
  });

  test('400 without a body, and nothing is stored; but the signature comes first', async () => {
    const before = await countOf(t, 'webhook_deliveries');
    const refused = await counted(t.http, vendor, 'malformed-request');
    const empty = signed(vendor, at[vendor].secret, '');
    expectProblem(await deliver(t.http, at[vendor].path, empty), 'malformed-request');
    const { 'content-type': _, ...withoutType } = empty.headers;
    expectProblem(await t.http().post(at[vendor].path).set(withoutType), 'malformed-request');
    expect(await counted(t.http, vendor, 'malformed-request')).toBe(refused + 2);
    const forged = proving(vendor, empty, 'x');
    expectBareProblem(await deliver(t.http, at[vendor].path, forged), 'signature-invalid');
    expect(await countOf(t, 'webhook_deliveries')).toBe(before);
  });

  test('3 MiB are stored; one byte more is 413, also when its length was not announced', async () => {
    const largest = Buffer.alloc(3 * mebibyte, 'x');
    const delivery = signed(vendor, at[vendor].secret, largest);
    await deliver(t.http, at[vendor].path, delivery).expect(200);
    const { rows } = await t.admin.query<{ same: boolean }>(
      'SELECT body = $2 AS same FROM webhook_deliveries WHERE endpoint_id = $1 ORDER BY id DESC LIMIT 1',
      [at[vendor].endpointId, largest],
    );
    expect(rows).toEqual([{ same: true }]);
    const before = await countOf(t, 'webhook_deliveries');
    const larger = signed(vendor, at[vendor].secret, Buffer.alloc(3 * mebibyte + 1, 'x'));
    expect(await announced(at[vendor].path, larger.headers, larger.body.length)).toBe(413);
    expect(await streamed(at[vendor].path, larger.headers, larger.body)).toBe(413);
    expect(await countOf(t, 'webhook_deliveries')).toBe(before);
  });

  test('415 for anything but JSON, though it is signed', async () => {
    const { path, secret } = at[vendor];
    const before = await countOf(t, 'webhook_deliveries');
    const types = [
      'text/plain',
      'text/json',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/octet-stream',
      'application/xml',
      'application/jsonp',
      'application/vnd.api+json',
      '*/*',
      'nonsense',
    ];
    for (const type of types) {
      const answer = await deliver(t.http, path, signed(vendor, secret, '{}', { 'content-type': type }));
      expectBareProblem(answer, 'unsupported-media-type');
    }
    expect(await countOf(t, 'webhook_deliveries')).toBe(before);
    const charset = { 'content-type': 'Application/JSON; charset=utf-8' };
    await deliver(t.http, path, signed(vendor, secret, '{"charset":1}', charset)).expect(200);
  });

  test('answers POST alone', async () => {
    const methods = [
      'put',
      'patch',
      'delete',
      ...(vendor === 'whatsapp' ? [] : (['get', 'head'] as const)),
    ] as const;
    for (const method of methods) {
      const { status } = await t.http()[method](at[vendor].path);
      expect([method, status]).toEqual([method, 404]);
    }
  });

  test('what is kept of it holds neither its proof nor a secret nor any header that is not listed', async () => {
    const { secret, path } = at[vendor];
    const vendorsOwn = {
      'x-shopify-event-id': 'event-1',
      'x-shopify-triggered-at': '2026-11-21T08:30:00.000Z',
      'x-shopify-name': 'orders',
      'x-shopify-test': 'true',
    };
    const delivery = signed(vendor, secret, '{"headers":1}', {
      'x-shopify-topic': 'orders/updated',
      'x-shopify-shop-domain': 'Lamps.myshopify.com',
      'x-shopify-api-version': '2026-10',
      'x-shopify-webhook-id': 'webhook-1',
      ...vendorsOwn,
      'x-shopify-unheard-of': 'x',
      'x-shopify-access-token': 'shpat_leaked',
      authorization: 'Bearer leaked',
      cookie: 'session=leaked',
      'user-agent': 'Shopify-Captain-Hook',
      'x-forwarded-for': '203.0.113.9',
      'x-hub-signature': 'sha1=leaked',
    });
    await deliver(t.http, path, delivery).expect(200);
    const row = await lastStoredAt(t, at[vendor]);
    expect(row.headers).toEqual(
      vendor === 'shopify'
        ? {
            'x-shopify-topic': 'orders/updated',
            'x-shopify-shop-domain': 'Lamps.myshopify.com',
            'x-shopify-api-version': '2026-10',
            'x-shopify-webhook-id': 'webhook-1',
            ...vendorsOwn,
          }
        : {},
    );
    const { rows } = await t.admin.query<{ all: string }>(
      `SELECT d::text || e::text || coalesce(string_agg(j::text, ''), '') AS all
         FROM webhook_deliveries d JOIN endpoints e ON e.id = d.endpoint_id
         LEFT JOIN pgboss.job_common j ON j.data -> 'deliveryIds' ? d.id::text
        WHERE d.id = $1 GROUP BY d.id, e.id`,
      [row.id],
    );
    const proof = delivery.headers[proofs[vendor].header]!;
    for (const told of [proof, proof.slice(8, 30), secret, at[vendor].verifyToken, 'leaked']) {
      expect(rows[0]!.all).not.toContain(told);
    }
  });
});

/** Only the head is sent; what is announced is refused before it comes. */
async function announced(path: string, headers: object, length: number): Promise<number | undefined> {
  const sent = open({ ...server(), path, method: 'POST', headers: { ...headers, 'content-length': length } });
  sent.on('error', () => undefined);
  sent.flushHeaders();
  const [response] = (await once(sent, 'response')) as [{ statusCode?: number }];
  sent.destroy();
  return response.statusCode;
}

/** In chunks, so that nobody knows the end before it is there. */
async function streamed(path: string, headers: object, body: Buffer): Promise<number | undefined> {
  const sent = open({
    ...server(),
    path,
    method: 'POST',
    headers: { ...headers, 'transfer-encoding': 'chunked' },
  });
  sent.on('error', () => undefined);
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [{ statusCode?: number }];
  sent.destroy();
  return response.statusCode;
}

function server(): { host: string; port: number } {
  return { host: '127.0.0.1', port: (t.app.getHttpServer().address() as AddressInfo).port };
}

describe('Shopify', () => {
  const required = [
    'x-shopify-topic',
    'x-shopify-shop-domain',
    'x-shopify-api-version',
    'x-shopify-webhook-id',
  ];

  test.each(required)('400 without %s, empty, or longer than 255 characters', async (name) => {
    const { path, secret } = at.shopify;
    const before = await countOf(t, 'webhook_deliveries');
    const { headers, body } = signed('shopify', secret, '{"n":1}');
    const { [name]: _, ...without } = headers;
    for (const each of [without, { ...headers, [name]: '' }, { ...headers, [name]: 'x'.repeat(256) }]) {
      const answer = await deliver(t.http, path, { headers: each, body });
      expectProblem(answer, 'malformed-request');
      expect(answer.body.detail).toContain(name);
    }
    expect(await countOf(t, 'webhook_deliveries')).toBe(before);
    const forged = proving('shopify', { headers: without, body }, 'x');
    expectBareProblem(await deliver(t.http, path, forged), 'signature-invalid');
  });

  test('an optional header is left out when it is longer than 255 characters, and kept up to there', async () => {
    const headers = { 'x-shopify-name': 'x'.repeat(256), 'x-shopify-event-id': 'e'.repeat(255) };
    const delivery = signed('shopify', at.shopify.secret, '{"n":2}', headers);
    await deliver(t.http, at.shopify.path, delivery).expect(200);
    const kept = (await lastStoredAt(t, at.shopify)).headers;
    expect(Object.keys(kept).toSorted()).toEqual([...required, 'x-shopify-event-id'].toSorted());
  });
});

describe('every other route', () => {
  const ask = (body: string) =>
    t.http().post('/v1/sessions').set('content-type', 'application/json').send(body);

  test('still parses JSON, and refuses what is none', async () => {
    const { email } = await t.make.member(await t.make.organization());
    await ask(JSON.stringify({ email, password })).expect(201);
    for (const body of ['{"email":', '{"a":1}{', '{"__proto__":{"x":1}}', '\ufeff{']) {
      expectProblem(await ask(body), 'malformed-request');
    }
  });

  test('still takes 256 KiB and no more', async () => {
    const padded = (bytes: number) =>
      JSON.stringify({ email: '', password: 'x' }).replace('""', `"${'e'.repeat(bytes - 27)}"`);
    expect(Buffer.byteLength(padded(256 * 1024))).toBe(256 * 1024);
    expectProblem(await ask(padded(256 * 1024)), 'validation-failed');
    expectBareProblem(await ask(padded(256 * 1024 + 1)), 'payload-too-large');
  });
});

test('the description promises every code that is answered', async () => {
  const { body } = await t.http().get('/openapi.json').expect(200);
  const { paths } = body as {
    paths: Record<string, Record<string, { responses: object; security?: unknown }>>;
  };
  for (const vendor of vendors) {
    const { post } = paths[`/webhooks/${vendor}/{endpointKey}`]!;
    const statuses = Object.keys(post!.responses);
    expect([vendor, statuses]).toEqual([
      vendor,
      expect.arrayContaining(['200', '400', '401', '404', '413', '415', '503']),
    ]);
  }
  const { get } = paths['/webhooks/whatsapp/{endpointKey}']!;
  expect(Object.keys(get!.responses)).toEqual(expect.arrayContaining(['200', '400', '401', '404']));
});
