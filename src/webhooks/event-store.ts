import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { TenantDb } from '../database/tenant-db.js';
import { Jobs } from '../jobs/jobs.js';
import { WebhookEvent } from './webhook-event.entity.js';

export interface NewEvent {
  readonly connectionId: string;
  readonly deliveryId: string;
  readonly type: string;
  readonly factKey: string;
  readonly vendorEventKey: string | null;
  readonly payload: object;
  readonly occurredAt: Date | null;
  readonly receivedAt: string;
}

/** Stores facts as events of the organization that was entered, each once, with the job that handles it. */
@Injectable()
export class EventStore {
  constructor(
    private readonly tenantDb: TenantDb,
    private readonly jobs: Jobs,
  ) {}

  async store(organizationId: string, events: readonly NewEvent[]): Promise<void> {
    await this.tenantDb.run(async (manager) => {
      const rows = events.map((event) => ({ organizationId, id: uuidv7(), ...event }));
      const insert = manager.createQueryBuilder().insert().into(WebhookEvent).values(rows).orIgnore();
      // Only what is new is handled: a fact that came before has its job already.
      const { raw } = await insert.returning('id').updateEntity(false).execute();
      const eventIds = (raw as { id: string }[]).map(({ id }) => id);
      if (eventIds.length > 0)
        await this.jobs.enqueue(
          manager,
          'handle-event',
          eventIds.map((eventId) => ({ eventId })),
        );
    });
  }
}
