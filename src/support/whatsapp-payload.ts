/** What an event of WhatsApp says, read with distrust: its shape is the vendor's, and changes (vendors.md, 2). */
import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { Identity } from './known-contacts.js';

type Json = Readonly<Record<string, unknown>>;

export interface InboundMessage {
  readonly vendorMessageId: string;
  readonly text: string | null;
  readonly content: object | null;
  readonly replyTo: string | null;
}

export interface StatusReport {
  readonly vendorMessageId: string;
  /** Our own id of the message, which went out with it. */
  readonly ourId: string | undefined;
  readonly failure: string | null;
}

/** @returns undefined when it names nobody: such a message has no writer to answer */
export function writerOf(payload: object): Identity | undefined {
  const { message, contact } = payload as { message?: Json; contact?: Json };
  const whatsappUserId = idOf(message?.['from_user_id']) ?? idOf(contact?.['user_id']);
  const phone = phoneOf(word(message?.['from']) ?? word(contact?.['wa_id']));
  if (!whatsappUserId && !phone) return undefined;
  const name = word(objectOf(contact?.['profile'])['name']);
  return { ...(whatsappUserId && { whatsappUserId }), ...(phone && { phone }), ...(name && { name }) };
}

export function inboundMessage(payload: object): InboundMessage | undefined {
  const { message } = payload as { message?: Json };
  const vendorMessageId = idOf(message?.['id']);
  if (!message || !vendorMessageId) return undefined;
  const type = word(message['type']) ?? 'unknown';
  return {
    vendorMessageId,
    text: textOf(type, message),
    content: type === 'text' ? null : contentOf(message[type]),
    replyTo: word(objectOf(message['context'])['id']) ?? null,
  };
}

export function statusReport(payload: object): StatusReport | undefined {
  const { status } = payload as { status?: Json };
  const vendorMessageId = idOf(status?.['id']);
  if (!status || !vendorMessageId) return undefined;
  const [error] = Array.isArray(status['errors']) ? (status['errors'] as unknown[]) : [];
  const { code } = objectOf(error);
  const why = typeof code === 'number' ? String(code) : word(code);
  return {
    vendorMessageId,
    ourId: word(status['biz_opaque_callback_data']),
    failure: why === undefined ? null : `whatsapp-${why}`,
  };
}

/** Shared contacts are a list. */
function contentOf(part: unknown): object {
  return Array.isArray(part) ? { items: part as unknown[] } : objectOf(part);
}

/** What a person reads of it. */
function textOf(type: string, message: Json): string | null {
  const part = objectOf(message[type]);
  const reply = objectOf(part['button_reply'] ?? part['list_reply']);
  return word(part['body']) ?? word(part['caption']) ?? word(part['text']) ?? word(reply['title']) ?? null;
}

/** WhatsApp writes E.164 without its plus. What is no possible number names nobody. */
function phoneOf(digits: string | undefined): string | undefined {
  if (!digits) return undefined;
  const number = parsePhoneNumberFromString(`+${digits.replace(/^\+/, '')}`);
  // In some countries longer ones are possible than E.164 knows, and the table.
  return number?.isPossible() && number.number.length <= 16 ? number.number : undefined;
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** What is longer than any id of theirs is none, and would not fit into an index. */
function idOf(value: unknown): string | undefined {
  const id = word(value);
  return id !== undefined && id.length <= 255 ? id : undefined;
}

/** Postgres stores any text but NUL. */
function word(value: unknown): string | undefined {
  return typeof value === 'string' ? value.replaceAll('\0', '') || undefined : undefined;
}
