/** What became of a message at its vendor. The three are never mixed up: what is not certain is `unknown`. */
export type SendOutcome =
  | { readonly kind: 'accepted'; readonly vendorMessageId: string }
  /** The vendor certainly did not take it. Only then may it be sent again, and only if `retryable`. */
  | { readonly kind: 'not-accepted'; readonly reason: NotAccepted; readonly retryable: boolean }
  /** It may have been taken. Sending again could send twice; the status webhook or a person settles it. */
  | { readonly kind: 'unknown'; readonly reason: 'timeout' | 'server-error' | 'connection-lost' };

const retryable = {
  throttled: true,
  /** Name, connection or TLS failed before a byte of the message left. */
  unreachable: true,
  'window-closed': false,
  undeliverable: false,
  'recipient-not-allowed': false,
  'credentials-refused': false,
  invalid: false,
  'spam-limit': false,
} as const;

export type NotAccepted = keyof typeof retryable;

export function notAccepted(reason: NotAccepted): SendOutcome {
  return { kind: 'not-accepted', reason, retryable: retryable[reason] };
}
