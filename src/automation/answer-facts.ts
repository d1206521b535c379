/** What is known when a message is to be answered: read once, outside of any transaction. */
import { Injectable } from '@nestjs/common';
import { OpenConnections, type OpenConnection } from '../connections/open-connections.js';
import { TenantDb } from '../database/tenant-db.js';
import { Organization } from '../organizations/organization.entity.js';
import { Contact } from '../support/contact.entity.js';
import { Conversation } from '../support/conversation.entity.js';
import { Message } from '../support/message.entity.js';
import type { Transaction } from '../database/transaction.type.js';
import { In, MoreThan } from 'typeorm';

export interface Asked {
  readonly message: Message;
  readonly conversation: Conversation;
  readonly contact: Contact;
  readonly organizationName: string;
  readonly connection: OpenConnection | undefined;
  /** All that the contact has written since our side last did, oldest first; null when some of it is no text. */
  readonly question: string | null;
  /** The contact had written before. */
  readonly contactKnown: boolean;
}

@Injectable()
export class AnswerFacts {
  constructor(
    private readonly tenantDb: TenantDb,
    private readonly connections: OpenConnections,
  ) {}

  /** @returns undefined when a newer message has come since, which is the one to answer */
  async read(messageId: string): Promise<Asked | undefined> {
    const read = await this.tenantDb.run(async (manager) => {
      const message = await manager.findOneByOrFail(Message, { id: messageId });
      const conversation = await manager.findOneByOrFail(Conversation, { id: message.conversationId });
      if (message.direction !== 'inbound' || message.inboundSeq !== conversation.inboundSeq) return undefined;
      const contact = await manager.findOneByOrFail(Contact, { id: conversation.contactId });
      const { name } = await manager.findOneByOrFail(Organization, { id: message.organizationId });
      const contactKnown = contact.createdAt < message.createdAt && (message.inboundSeq ?? 0) > 1;
      const question = questionOf(await unanswered(manager, message));
      return { message, conversation, contact, organizationName: name, contactKnown, question };
    });
    return read && { ...read, connection: await this.connections.find(read.message.connectionId) };
  }
}

/** So much is read as one question: who writes more at a time wants a person. */
const mostMessages = 10;
/** What a shopper reads from us; what waits, or was never sent, has not answered anything. */
const left = ['sending', 'unknown', 'sent', 'delivered', 'read', 'played'] as const;
const readable: ReadonlySet<string> = new Set(['text', 'button', 'interactive']);

/** People write "where is #1001", and then "please": what was not answered is one question. */
async function unanswered(transaction: Transaction, asked: Message): Promise<Message[]> {
  const { id, conversationId, inboundSeq } = asked;
  const said = await transaction.find(Message, {
    where: { conversationId, direction: 'outbound', status: In(left) },
    order: { id: 'DESC' },
    take: mostMessages,
  });
  // An answer to this very message, of an earlier attempt, is no end of it.
  const last = said.find((message) => message.id < id && message.answersSeq !== inboundSeq);
  const written = await transaction.find(Message, {
    where: { conversationId, direction: 'inbound', ...(last && { id: MoreThan(last.id) }) },
    order: { inboundSeq: 'DESC' },
    take: mostMessages,
  });
  return written.toReversed();
}

function questionOf(messages: readonly Message[]): string | null {
  const words = messages.filter(({ type }) => !type.startsWith('reaction'));
  if (words.length === mostMessages || !words.every(({ type }) => readable.has(type.split('.')[0]!)))
    return null;
  return words.map(({ text }) => text ?? '').join('\n');
}
