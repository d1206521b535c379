/**
 * Handles one event in one transaction with all its effects, and marks it in the same: an event that was handled is not
 * handled again, whoever runs the job and however often.
 */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { Connection } from '../connections/connection.entity.js';
import { ConnectionsService } from '../connections/connections.service.js';
import type { Vendor } from '../connections/vendors.js';
import { TenantDb } from '../database/tenant-db.js';
import { JobRunner } from '../jobs/job-runner.js';
import { Inbox } from '../support/inbox.js';
import { WebhookEvent } from './webhook-event.entity.js';

@Injectable()
export class HandleEvent implements OnModuleInit {
  constructor(
    private readonly tenantDb: TenantDb,
    private readonly connections: ConnectionsService,
    private readonly inbox: Inbox,
    private readonly runner: JobRunner,
  ) {}

  onModuleInit(): void {
    this.runner.register('handle-event', async ({ eventId }) => this.handle(eventId));
  }

  private async handle(id: string): Promise<void> {
    await this.tenantDb.run(async (manager) => {
      const where = { id, handledAt: IsNull() };
      const event = await manager.findOne(WebhookEvent, { where, lock: { mode: 'pessimistic_write' } });
      if (!event) return;
      const { connectionId } = event;
      const { provider } = await manager.findOneOrFail(Connection, {
        select: { provider: true },
        where: { id: connectionId },
      });
      await this.takeEffect(provider, event);
      const { organizationId } = event;
      await manager.update(WebhookEvent, { organizationId, id }, { handledAt: new Date() });
    });
  }

  /** By vendor: what Richpanel calls its events is written by whoever wrote the template there. */
  private async takeEffect(vendor: Vendor, event: WebhookEvent): Promise<void> {
    const { type, organizationId, connectionId, receivedAt } = event;
    if (vendor === 'shopify' && type === 'app/uninstalled')
      await this.connections.markUninstalled(organizationId, connectionId, receivedAt);
    if (vendor === 'whatsapp') await this.inbox.take(event);
  }
}
