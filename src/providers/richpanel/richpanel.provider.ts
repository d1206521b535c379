import type { WhoAmI } from '../account.js';
import type { Answer, NoAnswer } from '../exchange.js';

export interface RichpanelCredentials {
  /** Sent as `x-richpanel-key` (vendors.md, 3). */
  readonly apiKey: string;
}

export interface RichpanelComment {
  readonly id: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Without markup. */
  readonly plainBody: string;
  readonly fromCustomer: boolean;
}

export interface RichpanelTicket {
  readonly id: string;
  /** How it began, in the vendor's word: `email`, `aircall`, … */
  readonly channel: string;
  /** Who wrote it, as they called themselves: nothing proves an address, and anybody can put one into an e-mail. */
  readonly customer: { readonly email?: string; readonly name?: string };
  /** `OPEN`, `CLOSED`, …, as the vendor writes it. */
  readonly status: string;
  readonly subject?: string;
  /** The oldest first. */
  readonly comments: readonly RichpanelComment[];
  readonly tags: readonly string[];
}

export type TicketOutcome =
  | { readonly kind: 'ticket'; readonly ticket: RichpanelTicket }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }
  | { readonly kind: 'refused' }
  | { readonly kind: 'unavailable'; readonly reason: NoAnswer };

export abstract class RichpanelProvider {
  /** Which workspace the key belongs to. */
  abstract whoAmI(workspace: string, credentials: RichpanelCredentials): Promise<Answer<WhoAmI>>;

  /** `GET /tickets/{id}`, in the workspace that the key opens. */
  abstract readTicket(credentials: RichpanelCredentials, id: string): Promise<Answer<TicketOutcome>>;
}
