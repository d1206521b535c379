/** One endpoint with its sealed secret, and signed deliveries for it. */
import { createHmac, randomBytes } from 'node:crypto';
import { escapeLiteral } from 'pg';
import type { Config } from '../../src/config/config.module.js';
import { Endpoints, type NewEndpoint } from '../../src/connections/endpoints.service.js';
import { SealedSecrets } from '../../src/connections/sealed-secrets.js';
import { platformOwner } from '../../src/connections/vendors.js';
import { kid, newKey } from '../keys.js';
import type { LoadRequest } from '../load/load.js';
import { orderBody } from './order.js';

export interface BenchEndpoint extends NewEndpoint {
  /** As the vendor signs with it; `secret` is sealed with `credentialKey`. */
  readonly openSecret: string;
  readonly credentialKey: string;
}

/** The platform's own: needs no organization. Made by the application's own classes, so sealed as it will open it. */
export async function newEndpoint(): Promise<BenchEndpoint> {
  const [openSecret, credentialKey] = [`shpss_${randomBytes(16).toString('hex')}`, newKey()];
  const config = { get: () => 'local' } as unknown as Config;
  const keys = [{ kid, secret: Buffer.from(credentialKey, 'base64url') }];
  const endpoints = new Endpoints(undefined as never, new SealedSecrets(config, { keys: () => keys }));
  return {
    ...(await endpoints.make('shopify', platformOwner, { secret: openSecret })),
    openSecret,
    credentialKey,
  };
}

export function endpointSeed({ id, key, provider, ownerId, secret }: BenchEndpoint): string {
  const values = [id, key, provider, ownerId, secret].map((value) => escapeLiteral(value)).join(', ');
  return `INSERT INTO endpoints (id, key, provider, owner_id, secret) VALUES (${values})`;
}

const orders = 16;
const order = (index: number) => orderBody(index + 1);

/** Every body there is, to compare what was stored with. */
export const bodies: readonly Buffer[] = Array.from({ length: orders }, (_, index) => order(index));

/** The signature covers the body alone, so that the id may change with every sending as if each were a new delivery. */
export function deliveries({ key, openSecret }: BenchEndpoint): LoadRequest[] {
  const unique = '############';
  return bodies.map((body) => {
    const headers = {
      Host: '127.0.0.1',
      'User-Agent': 'Shopify-Captain-Hook',
      Accept: '*/*',
      'Content-Type': 'application/json',
      'X-Shopify-Topic': 'orders/create',
      'X-Shopify-Hmac-Sha256': createHmac('sha256', openSecret).update(body).digest('base64'),
      'X-Shopify-Shop-Domain': 'fellside-outfitters.myshopify.com',
      'X-Shopify-API-Version': '2026-10',
      'X-Shopify-Webhook-Id': `7c1f0a52-93be-4d7a-8e46-${unique}`,
      'X-Shopify-Event-Id': '2d9b6e18-40c7-4a35-9f0d-6b1e8c72a954',
      'X-Shopify-Triggered-At': '2026-11-20T08:00:00.184632718Z',
      'Content-Length': String(body.length),
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const head = [`POST /webhooks/shopify/${key} HTTP/1.1`, ...lines, '', ''].join('\r\n');
    return { head, body, unique, expects: '"stored"' };
  });
}
