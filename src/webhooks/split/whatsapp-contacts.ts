/**
 * Whose name and number a message or status may be stored with. Since 2026 a person is known by a business-scoped
 * user id (BSUID), and the phone number may be absent (Meta, Business-scoped user IDs, 2026-05-28).
 */
import { idOf, isJsonObject, listOf, type JsonObject } from './vendor-values.js';

/** The person a message is from or a status is about. */
interface Person {
  readonly userId: string | undefined;
  readonly phone: string | undefined;
}

export type FindContact = (person: Person) => JsonObject | undefined;

/** @param value of a `messages` change, with its `contacts` */
export function contactFinder(value: JsonObject): FindContact {
  const contacts = listOf(value['contacts']).filter(isJsonObject);
  const byUserId = new Map(contacts.flatMap((contact) => userIdsOf(contact).map((id) => [id, contact])));
  const byPhone = new Map(contacts.map((contact) => [idOf(contact['wa_id']), contact]));
  const only = isAlone(value) ? contacts[0] : undefined;
  return ({ userId, phone }) => {
    if (userId !== undefined && byUserId.has(userId)) return byUserId.get(userId);
    const contact = (phone === undefined ? undefined : byPhone.get(phone)) ?? only;
    return contact && mayBe(contact, userId) ? contact : undefined;
  };
}

export function writerOf(message: JsonObject): Person {
  return { userId: idOf(message['from_user_id']), phone: idOf(message['from']) };
}

/** In a group `recipient_id` is the group, and the person is the participant. */
export function recipientOf(status: JsonObject): Person {
  return {
    userId: idOf(status['recipient_participant_user_id']) ?? idOf(status['recipient_user_id']),
    phone: idOf(status['recipient_participant_id']) ?? idOf(status['recipient_id']),
  };
}

/** Phone numbers are no proof against it: Meta says that `wa_id` and `from` may differ for one person. */
function mayBe(contact: JsonObject, userId: string | undefined): boolean {
  const userIds = userIdsOf(contact);
  return userId === undefined || userIds.length === 0 || userIds.includes(userId);
}

function userIdsOf(contact: JsonObject): readonly string[] {
  return [idOf(contact['user_id']), idOf(contact['parent_user_id'])].filter((id) => id !== undefined);
}

function isAlone(value: JsonObject): boolean {
  const items = [...listOf(value['messages']), ...listOf(value['statuses'])];
  return items.length === 1 && listOf(value['contacts']).length === 1;
}
