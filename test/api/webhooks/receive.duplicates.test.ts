/** Vendors send again what they think was lost, and sometimes what was not: a delivery is stored once, and acknowledged each time. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import { connected, counted, countOf, storedAt } from '../../webhooks/connected.js';
import { deliver, proving, signed, type Signed } from '../../webhooks/signed.js';

let t: TestApp;
let elsewhere: TestApp['http'];
beforeAll(async () => {
  t = await startTestApp();
  elsewhere = await t.another({});
});
afterAll(() => t.close());

/** Over both processes at once. @returns how often each was answered */
async function sendAll(path: string, deliveries: readonly Signed[]): Promise<Record<string, number>> {
  const answers = await Promise.all(
    deliveries.map(async (each, index) =>
      deliver(index % 2 === 0 ? t.http : elsewhere, path, each).expect(200),
    ),
  );
  const outcomes = Map.groupBy(answers, ({ body }) => (body as { status: string }).status);
  return Object.fromEntries([...outcomes].map(([status, all]) => [status, all.length]));
}
const times = (count: number, delivery: Signed): Signed[] => Array.from({ length: count }, () => delivery);

describe.each(['shopify', 'whatsapp'] as const)('%s', (vendor) => {
  test('20 equal deliveries over two processes at once store one, and all are acknowledged', async () => {
    const endpoint = await connected(t, vendor);
    const delivery = signed(vendor, endpoint.secret, '{"n":1}');
    const before = await counted(t.http, vendor, 'duplicate');
    expect(await sendAll(endpoint.path, times(20, delivery))).toEqual({ stored: 1, duplicate: 19 });
    expect(await storedAt(t, endpoint)).toHaveLength(1);
    expect(await counted(t.http, vendor, 'duplicate')).toBeGreaterThan(before);
    // Hours later, in one process alone, it is still the same.
    expect(await sendAll(endpoint.path, [delivery])).toEqual({ duplicate: 1 });
    expect(await storedAt(t, endpoint)).toHaveLength(1);
  });

  test('deliveries that cross each other in two processes, in any order, wait for each other and not for ever', async () => {
    const endpoint = await connected(t, vendor);
    const ten = Array.from({ length: 10 }, (_, n) => signed(vendor, endpoint.secret, JSON.stringify({ n })));
    const crossed = ten.flatMap((each, index) => [each, ten[9 - index]!, each, ten[9 - index]!]);
    expect(await sendAll(endpoint.path, crossed)).toEqual({ stored: 10, duplicate: 30 });
    expect(await storedAt(t, endpoint)).toHaveLength(10);
  });

  test('the same delivery at another endpoint is another', async () => {
    const [one, two] = [await connected(t, vendor), await connected(t, vendor)];
    const first = signed(vendor, one.secret, '{"n":2}');
    const second = proving(vendor, first, undefined);
    const { headers } = signed(vendor, two.secret, '{"n":2}');
    expect(await sendAll(one.path, [first])).toEqual({ stored: 1 });
    const resigned = { ...second, headers: { ...headers, ...second.headers } };
    expect(await sendAll(two.path, [resigned])).toEqual({ stored: 1 });
  });

  test('a duplicate signed with the other secret of a rotation is a duplicate', async () => {
    const endpoint = await connected(t, vendor);
    const delivery = signed(vendor, endpoint.secret, '{"n":3}');
    await deliver(t.http, endpoint.path, delivery).expect(200);
    const next = randomUUID();
    const patch = t.http().patch(`/v1/connections/${endpoint.connectionId}`).set(endpoint.owner.bearer);
    await patch.send({ webhook: { secret: next } }).expect(200);
    const again = signed(vendor, next, '{"n":3}', {
      ...(vendor === 'shopify' && { 'x-shopify-webhook-id': delivery.headers['x-shopify-webhook-id']! }),
    });
    expect(await sendAll(endpoint.path, [again])).toEqual({ duplicate: 1 });
  });

  test('a refused delivery takes the place of none', async () => {
    const endpoint = await connected(t, vendor);
    const delivery = signed(vendor, endpoint.secret, '{"n":4}');
    await deliver(t.http, endpoint.path, proving(vendor, delivery, 'x')).expect(401);
    expect(await sendAll(endpoint.path, [delivery])).toEqual({ stored: 1 });
  });
});

describe('Shopify, whose headers nobody signed', () => {
  test('another body or topic under an id that was used is another delivery, and so is the same body under another id', async () => {
    const { path, secret, endpointId } = await connected(t, 'shopify');
    const id = randomUUID();
    const make = (body: string, headers: Record<string, string> = {}) =>
      signed('shopify', secret, body, { 'x-shopify-webhook-id': id, ...headers });
    const different = [
      make('{"n":1}'),
      make('{"n":2}'),
      make('{"n":1}', { 'x-shopify-topic': 'orders/updated' }),
      make('{"n":1}', { 'x-shopify-webhook-id': randomUUID() }),
      make('{"n":1} '),
    ];
    expect(await sendAll(path, different)).toEqual({ stored: 5 });
    expect(await sendAll(path, different)).toEqual({ duplicate: 5 });
    expect(await storedAt(t, { endpointId })).toHaveLength(5);
  });

  test('when it was triggered, and for the how manieth time, makes no difference', async () => {
    const { path, secret } = await connected(t, 'shopify');
    const delivery = signed('shopify', secret, '{"n":1}');
    const later = {
      ...delivery,
      headers: { ...delivery.headers, 'x-shopify-triggered-at': '2026-11-21T09:00:00Z' },
    };
    expect(await sendAll(path, [delivery])).toEqual({ stored: 1 });
    expect(await sendAll(path, [later])).toEqual({ duplicate: 1 });
  });
});

test('Richpanel sends no id: equal bodies are as many deliveries', async () => {
  const endpoint = await connected(t, 'richpanel');
  const delivery = signed('richpanel', endpoint.secret, '{"ticketId":"1"}');
  expect(await sendAll(endpoint.path, times(20, delivery))).toEqual({ stored: 20 });
  expect(await storedAt(t, endpoint)).toHaveLength(20);
});

test('every stored delivery is named by one job, in the transaction that stored it', async () => {
  const named = `SELECT count(*)::int AS jobs FROM webhook_deliveries d
    JOIN pgboss.job_common j ON j.name = 'split-deliveries' AND j.data -> 'deliveryIds' ? d.id::text
    GROUP BY d.id`;
  const { rows } = await t.admin.query<{ jobs: number }>(named);
  expect(rows).toHaveLength(await countOf(t, 'webhook_deliveries'));
  expect(rows.filter(({ jobs }) => jobs !== 1)).toEqual([]);
  const { rows: same } = await t.admin.query(
    `SELECT FROM pgboss.job_common j JOIN webhook_deliveries d ON j.data -> 'deliveryIds' ? d.id::text AND d.xmin <> j.xmin`,
  );
  expect(same).toEqual([]);
});
