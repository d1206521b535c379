/** Compares who wrote with whose an order is. What cannot be compared for certain is not compared. */
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { emailKey } from '../support/email-key.js';
import type { ShopOrder } from './shop-order.js';

/** Only what was verified: the number a WhatsApp message came from, an address that was proven. */
export interface Writer {
  /** International, with the `+`. */
  readonly phone?: string | undefined;
  /** The shop's own id of a customer, `gid://shopify/Customer/1`; an id of anybody else equals none. */
  readonly userId?: string | undefined;
  readonly email?: string | undefined;
}

export type IdentityField = 'phone' | 'email' | 'user-id';

export interface Identity {
  readonly field: IdentityField;
  readonly of: 'order' | 'customer';
}

export type Ownership =
  | { readonly writers: true; readonly by: Identity }
  | { readonly writers: false; readonly compared: boolean };

/** `compared` says whether there was a field that both had. */
export function ownershipOf(order: ShopOrder, writer: Writer): Ownership {
  const comparisons = [
    { field: 'phone', of: 'order', ours: phoneKey(writer.phone), theirs: phoneKey(order.phone) },
    { field: 'phone', of: 'customer', ours: phoneKey(writer.phone), theirs: phoneKey(order.customer?.phone) },
    { field: 'email', of: 'order', ours: emailKey(writer.email), theirs: emailKey(order.email) },
    { field: 'email', of: 'customer', ours: emailKey(writer.email), theirs: emailKey(order.customer?.email) },
    { field: 'user-id', of: 'customer', ours: userKey(writer.userId), theirs: userKey(order.customer?.id) },
  ] as const;
  const comparable = comparisons.filter(({ ours, theirs }) => ours !== undefined && theirs !== undefined);
  const same = comparable.find(({ ours, theirs }) => ours === theirs);
  if (same === undefined) return { writers: false, compared: comparable.length > 0 };
  return { writers: true, by: { field: same.field, of: same.of } };
}

/**
 * E.164. A number without its country could be anybody's in another country, and one with an extension is shared:
 * neither is compared. Length is checked and not assignment, which changes by the week.
 */
export function phoneKey(phone: string | null | undefined): string | undefined {
  const written = phone?.normalize('NFKC').trim();
  if (written === undefined || !/^\+[\d ().-]{6,30}$/.test(written)) return undefined;
  const parsed = parsePhoneNumberFromString(written, { extract: false });
  return parsed?.isPossible() && parsed.ext === undefined ? parsed.number : undefined;
}

/** Bare numbers are ids in more than one place; only the shop's global id names its customer. */
function userKey(id: string | undefined): string | undefined {
  return id !== undefined && /^gid:\/\/shopify\/Customer\/\d{1,20}$/.test(id) ? id : undefined;
}
