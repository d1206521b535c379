import { Injectable } from '@nestjs/common';
import { Connection } from '../connections/connection.entity.js';
import { TenantDb, type From } from '../database/tenant-db.js';
import { pageOf, startAfter, type Page } from '../http/page.js';
import { Problem } from '../http/problem.js';
import type { WebhookEventAnswer, WebhookEventsQuery, WebhookEventSummary } from './webhook-event.dto.js';
import { WebhookEvent } from './webhook-event.entity.js';

@Injectable()
export class WebhookEventsService {
  constructor(private readonly tenantDb: TenantDb) {}

  async list({ limit, cursor, ...filters }: WebhookEventsQuery): Promise<Page<WebhookEventSummary>> {
    const before = startAfter(cursor, filters);
    const rows = await this.tenantDb.read<WebhookEventSummary>((from) => {
      const query = selectEvents(from)
        .orderBy('event.id', 'DESC')
        .limit(limit + 1);
      if (before) query.andWhere('event.id < :before', { before });
      if (filters.connectionId) query.andWhere('event.connectionId = :id', { id: filters.connectionId });
      if (filters.type) query.andWhere('event.type = :type', { type: filters.type });
      return query;
    });
    return pageOf(rows, limit, filters);
  }

  async read(id: string): Promise<WebhookEventAnswer> {
    const [event] = await this.tenantDb.read<WebhookEventAnswer>((from) =>
      selectEvents(from).addSelect('event.payload', 'payload').where('event.id = :id', { id }),
    );
    if (!event) throw new Problem('not-found');
    return event;
  }
}

function selectEvents(from: From) {
  return from(WebhookEvent, 'event')
    .innerJoin(Connection, 'connection', 'connection.id = event.connectionId')
    .select('event.id', 'id')
    .addSelect('event.connectionId', 'connectionId')
    .addSelect('connection.provider', 'provider')
    .addSelect('event.type', 'type')
    .addSelect('event.occurredAt', 'occurredAt')
    .addSelect('event.receivedAt', 'receivedAt')
    .addSelect('event.handledAt', 'handledAt');
}
