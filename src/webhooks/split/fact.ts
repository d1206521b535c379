/** What a delivery is split into: one fact per thing that happened at the vendor. Nothing of a delivery is dropped. */
import { factKey, sha256 } from './fact-key.js';

export type WebhookVendor = 'shopify' | 'whatsapp' | 'richpanel';

/** One stored delivery: the raw bytes and the few headers that were kept, names in lower case. */
export interface ReceivedDelivery {
  readonly id: string;
  readonly vendor: WebhookVendor;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Why a fact must stay unclaimed, even where it names an account. */
export type FactProblem = 'unreadable' | 'account-unknown' | 'account-mismatch' | 'topic-mismatch';

export interface Fact {
  /**
   * The vendor's account it belongs to: shop domain in lower case, phone_number_id, workspace. At most 255 characters,
   * none of them a control character. Undefined when the delivery does not say, and then there is a `problem`.
   */
  readonly account: string | undefined;
  /**
   * `orders/create`, `message.text`, `status.delivered`, …; what we do not know keeps the vendor's own word. Visible
   * ASCII, at most 120 characters.
   */
  readonly type: string;
  /** The same fact has the same key, whichever delivery brought it: unique per connection. See `factKey`. */
  readonly key: string;
  /** The vendor's own id of the event, where it has one besides, in the form of `key`: unique per connection too. */
  readonly eventKey: string | undefined;
  /** When it happened, as the vendor says; fits into Postgres' `timestamptz`. */
  readonly occurredAt: Date | undefined;
  /** Only this fact's slice, at most 100 levels deep; integers beyond 2^53 are strings, a string may hold U+0000. */
  readonly payload: object;
  readonly problem?: FactProblem;
}

/** Says of a fact without an account why nobody can claim it. */
export function factOf(fact: Omit<Fact, 'problem'>): Fact {
  return fact.account === undefined ? { ...fact, problem: 'account-unknown' } : fact;
}

/** A delivery we cannot read, kept for a person to look at: its bytes are in the delivery, so its slice is empty. */
export function unreadable({ vendor, body }: ReceivedDelivery, account?: string): Fact {
  return {
    account,
    type: `${vendor}.unreadable`,
    key: factKey('unreadable', sha256(body)),
    eventKey: undefined,
    occurredAt: undefined,
    payload: {},
    problem: 'unreadable',
  };
}
