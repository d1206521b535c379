/** Deliveries as they are stored, and the one fact or the many they are split into. */
import type { Fact, ReceivedDelivery, WebhookVendor } from '../../../src/webhooks/split/fact.js';
import { splitDelivery } from '../../../src/webhooks/split/split-delivery.js';

export type Json = Record<string, unknown>;

export const shop = 'lamps.example.com';

/** @param body sent as it is when it is a string or bytes, else as JSON */
export function delivery(vendor: WebhookVendor, body: unknown, headers: Record<string, string> = {}) {
  const bytes = Buffer.isBuffer(body)
    ? body
    : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return {
    id: '019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d03',
    vendor,
    headers,
    body: bytes,
  } satisfies ReceivedDelivery;
}

export function shopify(topic: string, body: unknown, headers: Record<string, string> = {}): Fact {
  const given = { 'x-shopify-topic': topic, 'x-shopify-shop-domain': shop, ...headers };
  return only(splitDelivery(delivery('shopify', body, given)));
}

export function richpanel(body: unknown): Fact {
  return only(splitDelivery(delivery('richpanel', body)));
}

export function whatsapp(body: unknown): readonly Fact[] {
  return splitDelivery(delivery('whatsapp', body));
}

/** What Meta wraps around changes. */
export const batch = (...entry: unknown[]) => ({ object: 'whatsapp_business_account', entry });

export const phone = (id: unknown) => ({ display_phone_number: '15550783881', phone_number_id: id });

/** A change of the field `messages` for the number 106540352242922. */
export function messages(value: Json): Json {
  return {
    field: 'messages',
    value: { messaging_product: 'whatsapp', metadata: phone('106540352242922'), ...value },
  };
}

/** The facts of one change alone. */
export const changed = (change: unknown) => whatsapp(batch({ id: '419561257915477', changes: [change] }));

export function only(facts: readonly Fact[]): Fact {
  const [fact, ...others] = facts;
  if (fact === undefined || others.length > 0) throw new Error(`${facts.length} facts instead of one`);
  return fact;
}
