/**
 * Handles one event in one transaction with all its effects, and marks it in the same: an event that was handled is not
 * handled again, whoever runs the job and however often.
 */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { ConnectionsService } from '../connections/connections.service.js';
import { TenantDb } from '../database/tenant-db.js';
import { JobRunner } from '../jobs/job-runner.js';
import { WebhookEvent } from './webhook-event.entity.js';

@Injectable()
export class HandleEvent implements OnModuleInit {
  constructor(
    private readonly tenantDb: TenantDb,
    private readonly connections: ConnectionsService,
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
      await this.takeEffect(event);
      const { organizationId } = event;
      await manager.update(WebhookEvent, { organizationId, id }, { handledAt: new Date() });
    });
  }

  private async takeEffect({ type, organizationId, connectionId, receivedAt }: WebhookEvent): Promise<void> {
    if (type === 'app/uninstalled')
      await this.connections.markUninstalled(organizationId, connectionId, receivedAt);
  }
}
