import { Module } from '@nestjs/common';
import { ContactsController } from './contacts.controller.js';
import { ContactsService } from './contacts.service.js';
import { ConversationsController } from './conversations.controller.js';
import { ConversationsService } from './conversations.service.js';
import { Inbox } from './inbox.js';
import { KnownContacts } from './known-contacts.js';
import { MessagesService } from './messages.service.js';
import { TicketInbox } from './ticket-inbox.js';
import { WhatsAppInbox } from './whatsapp-inbox.js';

@Module({
  controllers: [ContactsController, ConversationsController],
  providers: [
    ContactsService,
    ConversationsService,
    MessagesService,
    KnownContacts,
    Inbox,
    WhatsAppInbox,
    TicketInbox,
  ],
  exports: [ConversationsService, WhatsAppInbox, TicketInbox],
})
export class SupportModule {}
