/**
 * What the automation does about a contact's message: match the order, choose a template, have it phrased, check every
 * fact, let the gate decide. Repeatable: a message has one draft, and whoever comes second finds it.
 */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { TenantDb } from '../database/tenant-db.js';
import type { Transaction } from '../database/transaction.type.js';
import { JobRunner, type Attempt } from '../jobs/job-runner.js';
import type { Contact } from '../support/contact.entity.js';
import type { Conversation } from '../support/conversation.entity.js';
import { holdConversation } from '../support/held-conversation.js';
import { Message } from '../support/message.entity.js';
import { AnswerFacts, type Asked } from './answer-facts.js';
import { AnswerText, unlookedUp, type Answer } from './answer-text.js';
import type { Decision as Judgement } from './decide.js';
import { Decision } from './decision.entity.js';
import { DecisionsService, type Subject } from './decisions.service.js';
import { Draft } from './draft.entity.js';
import { ShopUnavailable } from './order-lookup.js';
import { RecentReplies } from './recent-replies.js';
import { Router } from './router.js';
import { NotSentYet, SendGate, type Evidence } from './send-gate.js';

@Injectable()
export class AnswerMessage implements OnModuleInit {
  constructor(
    private readonly tenantDb: TenantDb,
    private readonly facts: AnswerFacts,
    private readonly texts: AnswerText,
    private readonly recent: RecentReplies,
    private readonly router: Router,
    private readonly gate: SendGate,
    private readonly decisions: DecisionsService,
    private readonly runner: JobRunner,
  ) {}

  onModuleInit(): void {
    this.runner.register('answer-message', async ({ messageId }, attempt) => this.answer(messageId, attempt));
  }

  private async answer(messageId: string, { isLast }: Attempt): Promise<void> {
    const asked = await this.facts.read(messageId);
    if (!asked) return;
    const answer = await this.texts.write(asked).catch((error: unknown) => {
      if (isLast && error instanceof ShopUnavailable) return unlookedUp(asked);
      throw error;
    });
    const claimed = await this.tenantDb.run((transaction) => this.settle(transaction, asked, answer));
    if (claimed) await this.gate.deliver(claimed);
  }

  /** Under the lock that an arriving message takes: what is stale by now is not drafted. */
  private async settle(transaction: Transaction, asked: Asked, answer: Answer) {
    const { organizationId, id: answersId, conversationId, inboundSeq } = asked.message;
    const { contact, conversation } = await holdConversation(transaction, conversationId);
    if (conversation.inboundSeq !== inboundSeq) return undefined;
    requireSameWriter(asked.contact, contact);
    const draft = await transaction.findOneBy(Draft, { answersId });
    const waiting = draft?.status === 'sent-by-itself' ? await this.waiting(transaction, draft) : undefined;
    if (draft ? !waiting : await transaction.existsBy(Decision, { conversationId, answersId }))
      return undefined;
    if (conversation.inboundSeq > 1) await this.voidOlder(transaction, conversation);
    const ruleId = draft ? null : await this.router.route(transaction, asked, conversation);
    const evidence = await this.evidenceOf(asked.message, answer, waiting);
    const way = { conversation, contact, connection: asked.connection };
    const judgement = await this.gate.judge(way, evidence);
    const context = { ...answer.context, ...(ruleId && { ruleId }) };
    const subject = { conversation, answersId, author: 'automation', context } as const;
    if (draft && waiting && judgement.verdict !== 'send')
      return this.takeBack(transaction, draft, waiting, judgement, subject);
    if (answer.text === undefined || judgement.verdict === 'refuse') {
      await this.decisions.record(transaction, judgement, subject);
      return undefined;
    }
    const draftId = draft?.id ?? uuidv7();
    const message = waiting ?? outgoing(conversation, inboundSeq, answer.text);
    const leaves = judgement.verdict === 'send';
    if (leaves && !waiting) await transaction.insert(Message, message);
    if (!draft) {
      await transaction.insert(Draft, {
        organizationId,
        id: draftId,
        conversationId,
        answersId,
        inboundSeq: conversation.inboundSeq,
        text: answer.text,
        ...answer.source,
        ...(leaves && { status: 'sent-by-itself', messageId: message.id, decidedAt: new Date() }),
      });
    }
    const about = { ...subject, draftId, ...(leaves && { messageId: message.id }) };
    await this.decisions.record(transaction, judgement, about);
    return leaves ? this.gate.claim(transaction, judgement, message, way) : undefined;
  }

  private async evidenceOf(asked: Message, answer: Answer, waiting: Message | undefined): Promise<Evidence> {
    const [loop, budget] = await Promise.all([this.recent.loop(asked), this.recent.budget()]);
    return {
      ...answer.evidence,
      author: 'automation',
      // What waits was written and checked before, and other words were checked now.
      ...(waiting && waiting.text !== answer.text && { unsupported: undefined }),
      loop,
      budget,
    };
  }

  /** The vendor did not take it in time, and by now it may not leave by itself: a person has it, unless it was refused. */
  private async takeBack(
    transaction: Transaction,
    { organizationId, id: draftId }: Draft,
    { id: messageId }: Message,
    judgement: Judgement,
    subject: Subject,
  ): Promise<undefined> {
    const held = { status: 'not-sent', failure: judgement.reason } as const;
    await transaction.update(Message, { organizationId, id: messageId }, held);
    const undecided = { messageId: null, decidedAt: null };
    // What nobody may send now lies before nobody.
    const next =
      judgement.verdict === 'hold'
        ? ({ ...undecided, status: 'open' } as const)
        : ({ ...undecided, status: 'void', reason: judgement.reason } as const);
    await transaction.update(Draft, { organizationId, id: draftId }, next);
    await this.decisions.record(transaction, judgement, { ...subject, draftId, messageId });
  }

  /** What the vendor did not take yet, or somebody claimed and did not finish. @returns undefined when it is settled */
  private async waiting(transaction: Transaction, { messageId }: Draft): Promise<Message | undefined> {
    const message = await transaction.findOneOrFail(Message, {
      where: { id: messageId! },
      lock: { mode: 'pessimistic_write' },
    });
    if (message.status === 'sending') await this.gate.settleAbandoned(transaction, message);
    return message.status === 'ready' ? message : undefined;
  }

  private async voidOlder(
    transaction: Transaction,
    { organizationId, id, inboundSeq }: Conversation,
  ): Promise<void> {
    await transaction
      .createQueryBuilder()
      .update(Draft)
      .set({ status: 'void', reason: 'new-message' })
      .where({ organizationId, conversationId: id, status: 'open' })
      .andWhere('inbound_seq < :inboundSeq', { inboundSeq })
      .execute();
  }
}

/**
 * The number that proved whose order it is may be somebody else's by now, and the contact united with another.
 * @throws NotSentYet, so that all of it is looked up again
 */
function requireSameWriter(then: Contact, now: Contact): void {
  if (now.id === then.id && now.phone === then.phone && now.whatsappUserId === then.whatsappUserId) return;
  throw new NotSentYet('who wrote has changed since it was looked up');
}

function outgoing(
  { organizationId, id: conversationId, connectionId, inboundSeq }: Conversation,
  answersSeq: number | null,
  text: string,
): Message {
  return {
    organizationId,
    id: uuidv7(),
    conversationId,
    connectionId,
    direction: 'outbound',
    author: 'automation',
    type: 'text',
    text,
    answersSeq: answersSeq ?? inboundSeq,
    status: 'ready',
    occurredAt: new Date(),
  } as Message;
}
