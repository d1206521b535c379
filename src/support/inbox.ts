/** What shoppers write, and what became of what was written to them, taken in once, inside the event's transaction. */
import { Injectable, Logger } from '@nestjs/common';
import { Not } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { TenantDb } from '../database/tenant-db.js';
import type { Transaction } from '../database/transaction.type.js';
import { Jobs } from '../jobs/jobs.js';
import { Conversation } from './conversation.entity.js';
import { isReportedStatus, moves, type ReportedStatus } from './delivery-status.js';
import { KnownContacts } from './known-contacts.js';
import { Message } from './message.entity.js';
import { inboundMessage, statusReport, writerOf } from './whatsapp-payload.js';

/** A stored event of a connection's vendor. */
export interface ReceivedEvent {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly type: string;
  readonly payload: object;
  readonly occurredAt: Date | null;
  readonly receivedAt: Date;
}

/** WhatsApp calls these messages, but nobody wrote them. */
const notWritten = new Set(['message.system', 'message.unsupported', 'message.unknown']);

@Injectable()
export class Inbox {
  private readonly logger = new Logger(Inbox.name);

  constructor(
    private readonly tenantDb: TenantDb,
    private readonly contacts: KnownContacts,
    private readonly jobs: Jobs,
  ) {}

  async take(event: ReceivedEvent): Promise<void> {
    const [kind, ...rest] = event.type.split('.');
    if (kind === 'message' && !notWritten.has(event.type)) await this.takeMessage(event, rest.join('.'));
    const [word = ''] = rest;
    if (kind === 'status' && isReportedStatus(word)) await this.takeStatus(event, word);
  }

  private async takeMessage(event: ReceivedEvent, type: string): Promise<void> {
    const [writer, message] = [writerOf(event.payload), inboundMessage(event.payload)];
    if (!writer || !message) {
      this.logger.warn(`a ${event.type} that names no writer or no message is kept as an event only`);
      return;
    }
    await this.tenantDb.run(async (transaction) => {
      const { organizationId, connectionId } = event;
      const contact = await this.contacts.locate(transaction, organizationId, writer);
      const { vendorMessageId } = message;
      // An event comes once; the same message in another kind of event would be told twice.
      if (await transaction.existsBy(Message, { connectionId, vendorMessageId })) return;
      // A vendor's clock, and a signed body: but nothing is written in the future.
      const { occurredAt, receivedAt } = event;
      const at = occurredAt && occurredAt < receivedAt ? occurredAt : receivedAt;
      const place = await this.placeOf(transaction, event, contact.id, at);
      const id = uuidv7();
      await Promise.all([
        transaction.insert(Message, {
          organizationId,
          id,
          ...place,
          connectionId,
          direction: 'inbound',
          author: 'contact',
          type,
          ...message,
          status: 'received',
          occurredAt: at,
        }),
        this.jobs.enqueue(transaction, 'answer-message', [{ messageId: id }]),
      ]);
    });
  }

  /** In the conversation that runs, which stays locked, or in a new one. */
  private async placeOf(
    transaction: Transaction,
    { organizationId, connectionId }: ReceivedEvent,
    contactId: string,
    at: Date,
  ): Promise<Pick<Message, 'conversationId' | 'inboundSeq'>> {
    const running = await transaction.findOne(Conversation, {
      where: { contactId, connectionId, status: Not('resolved') },
      order: { id: 'DESC' },
      lock: { mode: 'pessimistic_write' },
    });
    const id = running?.id ?? uuidv7();
    const inboundSeq = (running?.inboundSeq ?? 0) + 1;
    if (running) {
      const { lastInboundAt, lastMessageAt } = running;
      const change = {
        inboundSeq,
        status: 'open',
        lastInboundAt: lastInboundAt && lastInboundAt > at ? lastInboundAt : at,
        lastMessageAt: lastMessageAt > at ? lastMessageAt : at,
      } as const;
      await transaction.update(Conversation, { organizationId, id }, change);
    } else {
      await transaction.insert(Conversation, {
        organizationId,
        id,
        contactId,
        connectionId,
        channel: 'whatsapp',
        inboundSeq,
        lastInboundAt: at,
        lastMessageAt: at,
      });
    }
    return { conversationId: id, inboundSeq };
  }

  private async takeStatus(event: ReceivedEvent, to: ReportedStatus): Promise<void> {
    const report = statusReport(event.payload);
    if (!report) return;
    const { organizationId, connectionId } = event;
    const { vendorMessageId, ourId, failure } = report;
    await this.tenantDb.run(async (transaction) => {
      // By our own id first: it settles a message whose answer we never saw. It is text of the vendor's until it matches.
      const names = [...(isUuid(ourId) ? [{ id: ourId }] : []), { vendorMessageId }];
      let message: Message | null = null;
      for (const name of names) {
        message ??= await transaction.findOne(Message, {
          where: { ...name, connectionId, direction: 'outbound' },
          lock: { mode: 'pessimistic_write' },
        });
      }
      if (!message || !moves(message.status, to)) return;
      await transaction.update(
        Message,
        { organizationId, id: message.id },
        {
          status: to,
          vendorMessageId: message.vendorMessageId ?? vendorMessageId,
          failure: to === 'failed' ? (failure ?? 'whatsapp') : null,
        },
      );
    });
  }
}

function isUuid(text: string | undefined): text is string {
  return text !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}
