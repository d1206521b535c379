/**
 * Deliveries as the vendors make and sign them. Stands on its own: it knows what the vendors publish and nothing of
 * the application, so that the two can be held against each other.
 */
import { createHash, createHmac, randomUUID, type Hmac } from 'node:crypto';
import { freshened, writtenAt } from './fresh.ts';
import { readSample, type Vendor } from './samples.ts';

export interface Delivery {
  readonly vendor: Vendor;
  readonly headers: Readonly<Record<string, string>>;
  /** Exactly the bytes to send. */
  readonly body: Buffer;
}

/**
 * A sample, made a new fact and signed.
 *
 * @param tamper one byte differs from what was signed (Richpanel, which signs nothing: from the secret)
 * @param same   the sample as it stands, with ids of its own: equal bytes and headers every time
 * @throws RangeError there is no such sample
 */
export function delivery(asked: {
  readonly vendor: Vendor;
  readonly sample: string;
  readonly secret: string;
  readonly tamper?: boolean;
  readonly same?: boolean;
}): Delivery {
  const { vendor, sample, secret, tamper = false, same = false } = asked;
  const text = readSample(vendor, sample);
  const now = same ? writtenAt : new Date();
  const body = same ? text : freshened(vendor, text, now);
  const topic = sample.replace('.', '/');
  const headers = vendor === 'shopify' ? shopifyHeaders(topic, now, same ? idOf : () => randomUUID()) : {};
  return signedDelivery({ vendor, body, secret, headers, tamper });
}

/**
 * Any body, signed.
 *
 * @param body    JSON text; WhatsApp's is sent and signed in Meta's form
 * @param headers besides the signature and the content type
 */
export function signedDelivery(content: {
  readonly vendor: Vendor;
  readonly body: string;
  readonly secret: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly tamper?: boolean;
}): Delivery {
  const { vendor, secret, headers = {}, tamper = false } = content;
  const body = Buffer.from(vendor === 'whatsapp' ? escaped(content.body) : content.body);
  const sent = tamper && vendor !== 'richpanel' ? altered(body) : body;
  const shown = tamper && vendor === 'richpanel' ? another(secret) : secret;
  return {
    vendor,
    headers: { 'Content-Type': 'application/json', ...headers, ...proofs[vendor](body, shown) },
    body: sent,
  };
}

/** @param id gives the delivery and the event behind it their ids */
export function shopifyHeaders(topic: string, triggered: Date, id: (of: string) => string) {
  return {
    'User-Agent': 'Shopify-Captain-Hook',
    'X-Shopify-Topic': topic,
    'X-Shopify-Shop-Domain': 'volt-motors-demo.myshopify.com',
    'X-Shopify-API-Version': '2026-10',
    'X-Shopify-Webhook-Id': id(`delivery of ${topic}`),
    'X-Shopify-Event-Id': id(`event of ${topic}`),
    'X-Shopify-Triggered-At': triggered.toISOString().replace('Z', '000000Z'),
  };
}

/** A text of the same length that is not the same. */
export function another(secret: string): string {
  return secret.slice(0, -1) + (secret.endsWith('0') ? '1' : '0');
}

/** What proves, to who knows the secret, that a body is the vendor's. */
const proofs: Readonly<Record<Vendor, (body: Buffer, secret: string) => Record<string, string>>> = {
  shopify: (body, secret) => ({ 'X-Shopify-Hmac-Sha256': hmac(body, secret).digest('base64') }),
  whatsapp: (body, secret) => ({ 'X-Hub-Signature-256': `sha256=${hmac(body, secret).digest('hex')}` }),
  richpanel: (_, secret) => ({ 'X-Webhook-Secret': secret }),
};

function hmac(body: Buffer, secret: string): Hmac {
  return createHmac('sha256', secret).update(body);
}

/** Meta signs and sends every character beyond ASCII as `\u` and four lower-case digits. */
function escaped(json: string): string {
  // oxlint-disable-next-line no-control-regex -- ASCII begins with control characters
  return json.replaceAll(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Another letter in the name of the first member: still JSON, so only the signature can tell. */
function altered(body: Buffer): Buffer {
  const copy = Buffer.from(body);
  const at = copy.indexOf('"') + 1;
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
  return copy;
}

/** A UUID that is always the same for the same text. */
function idOf(text: string): string {
  const hash = createHash('sha256').update(text).digest('hex');
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `4${hash.slice(13, 16)}`,
    `8${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join('-');
}
