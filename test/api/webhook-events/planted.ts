/** Events as the worker stores them, planted: their times are the test's to choose. */
import { v7 as uuidv7 } from 'uuid';
import type { TestApp } from '../../support/app.js';
import type { MadeConnection } from '../../support/factory.js';

/** As the API answers it in a list. */
export interface EventSummary {
  readonly id: string;
  readonly connectionId: string;
  readonly provider: string;
  readonly type: string;
  readonly occurredAt: string | null;
  readonly receivedAt: string;
  readonly handledAt: string | null;
}

export async function plantEvent(
  t: TestApp,
  { id: connectionId, organizationId, provider }: MadeConnection,
  type: string,
  {
    payload = '{}',
    occurredAt = null as string | null,
    receivedAt = '2026-11-21T08:30:00.120Z',
    handledAt = null as string | null,
  } = {},
): Promise<EventSummary> {
  const id = uuidv7();
  await t.admin.query(
    `INSERT INTO webhook_events (organization_id, id, connection_id, delivery_id, type, fact_key, vendor_event_key, payload,
                                 occurred_at, received_at, handled_at)
     VALUES ($1, $2, $3, $2, $4, $5, $5, $6, $7, $8, $9)`,
    [organizationId, id, connectionId, type, `fact ${id}`, payload, occurredAt, receivedAt, handledAt],
  );
  return { id, connectionId, provider, type, occurredAt, receivedAt, handledAt };
}
