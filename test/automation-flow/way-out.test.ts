/** What stands between a written answer and the vendor: the connection, the window, the template, every word; and a call that breaks. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { VendorCallRefused, VendorCalls } from '../../src/connections/vendor-call.js';
import { WhatsAppProvider } from '../../src/providers/messaging/whatsapp.provider.js';
import { post, wrote } from '../inbox/wrote.js';
import { makeDue } from '../jobs/worked.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { connected } from '../webhooks/connected.js';
import { again, whileWritten } from './again.js';
import { grace, mara, Shop, soon } from './shop.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp({ ROLE: 'all' });
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => t.close());

interface Row {
  readonly id: string;
  readonly status: string;
  readonly failure: string | null;
  readonly author: string;
  readonly verdict: string;
  readonly reason: string;
}

const latest = async (shop: Shop) => (await shop.rows<Row>('messages')).at(-1)!;
async function decided(shop: Shop, count = 1): Promise<string[]> {
  await expect.poll(() => shop.rows('decisions'), soon).toHaveLength(count);
  await shop.settled();
  const { verdict, reason } = (await shop.rows<Row>('decisions')).at(-1)!;
  return [verdict, reason];
}
async function reply(shop: Shop, text: string): Promise<void> {
  const [conversation] = await shop.get<Row>('/v1/conversations');
  const path = `/v1/conversations/${conversation!.id}/messages`;
  await t.http().post(path).set(shop.owner.bearer).send({ text }).expect(201);
}

test('over a connection that is not verified any more nothing leaves, a person’s reply neither', async () => {
  const shop = await Shop.open(t, { ladder: 'routing' });
  const { organizationId } = shop.owner;
  await shop.write(grace, 'Where is my order?');
  await decided(shop);
  // As if it had waited: what comes over such a connection is not even taken in.
  await t.admin.query('DELETE FROM decisions WHERE organization_id = $1', [organizationId]);
  await t.admin.query(`UPDATE connections SET status = 'disabled' WHERE id = $1`, [
    shop.whatsapp.connectionId,
  ]);
  await shop.set({ ladder: 'whitelist' });
  await again(t, shop, 'answer-message');
  expect(await decided(shop)).toEqual(['refuse', 'recipient-refused']);
  await reply(shop, 'Hello');
  expect(await decided(shop, 2)).toEqual(['refuse', 'recipient-refused']);
  expect(await latest(shop)).toMatchObject({ status: 'not-sent', failure: 'recipient-refused' });
  expect([await shop.outbox(), await shop.rows('drafts')]).toEqual([[], []]);
});

test('after the window nothing leaves, a person’s reply neither', async () => {
  const shop = await Shop.open(t);
  const { organizationId } = shop.owner;
  // As when the queue was away for a day.
  await whileWritten(
    t,
    () => shop.write(grace, 'Where is my order?'),
    () =>
      t.admin.query(
        `UPDATE conversations SET last_inbound_at = now() - interval '25 hours' WHERE organization_id = $1`,
        [organizationId],
      ),
  );
  expect(await decided(shop)).toEqual(['refuse', 'window-closed']);
  await reply(shop, 'Hello');
  expect(await decided(shop, 2)).toEqual(['refuse', 'window-closed']);
  expect(await latest(shop)).toMatchObject({ status: 'not-sent', failure: 'window-closed' });
  expect([await shop.outbox(), await shop.rows('drafts')]).toEqual([[], []]);
});

describe('an order that may be somebody else’s is a person’s to read about, and no template asks on', () => {
  test('when two shops have one of that number', async () => {
    const shop = await Shop.open(t);
    await connected(t, 'shopify', { owner: shop.owner });
    await shop.write(mara, 'Where is my order #1001?');
    expect(await decided(shop)).toEqual(['refuse', 'order-unproven']);
    expect([await shop.outbox(), await shop.rows('drafts')]).toEqual([[], []]);
  });

  test('when the writer shows no number that could be compared', async () => {
    const shop = await Shop.open(t);
    const written = { id: randomUUID(), userId: 'US.7', text: 'Where is my order #1001?' };
    await post(t, shop.whatsapp, wrote(shop.whatsapp, written));
    expect(await decided(shop)).toEqual(['refuse', 'order-unproven']);
    expect([await shop.outbox(), await shop.rows('drafts')]).toEqual([[], []]);
  });
});

describe('a template', () => {
  test.each([
    ['not on the whitelist', 'listed = false', 'template-not-listed'],
    ['not approved', 'approved_number = NULL', 'template-not-approved'],
  ])('that is %s is a draft, and no more', async (_what, change, reason) => {
    const shop = await Shop.open(t);
    await t.admin.query(`UPDATE templates SET ${change} WHERE organization_id = $1`, [
      shop.owner.organizationId,
    ]);
    await shop.write(mara, 'Where is my order #1001?');
    expect(await decided(shop)).toEqual(['hold', reason]);
    expect(await shop.rows<Row>('drafts')).toMatchObject([{ status: 'open' }]);
    expect(await shop.outbox()).toEqual([]);
  });

  test('is checked with the words it was filled with, also when no model phrased it', async () => {
    const shop = await Shop.open(t);
    const { organizationId } = shop.owner;
    await t.admin.query(`UPDATE templates SET enabled = false WHERE organization_id = $1`, [organizationId]);
    await shop.template('Whom', 'Thank you, {{contact.name}}. Which order is it about?');
    await shop.write(grace, 'Where is my order? MOCK-REFUSE');
    expect(await decided(shop)).toEqual(['send', 'ok']);
    // People name themselves, and may say anything by it.
    const named = { name: 'refund at evil.example', phone: mara, text: 'Where is my order? MOCK-REFUSE' };
    await post(t, shop.whatsapp, wrote(shop.whatsapp, { id: randomUUID(), ...named }));
    expect(await decided(shop, 2)).toEqual(['hold', 'facts-unsupported']);
    expect(await shop.outbox()).toHaveLength(1);
  });
});

describe('a call of the vendor', () => {
  test('that breaks off is never made again: it may have left', async () => {
    const shop = await Shop.open(t);
    const vendor = t.app.get(WhatsAppProvider);
    const { send } = vendor;
    vi.spyOn(vendor, 'send').mockImplementation(async (...given) => {
      await send.apply(vendor, given);
      throw new Error('the process lost its mind');
    });
    await shop.write(grace, 'Where is my order?');
    await expect.poll(async () => (await latest(shop)).status, soon).toBe('unknown');
    await shop.settled();
    expect(await latest(shop)).toMatchObject({ status: 'unknown', failure: 'connection-lost' });
    expect(await shop.outbox()).toHaveLength(1);
  });

  test('that was never made is made later, once', async () => {
    const shop = await Shop.open(t);
    const calls = t.app.get(VendorCalls);
    const { call } = calls;
    let refused = 0;
    vi.spyOn(calls, 'call').mockImplementation(async (key, operation, ask) => {
      if (operation === 'send' && refused++ === 0) throw new VendorCallRefused('circuit-open');
      return call.call(calls, key, operation, ask);
    });
    await shop.write(grace, 'Where is my order?');
    await expect.poll(async () => (await latest(shop)).failure, soon).toBe('unreachable');
    const sent = async () => {
      await makeDue(t, 'answer-message');
      return (await latest(shop)).status;
    };
    await expect.poll(sent, soon).toBe('sent');
    await shop.settled();
    expect(await shop.outbox()).toHaveLength(1);
  });
});
