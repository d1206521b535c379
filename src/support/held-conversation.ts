import { Problem } from '../http/problem.js';
import type { Transaction } from '../database/transaction.type.js';
import { Contact } from './contact.entity.js';
import { Conversation } from './conversation.entity.js';

export interface HeldConversation {
  readonly contact: Contact;
  readonly conversation: Conversation;
}

/**
 * Holds a conversation, and who it is with, until the transaction ends: nothing of theirs arrives meanwhile. Whoever locks
 * does it in this order: contact, conversation, draft, message. In another, two would wait for each other for ever.
 * @throws Problem `unavailable`: the contact turned out to be another at that very moment; again finds the right one
 */
export async function holdConversation(transaction: Transaction, id: string): Promise<HeldConversation> {
  const contact = await transaction
    .createQueryBuilder(Contact, 'contact')
    .where('contact.id = (SELECT contact_id FROM conversations WHERE id = :id)', { id })
    .setLock('pessimistic_read')
    .getOneOrFail();
  const conversation = await transaction.findOneOrFail(Conversation, {
    where: { id },
    lock: { mode: 'pessimistic_write' },
  });
  if (conversation.contactId !== contact.id) throw new Problem('unavailable', { retryAfter: 1 });
  return { contact, conversation };
}
