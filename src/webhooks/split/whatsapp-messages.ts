/** A change of the field `messages`: what people wrote, what became of what we sent, and errors. */
import { factOf, type Fact } from './fact.js';
import { factKey, sliceKey } from './fact-key.js';
import { entrySlice, phoneNumberId, wholeChange } from './whatsapp-change.js';
import { contactFinder, recipientOf, writerOf, type FindContact } from './whatsapp-contacts.js';
import { epochSeconds } from './vendor-times.js';
import { idOf, listOf, objectOf, wordOf, type JsonObject } from './vendor-values.js';

/** In characters. Every fact repeats its metadata and contact, so a huge one would be repeated thousands of times. */
const maxRepeated = 8_192;

/** What the facts of one change share. */
interface Shared {
  readonly account: string | undefined;
  readonly metadata: unknown;
  readonly findContact: FindContact;
}

/** One fact per message, status and error, and one more, `messages.unknown`, for what else was sent. */
export function* splitMessages(entry: JsonObject, change: JsonObject): Generator<Fact> {
  const value = objectOf(change['value']);
  const { metadata } = value;
  const messages = listOf(value['messages']);
  const statuses = listOf(value['statuses']);
  const errors = listOf(value['errors']);
  const repeatable = [metadata, ...listOf(value['contacts'])].every(isSmall);
  if (!repeatable || messages.length + statuses.length + errors.length === 0) {
    yield wholeChange('messages.unknown', entry, change);
    return;
  }
  const shared = { account: phoneNumberId(value), metadata, findContact: contactFinder(value) };
  for (const message of messages) yield messageFact(shared, message);
  for (const status of statuses) yield statusFact(shared, status);
  for (const error of errors) yield errorFact(shared, entrySlice(entry), error);
  const rest = Object.entries(value).filter(([name, item]) => !isUnderstood(name, item));
  if (rest.length === 0) return;
  yield wholeChange('messages.unknown', entry, {
    ...change,
    value: { metadata, ...Object.fromEntries(rest) },
  });
}

function messageFact({ account, metadata, findContact }: Shared, message: unknown): Fact {
  const sent = objectOf(message);
  const contact = findContact(writerOf(sent));
  const payload = { metadata, ...(contact && { contact }), message };
  const id = idOf(sent['id']);
  return factOf({
    account,
    type: messageType(sent),
    key: id === undefined ? sliceKey('message', payload) : factKey('message', id),
    eventKey: undefined,
    occurredAt: epochSeconds(sent['timestamp']),
    payload,
  });
}

function messageType({ type, interactive }: JsonObject): string {
  const word = `message.${wordOf(type, 'unknown')}`;
  return type === 'interactive' ? `${word}.${wordOf(objectOf(interactive)['type'], 'unknown')}` : word;
}

function statusFact({ account, metadata, findContact }: Shared, status: unknown): Fact {
  const sent = objectOf(status);
  const contact = findContact(recipientOf(sent));
  const payload = { metadata, ...(contact && { contact }), status };
  return factOf({
    account,
    type: `status.${wordOf(sent['status'], 'unknown')}`,
    key: statusKey(sent) ?? sliceKey('status', payload),
    eventKey: undefined,
    occurredAt: epochSeconds(sent['timestamp']),
    payload,
  });
}

/** A message to a group is delivered to, and read by, each participant. */
function statusKey(status: JsonObject): string | undefined {
  const [id, word] = [idOf(status['id']), idOf(status['status'])];
  if (id === undefined || word === undefined) return undefined;
  const participant = status['recipient_participant_id'] ?? status['recipient_participant_user_id'];
  const recipients = [idOf(status['recipient_id']), idOf(participant)].filter((to) => to !== undefined);
  return factKey('status', id, word, ...recipients);
}

function errorFact({ account, metadata }: Shared, entry: object, error: unknown): Fact {
  const payload = { ...entry, metadata, error };
  return factOf({
    account,
    type: 'error',
    key: sliceKey('error', payload),
    eventKey: undefined,
    occurredAt: undefined,
    payload,
  });
}

function isSmall(part: unknown): boolean {
  return part === undefined || JSON.stringify(part).length <= maxRepeated;
}

/** `metadata` is in every fact; other single values, such as `messaging_product`, say nothing that happened. */
function isUnderstood(name: string, item: unknown): boolean {
  if (item === null || name === 'metadata') return true;
  const isList = ['contacts', 'messages', 'statuses', 'errors'].includes(name);
  return isList ? Array.isArray(item) : typeof item !== 'object';
}
