/**
 * The vendors' own samples through the whole application, signed with this test's secret: every body is accepted, split
 * and understood. They are not ours to ship: `VENDOR_CORPUS` names the folder that holds them.
 */
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shopifyHeaders, signedDelivery } from '../../scripts/webhooks/deliveries.ts';
import { Endpoints } from '../../src/connections/endpoints.service.js';
import { platformOwner, webhookPath, type Vendor } from '../../src/connections/vendors.js';
import { startTestApp, type TestApp } from '../support/app.js';
import type { SignedIn } from '../support/factory.js';

const corpus = process.env['VENDOR_CORPUS'] ?? '';
if (corpus === '')
  console.log('VENDOR_CORPUS is not set: the vendors’ own webhook samples were not received');

const secret = 'the-secret-of-this-test-alone';
const read = (folder: string) =>
  readdirSync(join(corpus, folder))
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({
      name: name.replace('.json', ''),
      text: readFileSync(join(corpus, folder, name), 'utf8'),
    }));

describe.skipIf(corpus === '')('the vendors’ own samples', () => {
  let t: TestApp;
  let owner: SignedIn;
  beforeAll(async () => {
    t = await startTestApp({ ROLE: 'all' });
    owner = await t.make.signedIn();
  });
  afterAll(() => t.close());

  const connect = async (provider: Vendor, account: string, accessToken: string): Promise<string> => {
    const webhook = provider === 'shopify' ? { webhook: { secret } } : {};
    const input = { provider, account, name: account, credentials: { accessToken }, ...webhook };
    const { body } = await t.http().post('/v1/connections').set(owner.bearer).send(input).expect(201);
    expect(body.status).toBe('verified');
    return body.webhook.path as string;
  };
  const platformEndpoint = async (): Promise<string> => {
    const secrets = { secret, verifyToken: 'the-verify-token-of-this-test' };
    const made = await t.app.get(Endpoints).make('whatsapp', platformOwner, secrets);
    const { id, key, ownerId, secret: sealed, verifyToken } = made;
    await t.admin.query(
      `INSERT INTO endpoints (id, key, provider, owner_id, secret, verify_token) VALUES ($1, $2, 'whatsapp', $3, $4, $5)`,
      [id, key, ownerId, sealed, verifyToken],
    );
    return webhookPath('whatsapp', key);
  };
  const post = async (vendor: Vendor, path: string, text: string, headers: Record<string, string> = {}) => {
    const signed = signedDelivery({ vendor, body: text, secret, headers });
    await t
      .http()
      .post(path)
      .set(signed.headers)
      .send(signed.body.toString())
      .expect(200, { status: 'stored' });
  };
  const handledTypes = async (path: string): Promise<string[]> => {
    const { rows } = await t.admin.query<{ type: string; handled: boolean }>(
      `SELECT e.type, e.handled_at IS NOT NULL AS handled FROM webhook_events e
         JOIN webhook_deliveries d ON d.id = e.delivery_id JOIN endpoints p ON p.id = d.endpoint_id
        WHERE $1 LIKE '%/' || p.key ORDER BY 1`,
      [path],
    );
    return rows.map(({ type, handled }) => (handled ? type : `${type}, not handled`));
  };

  test('Shopify: 8 recorded deliveries and 4 documented bodies', async () => {
    const path = await connect('shopify', 'shop.myshopify.com', 'shpat_mock_shop');
    const recorded = read('shopify/webhooks').map(({ name, text }) => ({
      topic: name.replace('.', '/'),
      text: JSON.stringify((JSON.parse(text) as { body: object }).body),
    }));
    const documented = read('shopify/webhooks-2026-04').map(({ name, text }) => ({
      topic: name.replace('.', '/'),
      text: text.replaceAll('{shop}', 'shop'),
    }));
    // The app's removal last: it disables the connection.
    const all = [...recorded, ...documented].toSorted(
      (a, b) => Number(a.topic === 'app/uninstalled') - Number(b.topic === 'app/uninstalled'),
    );
    expect(all).toHaveLength(12);
    const topics = all.map(({ topic }) => topic).toSorted();
    const last = all.pop()!;
    for (const { topic, text } of all) await post('shopify', path, text, headersOf(topic));
    await expect.poll(() => handledTypes(path), { timeout: 20_000 }).toHaveLength(11);
    await post('shopify', path, last.text, headersOf(last.topic));
    await expect.poll(() => handledTypes(path), { timeout: 20_000 }).toEqual(topics);
    await expectNothingUnclaimed();
  });

  test('WhatsApp: 11 deliveries, of which one repeats the facts of two others', async () => {
    const path = await platformEndpoint();
    await connect('whatsapp', '106540352242922', 'EAAmock106540352242922');
    await connect('whatsapp', '1122334455667', 'EAAmock1122334455667');
    const all = read('whatsapp').filter(({ name }) => /^(message|status|DERIVED)\./.test(name));
    expect(all).toHaveLength(11);
    // Meta's documentation gives the image and the text one id; in life they would be one message.
    const deliveries = all.map(({ name, text }) => ({
      name,
      text: name === 'message.image' ? text.replace('0RgA=', '0RgB=') : text,
    }));
    const repeating = deliveries.splice(
      deliveries.findIndex(({ name }) => name.startsWith('DERIVED')),
      1,
    )[0]!;
    for (const { text } of deliveries) await post('whatsapp', path, text);
    await expect
      .poll(() => handledTypes(path), { timeout: 20_000 })
      .toEqual(deliveries.map(({ text }) => typeOf(text)).toSorted());
    await post('whatsapp', path, repeating.text);
    await expect.poll(unsplit, { timeout: 20_000 }).toBe(0);
    expect(await handledTypes(path)).toHaveLength(10);
    await expectNothingUnclaimed();
  });

  const headersOf = (topic: string) => ({
    ...shopifyHeaders(topic, new Date(), () => randomUUID()),
    'X-Shopify-Shop-Domain': 'shop.myshopify.com',
  });

  async function unsplit(): Promise<number> {
    const { rows } = await t.admin.query('SELECT FROM webhook_deliveries WHERE split_at IS NULL');
    return rows.length;
  }

  async function expectNothingUnclaimed(): Promise<void> {
    const { rows } = await t.admin.query('SELECT type, account, reason FROM webhook_unclaimed');
    expect(rows).toEqual([]);
  }
});

function typeOf(text: string): string {
  const [, type] = /"type": *"(button|image|interactive|text)"/.exec(text) ?? [];
  const [, reply] = /"type": *"(button_reply|list_reply)"/.exec(text) ?? [];
  const [, status] = /"status": *"(\w+)"/.exec(text) ?? [];
  return status ? `status.${status}` : `message.${reply ? `interactive.${reply}` : type}`;
}
