/** Drafts that wait for a person. Whoever decides holds the conversation's lock, as an arriving message does. */
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../auth/actor.js';
import { TenantDb, type From } from '../database/tenant-db.js';
import type { Transaction } from '../database/transaction.type.js';
import { pageOf, startAfter, type Page } from '../http/page.js';
import { requireVersion, type ExpectedVersions } from '../http/precondition.js';
import { Problem } from '../http/problem.js';
import { Jobs } from '../jobs/jobs.js';
import { Conversation } from '../support/conversation.entity.js';
import { Message } from '../support/message.entity.js';
import type { DraftAnswer, DraftsQuery, EditDraft, RejectDraft } from './draft.dto.js';
import { Draft } from './draft.entity.js';

interface Held {
  readonly draft: Draft;
  readonly conversation: Conversation;
}

@Injectable()
export class DraftsService {
  constructor(
    private readonly tenantDb: TenantDb,
    private readonly jobs: Jobs,
  ) {}

  async list({ limit, cursor, ...filters }: DraftsQuery): Promise<Page<DraftAnswer>> {
    const before = startAfter(cursor, filters);
    const { status, conversationId } = filters;
    const rows = await this.tenantDb.read<DraftAnswer>((from) => {
      const query = selectDrafts(from)
        .orderBy('draft.id', 'DESC')
        .limit(limit + 1);
      if (before) query.andWhere('draft.id < :before', { before });
      if (status) query.andWhere('draft.status = :status', { status });
      if (conversationId) query.andWhere('draft.conversationId = :conversationId', { conversationId });
      return query;
    });
    return pageOf(rows, limit, filters);
  }

  async edit(id: string, { text }: EditDraft, expected: ExpectedVersions): Promise<DraftAnswer> {
    return this.decide(id, expected, async (transaction, { draft }) => {
      const { organizationId } = draft;
      if (text !== draft.text)
        await transaction.update(Draft, { organizationId, id }, { text, edited: true });
    });
  }

  /** The person's own message from now on, on its way as soon as this is committed. */
  async approve({ userId }: Actor, id: string, expected: ExpectedVersions): Promise<DraftAnswer> {
    return this.decide(id, expected, async (transaction, { draft, conversation }) => {
      const { organizationId, conversationId, text, inboundSeq } = draft;
      const messageId = uuidv7();
      await transaction.insert(Message, {
        organizationId,
        id: messageId,
        conversationId,
        connectionId: conversation.connectionId,
        direction: 'outbound',
        author: 'member',
        authorId: userId,
        type: 'text',
        text,
        answersSeq: inboundSeq,
        status: 'ready',
        occurredAt: new Date(),
      });
      const decided = { status: 'approved', decidedBy: userId, decidedAt: new Date(), messageId } as const;
      await transaction.update(Draft, { organizationId, id }, decided);
      await this.jobs.enqueue(transaction, 'send-message', [{ messageId }]);
    });
  }

  async reject(
    { userId }: Actor,
    id: string,
    { reason }: RejectDraft,
    expected: ExpectedVersions,
  ): Promise<DraftAnswer> {
    return this.decide(id, expected, async (transaction, { draft: { organizationId } }) => {
      const decided = {
        status: 'rejected',
        reason: reason ?? null,
        decidedBy: userId,
        decidedAt: new Date(),
      } as const;
      await transaction.update(Draft, { organizationId, id }, decided);
    });
  }

  /** @throws Problem `not-found`, `draft-closed`, `draft-stale`, `precondition-failed` */
  private async decide(
    id: string,
    expected: ExpectedVersions,
    work: (transaction: Transaction, held: Held) => Promise<void>,
  ): Promise<DraftAnswer> {
    return this.tenantDb.run(async (transaction) => {
      const held = await this.hold(transaction, id);
      await this.tenantDb.assert();
      const { draft, conversation } = held;
      if (draft.status === 'void' && draft.reason === 'new-message') throw new Problem('draft-stale');
      if (draft.status !== 'open') throw new Problem('draft-closed');
      if (draft.inboundSeq !== conversation.inboundSeq) throw new Problem('draft-stale');
      requireVersion(expected, draft.version);
      await work(transaction, held);
      return this.read(id);
    });
  }

  /** The conversation first: it is the lock that an arriving message takes. */
  private async hold(transaction: Transaction, id: string): Promise<Held> {
    const seen = await transaction.findOneBy(Draft, { id });
    if (!seen) throw new Problem('not-found');
    const lock = { mode: 'pessimistic_write' } as const;
    const conversation = await transaction.findOneOrFail(Conversation, {
      where: { id: seen.conversationId },
      lock,
    });
    return { conversation, draft: await transaction.findOneOrFail(Draft, { where: { id }, lock }) };
  }

  async read(id: string): Promise<DraftAnswer> {
    const [draft] = await this.tenantDb.read<DraftAnswer>((from) =>
      selectDrafts(from).where('draft.id = :id', { id }),
    );
    if (!draft) throw new Problem('not-found');
    return draft;
  }
}

function selectDrafts(from: From) {
  return from(Draft, 'draft')
    .select('draft.id', 'id')
    .addSelect('draft.conversationId', 'conversationId')
    .addSelect('draft.answersId', 'answersId')
    .addSelect('draft.text', 'text')
    .addSelect('draft.edited', 'edited')
    .addSelect('draft.templateId', 'templateId')
    .addSelect('draft.templateNumber', 'templateNumber')
    .addSelect('draft.orderMatch', 'orderMatch')
    .addSelect('draft.status', 'status')
    .addSelect('draft.reason', 'reason')
    .addSelect('draft.decidedBy', 'decidedBy')
    .addSelect('draft.messageId', 'messageId')
    .addSelect('draft.version', 'version')
    .addSelect('draft.createdAt', 'createdAt')
    .addSelect('draft.updatedAt', 'updatedAt');
}
