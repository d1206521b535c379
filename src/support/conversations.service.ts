import { Injectable } from '@nestjs/common';
import { TenantDb, type From } from '../database/tenant-db.js';
import { pageOf, startAfter, type Page } from '../http/page.js';
import { requireVersion, type ExpectedVersions } from '../http/precondition.js';
import { Problem } from '../http/problem.js';
import { Member } from '../organizations/member.entity.js';
import { Contact } from './contact.entity.js';
import type { ConversationAnswer, ConversationsQuery, UpdateConversation } from './conversation.dto.js';
import { Conversation } from './conversation.entity.js';

@Injectable()
export class ConversationsService {
  constructor(private readonly tenantDb: TenantDb) {}

  async list({ limit, cursor, ...filters }: ConversationsQuery): Promise<Page<ConversationAnswer>> {
    const before = startAfter(cursor, filters);
    const { status, assigneeId, contactId, tag } = filters;
    const rows = await this.tenantDb.read<ConversationAnswer>((from) => {
      const query = selectConversations(from)
        .orderBy('conversation.id', 'DESC')
        .limit(limit + 1);
      if (before) query.andWhere('conversation.id < :before', { before });
      if (status) query.andWhere('conversation.status = :status', { status });
      if (assigneeId === 'none') query.andWhere('conversation.assigneeId IS NULL');
      else if (assigneeId) query.andWhere('conversation.assigneeId = :assigneeId', { assigneeId });
      if (contactId) query.andWhere('conversation.contactId = :contactId', { contactId });
      if (tag) query.andWhere(':tag = ANY (conversation.tags)', { tag });
      return query;
    });
    return pageOf(rows, limit, filters);
  }

  async read(id: string): Promise<ConversationAnswer> {
    const [conversation] = await this.tenantDb.read<ConversationAnswer>((from) =>
      selectConversations(from).where('conversation.id = :id', { id }),
    );
    if (!conversation) throw new Problem('not-found');
    return conversation;
  }

  async update(
    id: string,
    change: UpdateConversation,
    expected: ExpectedVersions,
  ): Promise<ConversationAnswer> {
    return this.tenantDb.run(async (manager) => {
      const where = { id };
      const conversation = await manager.findOne(Conversation, {
        where,
        lock: { mode: 'pessimistic_write' },
      });
      if (!conversation) throw new Problem('not-found');
      requireVersion(expected, conversation.version);
      const { status, assigneeId, tags } = change;
      if (assigneeId && assigneeId !== conversation.assigneeId) {
        // Locked, so that whoever removes the member waits, or is found to have done so.
        const member = await manager.findOne(Member, {
          where: { id: assigneeId, status: 'active' },
          lock: { mode: 'pessimistic_read' },
        });
        if (!member) throw new Problem('validation-failed', { errors: [noMember] });
      }
      const next = {
        ...(status !== undefined && status !== conversation.status && { status }),
        ...(assigneeId !== undefined && assigneeId !== conversation.assigneeId && { assigneeId }),
        ...(tags !== undefined && String(tags) !== String(conversation.tags) && { tags }),
      };
      if (Object.keys(next).length > 0) {
        const { organizationId } = conversation;
        await manager.update(Conversation, { organizationId, id }, next);
      }
      return this.read(id);
    });
  }
}

const noMember = { pointer: '/assigneeId', detail: 'must be an active member of your organization' };

function selectConversations(from: From) {
  return from(Conversation, 'conversation')
    .innerJoin(Contact, 'contact', 'contact.id = conversation.contactId')
    .select('conversation.id', 'id')
    .addSelect('conversation.contactId', 'contactId')
    .addSelect('contact.name', 'contactName')
    .addSelect('conversation.connectionId', 'connectionId')
    .addSelect('conversation.channel', 'channel')
    .addSelect('conversation.status', 'status')
    .addSelect('conversation.assigneeId', 'assigneeId')
    .addSelect('conversation.tags', 'tags')
    .addSelect('conversation.inboundSeq', 'inboundSeq')
    .addSelect('conversation.lastInboundAt', 'lastInboundAt')
    .addSelect('conversation.lastMessageAt', 'lastMessageAt')
    .addSelect('conversation.version', 'version')
    .addSelect('conversation.createdAt', 'createdAt')
    .addSelect('conversation.updatedAt', 'updatedAt');
}
