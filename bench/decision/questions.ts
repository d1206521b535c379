/** Signed questions as Meta delivers them, each of somebody who has never written before. */
import { createHmac } from 'node:crypto';
import type { LoadRequest } from '../load/load.js';
import type { Shops } from './shops.js';

/** @param first number of the first, so that no two lists have one in common */
export function questions({ key, secret, numbers }: Shops, count: number, first: number): LoadRequest[] {
  return Array.from({ length: count }, (_, index) => {
    const n = first + index;
    const body = Buffer.from(JSON.stringify(delivery(n, numbers[n % numbers.length]!)));
    const headers = {
      Host: '127.0.0.1',
      'User-Agent': 'facebookexternalua',
      Accept: '*/*',
      'Content-Type': 'application/json',
      'X-Hub-Signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      'Content-Length': String(body.length),
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const head = [`POST /webhooks/whatsapp/${key} HTTP/1.1`, ...lines, '', ''].join('\r\n');
    return { head, body, expects: '"stored"' };
  });
}

function delivery(n: number, phoneNumberId: string): object {
  const from = `1202${String(2_000_000 + n)}`;
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '15550000000', phone_number_id: phoneNumberId },
    contacts: [{ wa_id: from, profile: { name: `Shopper ${n}` } }],
    messages: [
      {
        from,
        id: `wamid.${Buffer.from(`bench question ${n}`).toString('base64')}`,
        timestamp: String(Math.floor(Date.now() / 1_000)),
        type: 'text',
        text: { body: 'Hello, where is my order? I ordered last week and nothing has come yet.' },
      },
    ],
  };
  return {
    object: 'whatsapp_business_account',
    entry: [{ id: '102290129340398', changes: [{ field: 'messages', value }] }],
  };
}
