/** What contacts write, taken in once, in the conversation that runs or in a new one. The contact is locked (`KnownContacts`). */
import { Injectable } from '@nestjs/common';
import { Not, type FindOptionsWhere } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { Transaction } from '../database/transaction.type.js';
import { Jobs } from '../jobs/jobs.js';
import { Conversation } from './conversation.entity.js';
import { Message } from './message.entity.js';

/** Where it came in. */
export interface Arrival extends Pick<Conversation, 'organizationId' | 'connectionId' | 'channel'> {
  readonly contactId: string;
  /** When we were told: nothing is written later than that. */
  readonly receivedAt: Date;
}

/** What was written, as its vendor tells it. */
export interface Written extends Pick<Message, 'type' | 'text' | 'content' | 'vendorMessageId' | 'replyTo'> {
  /** Null: the vendor does not say. */
  readonly writtenAt: Date | null;
}

@Injectable()
export class Inbox {
  constructor(private readonly jobs: Jobs) {}

  /**
   * From the contact. The conversation stays locked until the transaction ends.
   *
   * @param isAsked whether the automation is to look at it
   */
  async receive(transaction: Transaction, arrival: Arrival, written: Written, isAsked = true): Promise<void> {
    const { contactId, connectionId } = arrival;
    const running = await lockLast(transaction, { contactId, connectionId, status: Not('resolved') });
    const occurredAt = timeOf(arrival, written);
    const inboundSeq = (running?.inboundSeq ?? 0) + 1;
    const conversationId = await (running
      ? this.go(transaction, running, occurredAt, inboundSeq)
      : this.begin(transaction, arrival, occurredAt, inboundSeq));
    const { writtenAt: _, ...words } = written;
    const id = uuidv7();
    const message = { ...words, id, conversationId, connectionId, inboundSeq, occurredAt };
    await Promise.all([
      transaction.insert(Message, {
        ...message,
        organizationId: arrival.organizationId,
        direction: 'inbound',
        author: 'contact',
        status: 'received',
      }),
      isAsked && this.jobs.enqueue(transaction, 'answer-message', [{ messageId: id }]),
    ]);
  }

  /** From our side, but not through here: somebody of the shop has written it at the vendor. */
  async overhear(transaction: Transaction, arrival: Arrival, written: Written): Promise<void> {
    const { organizationId, contactId, connectionId } = arrival;
    const last = await lockLast(transaction, { contactId, connectionId });
    const occurredAt = timeOf(arrival, written);
    const conversationId = await (last
      ? this.go(transaction, last, occurredAt)
      : this.begin(transaction, arrival, occurredAt));
    const { writtenAt: _, ...words } = written;
    await transaction.insert(Message, {
      ...words,
      organizationId,
      id: uuidv7(),
      conversationId,
      connectionId,
      direction: 'outbound',
      author: 'member',
      status: 'sent',
      occurredAt,
    });
  }

  /** @param inboundSeq given when it is the contact who goes on */
  private async go(
    transaction: Transaction,
    { organizationId, id, lastInboundAt, lastMessageAt }: Conversation,
    at: Date,
    inboundSeq?: number,
  ): Promise<string> {
    await transaction.update(
      Conversation,
      { organizationId, id },
      {
        lastMessageAt: lastMessageAt > at ? lastMessageAt : at,
        ...(inboundSeq !== undefined && {
          inboundSeq,
          status: 'open',
          lastInboundAt: lastInboundAt && lastInboundAt > at ? lastInboundAt : at,
        }),
      },
    );
    return id;
  }

  private async begin(
    transaction: Transaction,
    { organizationId, contactId, connectionId, channel }: Arrival,
    at: Date,
    inboundSeq = 0,
  ): Promise<string> {
    const id = uuidv7();
    const place = { organizationId, id, contactId, connectionId, channel };
    const lastInboundAt = inboundSeq > 0 ? at : null;
    await transaction.insert(Conversation, { ...place, inboundSeq, lastInboundAt, lastMessageAt: at });
    return id;
  }
}

async function lockLast(
  transaction: Transaction,
  where: FindOptionsWhere<Conversation>,
): Promise<Conversation | null> {
  const lock = { mode: 'pessimistic_write' } as const;
  return transaction.findOne(Conversation, { where, order: { id: 'DESC' }, lock });
}

/** A vendor's clock, and its word: but nothing is written in the future. */
function timeOf({ receivedAt }: Arrival, { writtenAt }: Written): Date {
  return writtenAt && writtenAt < receivedAt ? writtenAt : receivedAt;
}
