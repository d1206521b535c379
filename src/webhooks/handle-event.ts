/**
 * Handles one event in one transaction with all its effects, and marks it in the same: an event that was handled is not
 * handled again, whoever runs the job and however often.
 */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ConnectionsService } from '../connections/connections.service.js';
import type { Vendor } from '../connections/vendors.js';
import { TenantDb } from '../database/tenant-db.js';
import type { Transaction } from '../database/transaction.type.js';
import { JobRunner } from '../jobs/job-runner.js';
import { Jobs } from '../jobs/jobs.js';
import { WhatsAppInbox, type ReceivedEvent } from '../support/whatsapp-inbox.js';
import { WebhookEvent } from './webhook-event.entity.js';

interface UnhandledEvent extends ReceivedEvent {
  readonly id: string;
  readonly vendor: Vendor;
}

@Injectable()
export class HandleEvent implements OnModuleInit {
  constructor(
    private readonly tenantDb: TenantDb,
    private readonly connections: ConnectionsService,
    private readonly inbox: WhatsAppInbox,
    private readonly jobs: Jobs,
    private readonly runner: JobRunner,
  ) {}

  onModuleInit(): void {
    this.runner.register('handle-event', async ({ eventId }) => this.handle(eventId));
  }

  private async handle(id: string): Promise<void> {
    await this.tenantDb.run(async (manager) => {
      const [event] = await manager.query<UnhandledEvent[]>(lockUnhandled, [id]);
      if (!event) return;
      await this.takeEffect(event, manager);
      const { organizationId } = event;
      await manager.update(WebhookEvent, { organizationId, id }, { handledAt: new Date() });
    });
  }

  /** By vendor: what Richpanel calls its events is written by whoever wrote the template there. */
  private async takeEffect(event: UnhandledEvent, transaction: Transaction): Promise<void> {
    const { id: eventId, vendor, type, organizationId, connectionId, receivedAt } = event;
    if (vendor === 'shopify' && type === 'app/uninstalled')
      await this.connections.markUninstalled(organizationId, connectionId, receivedAt);
    if (vendor === 'whatsapp') await this.inbox.take(event);
    if (vendor === 'richpanel') await this.jobs.enqueue(transaction, 'read-ticket', [{ eventId }]);
  }
}

const lockUnhandled = `
  SELECT event.id, connection.provider AS vendor, event.organization_id AS "organizationId", event.connection_id AS "connectionId",
         event.type, event.payload, event.occurred_at AS "occurredAt", event.received_at AS "receivedAt"
    FROM webhook_events event
    JOIN connections connection ON connection.organization_id = event.organization_id AND connection.id = event.connection_id
   WHERE event.id = $1 AND event.handled_at IS NULL
     FOR UPDATE OF event`;
