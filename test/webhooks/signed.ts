/**
 * Deliveries, signed by what the vendors publish and with nothing of ours. The sender of samples signs by itself; what is
 * not genuine needs more freedom than it gives.
 */
import { createHmac, randomUUID, type Hmac } from 'node:crypto';
import type { Agent, Test } from 'supertest';

export const vendors = ['shopify', 'whatsapp', 'richpanel'] as const;
export type Vendor = (typeof vendors)[number];

export interface Signed {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface Proof {
  readonly header: string;
  readonly of: (secret: string, body: Buffer) => string;
}

const hmac = (secret: string, body: Buffer): Hmac => createHmac('sha256', secret).update(body);

export const proofs: Readonly<Record<Vendor, Proof>> = {
  shopify: { header: 'x-shopify-hmac-sha256', of: (secret, body) => hmac(secret, body).digest('base64') },
  whatsapp: {
    header: 'x-hub-signature-256',
    of: (secret, body) => `sha256=${hmac(secret, body).digest('hex')}`,
  },
  richpanel: { header: 'x-webhook-secret', of: (secret) => secret },
};

export const shopifyHeaders = (): Record<string, string> => ({
  'x-shopify-topic': 'orders/create',
  'x-shopify-shop-domain': 'lamps.myshopify.com',
  'x-shopify-api-version': '2026-10',
  'x-shopify-webhook-id': randomUUID(),
});

/** @param headers besides the vendor's own, or instead of them */
export function signed(
  vendor: Vendor,
  secret: string,
  content: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Signed {
  const body = Buffer.from(content);
  const { header, of } = proofs[vendor];
  return {
    headers: {
      'content-type': 'application/json',
      ...(vendor === 'shopify' && shopifyHeaders()),
      [header]: of(secret, body),
      ...headers,
    },
    body,
  };
}

/** The same delivery with another proof of its sender, or with none. */
export function proving(vendor: Vendor, { headers, body }: Signed, proof: string | undefined): Signed {
  const { [proofs[vendor].header]: _, ...rest } = headers;
  return { headers: { ...rest, ...(proof !== undefined && { [proofs[vendor].header]: proof }) }, body };
}

/** Posts the bytes as they are. */
export function deliver(http: () => Agent, path: string, { headers, body }: Signed): Test {
  return http()
    .post(path)
    .set(headers)
    .serialize((bytes: unknown) => bytes as string)
    .send(body);
}
