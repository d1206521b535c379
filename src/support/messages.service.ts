import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../auth/actor.js';
import { TenantDb, type From } from '../database/tenant-db.js';
import { pageOf, startAfter, type Page, type PageQuery } from '../http/page.js';
import { Problem } from '../http/problem.js';
import { Jobs } from '../jobs/jobs.js';
import { Conversation } from './conversation.entity.js';
import { ConversationsService } from './conversations.service.js';
import type { MessageAnswer, Reply } from './message.dto.js';
import { Message } from './message.entity.js';

@Injectable()
export class MessagesService {
  constructor(
    private readonly tenantDb: TenantDb,
    private readonly conversations: ConversationsService,
    private readonly jobs: Jobs,
  ) {}

  async list(conversationId: string, { limit, cursor }: PageQuery): Promise<Page<MessageAnswer>> {
    const filters = { conversationId };
    const before = startAfter(cursor, filters);
    const rows = await this.tenantDb.read<MessageAnswer>((from) => {
      const query = selectMessages(from)
        .where('message.conversationId = :conversationId', filters)
        .orderBy('message.id', 'DESC')
        .limit(limit + 1);
      if (before) query.andWhere('message.id < :before', { before });
      return query;
    });
    // Of a conversation that is there but silent, or not there at all?
    if (rows.length === 0) await this.conversations.read(conversationId);
    return pageOf(rows, limit, filters);
  }

  /** On its way as soon as this is committed; the send gate has the last word. */
  async reply({ userId }: Actor, conversationId: string, { text }: Reply): Promise<MessageAnswer> {
    return this.tenantDb.run(async (manager) => {
      const conversation = await manager.findOneBy(Conversation, { id: conversationId });
      if (!conversation) throw new Problem('not-found');
      const { organizationId, connectionId } = conversation;
      const id = uuidv7();
      await manager.insert(Message, {
        organizationId,
        id,
        conversationId,
        connectionId,
        direction: 'outbound',
        author: 'member',
        authorId: userId,
        type: 'text',
        text,
        status: 'ready',
        occurredAt: new Date(),
      });
      await this.jobs.enqueue(manager, 'send-message', [{ messageId: id }]);
      const [message] = await this.tenantDb.read<MessageAnswer>((from) =>
        selectMessages(from).where('message.id = :id', { id }),
      );
      return message!;
    });
  }
}

function selectMessages(from: From) {
  return from(Message, 'message')
    .select('message.id', 'id')
    .addSelect('message.direction', 'direction')
    .addSelect('message.author', 'author')
    .addSelect('message.authorId', 'authorId')
    .addSelect('message.type', 'type')
    .addSelect('message.text', 'text')
    .addSelect('message.content', 'content')
    .addSelect('message.status', 'status')
    .addSelect('message.failure', 'failure')
    .addSelect('message.occurredAt', 'occurredAt')
    .addSelect('message.createdAt', 'createdAt')
    .addSelect('message.updatedAt', 'updatedAt');
}
