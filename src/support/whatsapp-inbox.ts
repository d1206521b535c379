/** What shoppers write on WhatsApp, and what became of what was written to them, in the event's transaction. */
import { Injectable, Logger } from '@nestjs/common';
import { TenantDb } from '../database/tenant-db.js';
import { isReportedStatus, moves, type ReportedStatus } from './delivery-status.js';
import { Inbox } from './inbox.js';
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
export class WhatsAppInbox {
  private readonly logger = new Logger(WhatsAppInbox.name);

  constructor(
    private readonly tenantDb: TenantDb,
    private readonly contacts: KnownContacts,
    private readonly inbox: Inbox,
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
      const { organizationId, connectionId, receivedAt, occurredAt: writtenAt } = event;
      const { id: contactId } = await this.contacts.locate(transaction, organizationId, writer);
      const { vendorMessageId } = message;
      // An event comes once; the same message in another kind of event would be told twice.
      if (await transaction.existsBy(Message, { connectionId, vendorMessageId })) return;
      const arrival = { organizationId, connectionId, contactId, channel: 'whatsapp', receivedAt } as const;
      await this.inbox.receive(transaction, arrival, { ...message, type, writtenAt });
    });
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
