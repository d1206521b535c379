/** What is known when a message is to be answered: read once, in a transaction of its own, before any vendor is asked. */
import { Injectable } from '@nestjs/common';
import { In, MoreThan } from 'typeorm';
import { OpenConnections, type OpenConnection } from '../connections/open-connections.js';
import { TenantDb } from '../database/tenant-db.js';
import type { Transaction } from '../database/transaction.type.js';
import { Organization } from '../organizations/organization.entity.js';
import { Contact } from '../support/contact.entity.js';
import { Conversation } from '../support/conversation.entity.js';
import { Message } from '../support/message.entity.js';
import type { EffectiveState } from './effective-state.js';
import { Flags } from './flags.service.js';
import { intentOf, type Intent } from './intent.js';
import { UsableTemplates, type UsableTemplate } from './usable-templates.js';

export interface Asked {
  readonly message: Message;
  readonly contact: Contact;
  readonly channel: Conversation['channel'];
  readonly organizationName: string;
  readonly connection: OpenConnection | undefined;
  /** All that the contact has written since our side last did, oldest first; null when some of it is no text. */
  readonly question: string | null;
  readonly intent: Intent;
  /** The contact had written before. */
  readonly contactKnown: boolean;
  /** Whether to draft at all; whether it may leave is read again by the gate. */
  readonly state: EffectiveState;
  /** That answer this intent. */
  readonly templates: readonly UsableTemplate[];
}

@Injectable()
export class AnswerFacts {
  constructor(
    private readonly tenantDb: TenantDb,
    private readonly connections: OpenConnections,
    private readonly flags: Flags,
    private readonly templates: UsableTemplates,
  ) {}

  /** @returns undefined when a newer message has come since, which is the one to answer */
  async read(messageId: string): Promise<Asked | undefined> {
    return this.tenantDb.run(async (manager) => {
      const message = await manager.findOneByOrFail(Message, { id: messageId });
      const { organizationId, conversationId, connectionId, direction, inboundSeq } = message;
      const conversation = await manager.findOneByOrFail(Conversation, { id: conversationId });
      if (direction !== 'inbound' || inboundSeq !== conversation.inboundSeq) return undefined;
      const question = questionOf(inboundSeq === 1 ? [message] : await unanswered(manager, message));
      const { intent } = intentOf(question ?? message.text ?? '');
      // None asks anything of the others: they leave together.
      const [contact, organization, connection, state, templates] = await Promise.all([
        manager.findOneByOrFail(Contact, { id: conversation.contactId }),
        manager.findOneByOrFail(Organization, { id: organizationId }),
        this.connections.find(connectionId),
        this.flags.effective(),
        this.templates.answering(intent),
      ]);
      const contactKnown = contact.createdAt < message.createdAt && inboundSeq > 1;
      const { name: organizationName } = organization;
      const { channel } = conversation;
      const known = { message, contact, channel, organizationName, connection };
      return { ...known, question, intent, contactKnown, state, templates };
    });
  }
}

/** So much is read as one question: who writes more at a time wants a person. */
const mostMessages = 10;
/** What a shopper reads from us; what waits, or was never sent, has not answered anything. */
const left = ['sending', 'unknown', 'sent', 'delivered', 'read', 'played'] as const;
const readable: ReadonlySet<string> = new Set(['text', 'button', 'interactive']);

/** What nobody answered for a day is a person's to look at, and no part of what is asked now. Milliseconds. */
const oneQuestion = 24 * 60 * 60 * 1_000;

/** People write "where is #1001", and then "please": what was not answered is one question. */
async function unanswered(transaction: Transaction, asked: Message): Promise<Message[]> {
  const { id, conversationId, inboundSeq, occurredAt } = asked;
  const since = new Date(occurredAt.getTime() - oneQuestion);
  const said = await transaction.find(Message, {
    where: { conversationId, direction: 'outbound', status: In(left) },
    order: { id: 'DESC' },
    take: mostMessages,
  });
  // An answer to this very message, of an earlier attempt, is no end of it.
  const last = said.find((message) => message.id < id && message.answersSeq !== inboundSeq);
  const written = await transaction.find(Message, {
    where: {
      conversationId,
      direction: 'inbound',
      occurredAt: MoreThan(since),
      ...(last && { id: MoreThan(last.id) }),
    },
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
