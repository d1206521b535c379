/** What is known when a message is to be answered: read once, outside of any transaction. */
import { Injectable } from '@nestjs/common';
import { OpenConnections, type OpenConnection } from '../connections/open-connections.js';
import { TenantDb } from '../database/tenant-db.js';
import { Organization } from '../organizations/organization.entity.js';
import { Contact } from '../support/contact.entity.js';
import { Conversation } from '../support/conversation.entity.js';
import { Message } from '../support/message.entity.js';

export interface Asked {
  readonly message: Message;
  readonly conversation: Conversation;
  readonly contact: Contact;
  readonly organizationName: string;
  readonly connection: OpenConnection | undefined;
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
      return { message, conversation, contact, organizationName: name, contactKnown };
    });
    return read && { ...read, connection: await this.connections.find(read.message.connectionId) };
  }
}
