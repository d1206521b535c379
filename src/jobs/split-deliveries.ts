/**
 * Takes stored deliveries apart: each fact becomes an event of the organization whose verified connection names its
 * account and is bound to the very endpoint it came in by. What nobody can claim is kept as unclaimed. Repeatable: facts
 * are unique, and a delivery is marked only after all of them are stored.
 */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { PlatformDb } from '../database/platform-db.js';
import { withinOrganization } from '../tenancy/context.js';
import { EventStore, type NewEvent } from '../webhooks/event-store.js';
import type { Fact, ReceivedDelivery } from '../webhooks/split/fact.js';
import { splitDelivery } from '../webhooks/split/split-delivery.js';
import { unpackBody, type StoredBody } from '../webhooks/stored-body.js';
import { JobRunner } from './job-runner.js';

interface StoredDelivery extends Omit<ReceivedDelivery, 'body'>, StoredBody {
  readonly endpointId: string;
  readonly receivedAt: string;
}

interface Claim {
  readonly organizationId: string;
  readonly connectionId: string;
  readonly endpointId: string;
  readonly account: string;
}

interface DeliveredFact extends Fact {
  readonly delivery: StoredDelivery;
}

@Injectable()
export class SplitDeliveries implements OnModuleInit {
  constructor(
    private readonly platformDb: PlatformDb,
    private readonly events: EventStore,
    private readonly runner: JobRunner,
  ) {}

  onModuleInit(): void {
    this.runner.register('split-deliveries', async ({ deliveryIds }, { jobId }) =>
      this.splitAll(deliveryIds, jobId),
    );
  }

  private async splitAll(deliveryIds: readonly string[], jobId: string): Promise<void> {
    const deliveries = await this.platformDb.read<StoredDelivery>({ text: unsplit, values: [deliveryIds] });
    try {
      await this.split(deliveries, jobId);
    } catch (error) {
      if (deliveries.length === 1) throw error;
      await this.splitEach(deliveries, jobId);
    }
  }

  /** One of them spoils the others. Those are done and marked: the retry, and a replay of the dead letter, meet only it. */
  private async splitEach(deliveries: readonly StoredDelivery[], jobId: string): Promise<void> {
    const failures: unknown[] = [];
    for (const delivery of deliveries) {
      await this.split([delivery], jobId).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  /** What one organization gets of all of them, it gets in one transaction. */
  private async split(deliveries: readonly StoredDelivery[], jobId: string): Promise<void> {
    if (deliveries.length === 0) return;
    const facts = deliveries.flatMap((delivery) =>
      splitDelivery({ ...delivery, body: unpackBody(delivery) }).map((fact) => ({ ...fact, delivery })),
    );
    const claims = await this.claimsOf(facts);
    const claimed = facts.flatMap((fact) => {
      const claim = fact.problem ? undefined : claims.get(placeOf(fact));
      return claim ? [{ ...claim, event: eventOf(fact, claim) }] : [];
    });
    for (const [organizationId, own] of Map.groupBy(claimed, (each) => each.organizationId)) {
      const store = async () =>
        this.events.store(
          organizationId,
          own.map(({ event }) => event),
        );
      await withinOrganization({ organizationId }, jobId, store);
    }
    const unclaimed = facts.filter((fact) => fact.problem || !claims.has(placeOf(fact)));
    await this.platformDb.write([
      ...unclaimed.map((fact) => ({ text: keepUnclaimed, values: unclaimedValues(fact) })),
      { text: markSplit, values: [deliveries.map(({ id }) => id)] },
    ]);
  }

  /** Who may claim, by the place where a fact came in. */
  private async claimsOf(facts: readonly DeliveredFact[]): Promise<Map<string, Claim>> {
    const named = facts.filter(({ account }) => account !== undefined);
    const values = [named.map(({ delivery }) => delivery.endpointId), named.map(({ account }) => account)];
    const claims = await this.platformDb.read<Claim>({ text: verifiedConnections, values });
    return new Map(claims.map((claim) => [`${claim.endpointId} ${claim.account}`, claim]));
  }
}

function placeOf({ account, delivery: { endpointId } }: DeliveredFact): string {
  return `${endpointId} ${account ?? ''}`;
}

function eventOf(fact: DeliveredFact, { connectionId }: Claim): NewEvent {
  const { type, key: factKey, eventKey: vendorEventKey = null, payload, occurredAt = null } = fact;
  const { id: deliveryId, receivedAt } = fact.delivery;
  return { connectionId, deliveryId, type, factKey, vendorEventKey, payload, occurredAt, receivedAt };
}

function unclaimedValues({ key, type, account, problem, delivery }: DeliveredFact): unknown[] {
  return [uuidv7(), delivery.id, key, type, account ?? null, problem ?? 'not-connected'];
}

const unsplit = `
  SELECT d.id, e.provider AS vendor, d.headers, d.body_encoding AS "bodyEncoding", d.body, d.endpoint_id AS "endpointId", d.received_at AS "receivedAt"
    FROM webhook_deliveries d JOIN endpoints e ON e.id = d.endpoint_id
   WHERE d.id = ANY ($1) AND d.split_at IS NULL ORDER BY d.id`;

/** Of an active organization: a suspended one receives nothing, and nothing of its is lost. */
const verifiedConnections = `
  SELECT c.organization_id AS "organizationId", c.id AS "connectionId", c.endpoint_id AS "endpointId", c.account
    FROM connections c JOIN organizations o ON o.id = c.organization_id
   WHERE (c.endpoint_id, c.account) IN (SELECT * FROM unnest($1::uuid[], $2::text[]))
     AND c.status = 'verified' AND o.status = 'active'`;

const markSplit = 'UPDATE webhook_deliveries SET split_at = now() WHERE id = ANY ($1)';

const keepUnclaimed = `
  INSERT INTO webhook_unclaimed (id, delivery_id, fact_key, type, account, reason)
  VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`;
