/**
 * What a ticket of the help desk says, taken in once per comment. Its address is what somebody typed or a mail claims to
 * be from: it names a contact, and proves neither an order nor that two contacts are one (docs/automation.md).
 */
import { Injectable, Logger } from '@nestjs/common';
import { In } from 'typeorm';
import { TenantDb } from '../database/tenant-db.js';
import type { RichpanelComment, RichpanelTicket } from '../providers/richpanel/richpanel.provider.js';
import { emailKey } from './email-key.js';
import { Inbox, type Written } from './inbox.js';
import { KnownContacts } from './known-contacts.js';
import { Message } from './message.entity.js';

/** Where the ticket was read. */
export interface TicketSource {
  readonly organizationId: string;
  readonly connectionId: string;
  /** Of the event that said to read it. */
  readonly receivedAt: Date;
}

@Injectable()
export class TicketInbox {
  private readonly logger = new Logger(TicketInbox.name);

  constructor(
    private readonly tenantDb: TenantDb,
    private readonly contacts: KnownContacts,
    private readonly inbox: Inbox,
  ) {}

  /** In one transaction; whoever reads the same ticket at the same moment waits for the contact. */
  async take(source: TicketSource, ticket: RichpanelTicket): Promise<void> {
    const email = emailKey(stored(ticket.customer.email));
    if (email === undefined || ticket.comments.length === 0) {
      this.logger.log('a ticket without an address or without a comment is kept as an event only');
      return;
    }
    const name = stored(ticket.customer.name);
    const { organizationId, connectionId } = source;
    await this.tenantDb.run(async (transaction) => {
      const writer = { email, ...(name && { name }) };
      const { id: contactId } = await this.contacts.locate(transaction, organizationId, writer);
      const ids = ticket.comments.map((comment) => idOf(ticket, comment));
      const where = { connectionId, vendorMessageId: In(ids) };
      const known = await transaction.find(Message, { select: { vendorMessageId: true }, where });
      const taken = new Set(known.map(({ vendorMessageId }) => vendorMessageId));
      const arrival = { ...source, contactId, channel: 'email' } as const;
      for (const comment of ticket.comments) {
        const written = writtenIn(ticket, comment);
        if (taken.has(written.vendorMessageId)) continue;
        taken.add(written.vendorMessageId);
        if (comment.fromCustomer)
          await this.inbox.receive(transaction, arrival, written, isAsked(ticket, comment));
        else await this.inbox.overhear(transaction, arrival, written);
      }
    });
  }
}

/** Nobody has said anything since, and the shop has not closed it. */
function isAsked({ status, comments }: RichpanelTicket, comment: RichpanelComment): boolean {
  return comment === comments.at(-1) && status !== 'CLOSED';
}

function writtenIn(ticket: RichpanelTicket, comment: RichpanelComment): Written {
  const isFirst = comment === ticket.comments[0];
  const body = stored(comment.plainBody);
  // People ask in the subject, and write below it what they could not fit in.
  const words = [isFirst ? stored(ticket.subject) : undefined, body].filter(Boolean);
  const writtenAt = new Date(comment.createdAt);
  return {
    type: 'text',
    text: words.length > 0 ? cut(words.join('\n\n')) : null,
    content: null,
    vendorMessageId: idOf(ticket, comment),
    replyTo: null,
    writtenAt: Number.isNaN(writtenAt.getTime()) ? null : writtenAt,
  };
}

/** A comment's id is only known to be one of its ticket's. */
function idOf({ id }: RichpanelTicket, comment: RichpanelComment): string {
  return stored(`${id}/${comment.id}`) ?? '';
}

/** So much of a comment is kept: WhatsApp's have 4,096, and whoever mails more writes to be in the way. */
const mostCharacters = 32_768;

function cut(text: string): string {
  return text.length > mostCharacters ? `${text.slice(0, mostCharacters).toWellFormed()}…` : text;
}

/** Postgres stores any text but NUL. */
function stored(text: string | undefined): string | undefined {
  return text?.replaceAll('\0', '').trim() || undefined;
}
