import { Module } from '@nestjs/common';
import { ConnectionsModule } from '../connections/connections.module.js';
import { HttpModule } from '../http/http.module.js';
import { SupportModule } from '../support/support.module.js';
import { DeliveryStore } from './delivery-store.js';
import { EventStore } from './event-store.js';
import { HandleEvent } from './handle-event.js';
import { Handshake } from './handshake.js';
import { LiveEndpoints } from './live-endpoints.js';
import { ReadTicket } from './read-ticket.js';
import { Receiver } from './receiver.js';
import { WebhookEventsController } from './webhook-events.controller.js';
import { WebhookEventsService } from './webhook-events.service.js';
import { WebhooksController } from './webhooks.controller.js';

@Module({
  imports: [ConnectionsModule, HttpModule, SupportModule],
  controllers: [WebhooksController, WebhookEventsController],
  providers: [
    LiveEndpoints,
    DeliveryStore,
    Receiver,
    Handshake,
    EventStore,
    HandleEvent,
    ReadTicket,
    WebhookEventsService,
  ],
  exports: [EventStore],
})
export class WebhooksModule {}
