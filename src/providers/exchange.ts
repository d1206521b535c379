/**
 * Vocabulary of all providers: what a call answers. An adapter is pure towards us: it stores nothing and throws nothing
 * about the vendor, but hands back the outcome and what may be kept of the exchange.
 */

/** What can be asked of each vendor. */
export const vendorOperations = {
  shopify: ['whoAmI', 'findOrders'],
  whatsapp: ['whoAmI', 'send'],
  email: ['send'],
  openai: ['draft'],
  richpanel: ['whoAmI', 'readTicket'],
} as const;

export type VendorName = keyof typeof vendorOperations;
export type Operation<Name extends VendorName = VendorName> = (typeof vendorOperations)[Name][number];

/** Why nothing is known of a call. Only `unreachable` says that nothing left this machine. */
export type NoAnswer = 'timeout' | 'server-error' | 'connection-lost' | 'unreachable';

/** Redacted: no credentials, and of people and texts no more than tells two calls apart. */
export type Kept = Readonly<Record<string, unknown>>;

/** What may be kept of a call. */
export interface Exchange {
  readonly vendor: VendorName;
  readonly operation: Operation;
  readonly request: Kept;
  readonly response: Kept;
  /** The vendor's status (HTTP or SMTP); null when nothing was answered. */
  readonly status: number | null;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly ms: number;
}

export interface Answer<Outcome> {
  readonly outcome: Outcome;
  readonly exchange: Exchange;
}

export type Call = Pick<Exchange, 'vendor' | 'operation' | 'request'>;

/** What came back, as the adapter read it. */
export interface Heard<Outcome> {
  readonly outcome: Outcome;
  readonly status: number | null;
  readonly response?: Kept;
}

/** Does the call and notes when it began and how long it took. */
export async function exchanged<Outcome>(
  call: Call,
  ask: () => Promise<Heard<Outcome>>,
): Promise<Answer<Outcome>> {
  const startedAt = new Date().toISOString();
  const start = performance.now();
  const { outcome, status, response = {} } = await ask();
  const ms = Math.round(performance.now() - start);
  return { outcome, exchange: { ...call, response, status, startedAt, ms } };
}

/** The answer where nobody stands in for a vendor: it was never asked. */
export async function unasked<Outcome>(
  vendor: VendorName,
  operation: Operation,
  outcome: Outcome,
): Promise<Answer<Outcome>> {
  return exchanged({ vendor, operation, request: {} }, async () => ({ outcome, status: null }));
}

/** `+447700900123` → `••••0123`: enough to recognise it beside the row it belongs to. */
export function masked(value: string): string {
  return `••••${value.length >= 8 ? value.slice(-4) : ''}`;
}

/** Of a text, its length alone: a digest of a short one could be guessed. */
export function withheld(text: string): string {
  return `[withheld: ${text.length} characters]`;
}
