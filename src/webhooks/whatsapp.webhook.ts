/** Source: Meta, WhatsApp Cloud API, create-webhook-endpoint (vendors.md, 2). */
import { hash } from 'node:crypto';
import { equalDigests, hmac, type VendorWebhook } from './vendor-webhook.js';

const form = /^sha256=([0-9a-f]{64})$/;

export const whatsappWebhook: VendorWebhook = {
  /** `sha256=` and hex of HMAC-SHA256(body, app secret). Meta signs the escaped form it sends: only the raw bytes verify. */
  isGenuine({ headers, body }, secrets) {
    const digest = form.exec(String(headers['x-hub-signature-256']))?.[1];
    if (digest === undefined) return false;
    const given = Buffer.from(digest, 'hex');
    return secrets.some((secret) => equalDigests(given, hmac(secret, body)));
  },

  keep: () => ({}),

  /** There is no delivery id: what is sent again is the same body. */
  deliveryKey: (body) => hash('sha256', body, 'buffer'),
};
