/** Source: shopify.dev, webhooks/verify-deliveries; header names from Shopify's own library (vendors.md, 1). */
import { hash } from 'node:crypto';
import { equalDigests, hmac, pick, type VendorWebhook } from './vendor-webhook.js';

const required = [
  'x-shopify-topic',
  'x-shopify-shop-domain',
  'x-shopify-api-version',
  'x-shopify-webhook-id',
];
const optional = ['x-shopify-event-id', 'x-shopify-triggered-at', 'x-shopify-name', 'x-shopify-test'];

export const shopifyWebhook: VendorWebhook = {
  /** base64(HMAC-SHA256(body, client secret)); the header is not kept, so that nothing here can be replayed. */
  isGenuine({ headers, body }, secrets) {
    const header = headers['x-shopify-hmac-sha256'];
    if (typeof header !== 'string') return false;
    // As text: base64 has more than one spelling, and a decoder takes them all.
    const given = Buffer.from(header);
    return secrets.some((secret) => equalDigests(given, Buffer.from(hmac(secret, body).toString('base64'))));
  },

  keep: (headers) => pick(headers, required, optional),

  /** The headers are not signed, so the id alone would let a replay under another id, or another body under this one, pass. */
  deliveryKey: (body, kept) =>
    hash(
      'sha256',
      [kept['x-shopify-webhook-id'], kept['x-shopify-topic'], hash('sha256', body)].join('\n'),
      'buffer',
    ),
};
