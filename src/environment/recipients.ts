/**
 * Whom a message may reach at all, asked of the final envelope: every address in it, whichever field it is in. Outside
 * production nobody is reached who is not on `RECIPIENTS`, a setting that no organization can edit (design.md,
 * Environments). Addresses are compared to the letter, those of e-mail but for ASCII case: what looks alike is somebody else.
 */
import type { Policy } from './policy.js';

/** What a message says of where it goes, in the spelling it is sent with. */
export interface Envelope {
  /** `to`, `cc` and `bcc`. */
  readonly emails?: readonly string[];
  /** E.164. */
  readonly phones?: readonly string[];
  /** WhatsApp's business-scoped user ids. */
  readonly userIds?: readonly string[];
}

export interface RecipientRules {
  readonly policy: Pick<Policy, 'recipients'>;
  /** E-mail addresses, telephone numbers (E.164), `whatsapp:<user id>`. */
  readonly recipients: readonly string[];
}

/** @returns why not, without any address; undefined when everybody in the envelope may be reached */
export function recipientRefusal(
  { policy, recipients }: RecipientRules,
  { emails = [], phones = [], userIds = [] }: Envelope,
): string | undefined {
  const kinds = { 'an e-mail address': emails, 'a telephone number': phones, 'a WhatsApp user id': userIds };
  if (Object.values(kinds).flat().length === 0) return 'nobody is named';
  // Captured by a mock that sends nothing anywhere, or anybody whom the send gate lets through.
  if (policy.recipients !== 'listed') return undefined;
  const listed = new Set(recipients.map((address) => canonical(address.trim())));
  const strangers = Object.entries(kinds).flatMap(([kind, addresses]) => {
    const written = kind === 'a WhatsApp user id' ? addresses.map((id) => `whatsapp:${id}`) : addresses;
    return written.every((address) => listed.has(canonical(address))) ? [] : [kind];
  });
  return strangers.length > 0 ? `${strangers.join(' and ')} not on the list of this environment` : undefined;
}

/** Mail does not care for the case of A to Z, and of those alone: Unicode folds other letters into them. An id does. */
function canonical(address: string): string {
  if (!address.includes('@')) return address;
  return address.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
}
