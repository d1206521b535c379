import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { TenantDb } from '../database/tenant-db.js';
import type { Transaction } from '../database/transaction.type.js';
import { pageOf, startAfter, type Page, type PageQuery } from '../http/page.js';
import type { Conversation } from '../support/conversation.entity.js';
import { ConversationsService } from '../support/conversations.service.js';
import type { Decision as Judgement } from './decide.js';
import type { DecisionAnswer } from './decision.dto.js';
import { Decision } from './decision.entity.js';

/** What a decision was about. `context` holds no words of anybody. */
export interface Subject extends Pick<Decision, 'author' | 'context'> {
  readonly conversation: Conversation;
  readonly authorId?: string | null;
  readonly answersId?: string;
  readonly draftId?: string;
  readonly messageId?: string;
}

@Injectable()
export class DecisionsService {
  constructor(
    private readonly tenantDb: TenantDb,
    private readonly conversations: ConversationsService,
  ) {}

  async list(conversationId: string, { limit, cursor }: PageQuery): Promise<Page<DecisionAnswer>> {
    const filters = { conversationId };
    const before = startAfter(cursor, filters);
    const rows = await this.tenantDb.read<DecisionAnswer>((from) => {
      const query = from(Decision, 'decision')
        .select('decision.id', 'id')
        .addSelect('decision.conversationId', 'conversationId')
        .addSelect('decision.answersId', 'answersId')
        .addSelect('decision.draftId', 'draftId')
        .addSelect('decision.messageId', 'messageId')
        .addSelect('decision.author', 'author')
        .addSelect('decision.authorId', 'authorId')
        .addSelect('decision.verdict', 'verdict')
        .addSelect('decision.reason', 'reason')
        .addSelect('decision.checks', 'checks')
        .addSelect('decision.context', 'context')
        .addSelect('decision.createdAt', 'createdAt')
        .where('decision.conversationId = :conversationId', filters)
        .orderBy('decision.id', 'DESC')
        .limit(limit + 1);
      if (before) query.andWhere('decision.id < :before', { before });
      return query;
    });
    if (rows.length === 0) await this.conversations.read(conversationId);
    return pageOf(rows, limit, filters);
  }

  /** In the transaction that acts on it, so that there is no effect without its reason. */
  async record(
    transaction: Transaction,
    { verdict, reason, checks }: Judgement,
    { conversation, ...subject }: Subject,
  ): Promise<void> {
    const { organizationId, id: conversationId } = conversation;
    const id = uuidv7();
    await transaction.insert(Decision, {
      organizationId,
      id,
      conversationId,
      verdict,
      reason,
      checks,
      ...subject,
    });
  }
}
