/** What an order is put together from: people, addresses, amounts, ids. Nobody of that name lives there. */
import { createHash } from 'node:crypto';

export type Json = Readonly<Record<string, unknown>>;

const streets = ['Mill Lane', 'Harbour Road', 'Station Square', 'Orchard Close', 'Kiln Street'];
const towns = ['Brindlewick', 'Corvale', 'Dunmere', 'Eastholm', 'Farrow Bay', 'Glenby'];
const people = ['Mara Lindqvist', 'Tomás Ferreira', 'Ines Okafor', 'Jürgen Weiss', 'Salma Haddad'];

export function customer(n: number): Json {
  const [first, last] = names(n);
  return {
    id: id(n, 'customer'),
    email: email(n),
    created_at: time(n - 1),
    updated_at: time(n),
    first_name: first,
    last_name: last,
    state: 'disabled',
    note: null,
    verified_email: true,
    multipass_identifier: null,
    tax_exempt: false,
    phone: phone(n),
    email_marketing_consent: {
      state: 'not_subscribed',
      opt_in_level: 'single_opt_in',
      consent_updated_at: null,
    },
    sms_marketing_consent: null,
    tags: '',
    currency: 'EUR',
    tax_exemptions: [],
    admin_graphql_api_id: `gid://shopify/Customer/${id(n, 'customer')}`,
    default_address: { id: id(n, 'address'), customer_id: id(n, 'customer'), ...address(n), default: true },
  };
}

export function address(n: number): Json {
  const [first, last] = names(n);
  return {
    first_name: first,
    address1: `${(n % 90) + 1} ${pick(streets, n)}`,
    phone: phone(n),
    city: pick(towns, n),
    zip: `EX${(n % 9) + 1} ${n % 10}AB`,
    province: null,
    country: 'United Kingdom',
    last_name: last,
    address2: null,
    company: null,
    latitude: 51.5 + (n % 100) / 1_000,
    longitude: -0.12 - (n % 100) / 1_000,
    name: `${first} ${last}`,
    country_code: 'GB',
    province_code: null,
  };
}

/** An amount as text and as a set, the way most amounts of an order come. */
export function priced(name: string, amount: number): Json {
  return { [name]: amount.toFixed(2), [`${name}_set`]: both(amount) };
}

export function both(amount: number): Json {
  const money = { amount: amount.toFixed(2), currency_code: 'EUR' };
  return { shop_money: money, presentment_money: money };
}

export function email(n: number): string {
  return `customer-${n}@people.example`;
}

/** Of the block that is kept for fiction. */
export function phone(n: number): string {
  return `+44207946${String(n % 1_000).padStart(4, '0')}`;
}

export function time(n: number): string {
  return new Date(Date.UTC(2026, 10, 20, 8, 0, n)).toISOString().replace('.000Z', '+00:00');
}

export function pick(from: readonly string[], n: number): string {
  return from[n % from.length]!;
}

/** 13 digits: real ones may go beyond 2^53, which is nothing to the receipt of bytes. */
export function id(n: number, kind: string): number {
  return 1_000_000_000_000 + (Number.parseInt(hex(n, kind, 10), 16) % 8_000_000_000_000);
}

export function hex(n: number, kind: string, length: number): string {
  return createHash('sha256').update(`${kind} ${n}`).digest('hex').slice(0, length);
}

function names(n: number): [first: string, last: string] {
  const [first = '', last = ''] = pick(people, n).split(' ');
  return [first, last];
}
