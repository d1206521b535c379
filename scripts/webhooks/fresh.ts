/** Makes a sample a new fact, as the vendor's next delivery would be one: new ids, and the present time. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Vendor } from './samples.ts';

/** Every sample is written as of this moment. */
export const writtenAt = new Date('2026-11-20T15:00:00Z');

interface Ids {
  readonly pattern: RegExp;
  readonly renew: (id: string) => string;
}

/** What is new with each delivery. Accounts, people, products and places stay who and what they are. */
const ids: Readonly<Record<Vendor, Ids>> = {
  // Only what a delivery is about, and its parts, have ids this long in the samples. Global ids contain them.
  shopify: { pattern: /(?<![\w.])\d{18}(?![\w.])/g, renew: longId },
  whatsapp: { pattern: /wamid\.[A-Za-z0-9+/=]+/g, renew: messageId },
  richpanel: { pattern: /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, renew: () => randomUUID() },
};

/** @returns the text with every id renewed, the same one alike, and every time moved so that the sample's is `now` */
export function freshened(vendor: Vendor, text: string, now: Date): string {
  const { pattern, renew } = ids[vendor];
  const renewed = new Map<string, string>();
  return moved(text, now.getTime() - writtenAt.getTime()).replaceAll(pattern, (id) => {
    const other = renewed.get(id) ?? renew(id);
    renewed.set(id, other);
    return other;
  });
}

/** Above 2^53, as Shopify's may be, and below 2^63. */
function longId(): string {
  return String(10n ** 17n + BigInt.asUintN(59, randomBytes(8).readBigUInt64BE()));
}

/** A message id names the peer and the direction; only the hexadecimal digits at its end are the message's own. */
function messageId(id: string): string {
  const inside = Buffer.from(id.slice('wamid.'.length), 'base64').toString('latin1');
  const other = inside.replace(/[\dA-F]+(?=\0$)/, ({ length }) =>
    randomBytes(length).toString('hex').slice(0, length).toUpperCase(),
  );
  return `wamid.${Buffer.from(other, 'latin1').toString('base64')}`;
}

/** Shopify writes ISO 8601 with the shop's offset, WhatsApp seconds since 1970 as a string. */
function moved(text: string, byMs: number): string {
  return text
    .replaceAll(
      /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d):(\d\d)/g,
      (time, hours: string, minutes: string) => {
        const offsetMs = (Number(hours) * 60 + Number(`${hours[0]}${minutes}`)) * 60_000;
        const local = new Date(Date.parse(time) + byMs + offsetMs).toISOString();
        return `${local.slice(0, 19)}${hours}:${minutes}`;
      },
    )
    .replaceAll(/(?<="timestamp":")\d+(?=")/g, (seconds) =>
      String(Number(seconds) + Math.floor(byMs / 1_000)),
    );
}
