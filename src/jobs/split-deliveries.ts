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
  readonly account: string;
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
    const failures: unknown[] = [];
    for (const delivery of deliveries) {
      try {
        await this.split(delivery, jobId);
      } catch (error) {
        failures.push(error);
      }
    }
    // The others are done and marked: the retry, and a replay of the dead letter, meet only those that failed.
    if (failures.length > 0) throw failures[0];
  }

  private async split(delivery: StoredDelivery, jobId: string): Promise<void> {
    const facts = splitDelivery({ ...delivery, body: unpackBody(delivery) });
    const claims = await this.claimsOf(delivery, facts);
    const claimed = facts.flatMap((fact) => {
      const claim = fact.problem ? undefined : claims.get(fact.account ?? '');
      return claim ? [{ ...claim, event: eventOf(fact, claim, delivery) }] : [];
    });
    for (const [organizationId, own] of Map.groupBy(claimed, (each) => each.organizationId)) {
      const store = async () =>
        this.events.store(
          organizationId,
          own.map(({ event }) => event),
        );
      await withinOrganization({ organizationId }, jobId, store);
    }
    const unclaimed = facts.filter((fact) => fact.problem || !claims.has(fact.account ?? ''));
    await this.platformDb.write([
      ...unclaimed.map((fact) => ({ text: keepUnclaimed, values: unclaimedValues(fact, delivery) })),
      { text: 'UPDATE webhook_deliveries SET split_at = now() WHERE id = $1', values: [delivery.id] },
    ]);
  }

  /** Who may claim, by account. */
  private async claimsOf(delivery: StoredDelivery, facts: readonly Fact[]): Promise<Map<string, Claim>> {
    const accounts = [...new Set(facts.flatMap(({ account }) => account ?? []))];
    const values = [delivery.endpointId, accounts];
    const claims = await this.platformDb.read<Claim>({ text: verifiedConnections, values });
    return new Map(claims.map((claim) => [claim.account, claim]));
  }
}

function eventOf(fact: Fact, { connectionId }: Claim, { id, receivedAt }: StoredDelivery): NewEvent {
  const { type, key: factKey, eventKey: vendorEventKey = null, payload, occurredAt = null } = fact;
  return { connectionId, deliveryId: id, type, factKey, vendorEventKey, payload, occurredAt, receivedAt };
}

function unclaimedValues({ key, type, account, problem }: Fact, { id }: StoredDelivery): unknown[] {
  return [uuidv7(), id, key, type, account ?? null, problem ?? 'not-connected'];
}

const unsplit = `
  SELECT d.id, e.provider AS vendor, d.headers, d.body_encoding AS "bodyEncoding", d.body, d.endpoint_id AS "endpointId", d.received_at AS "receivedAt"
    FROM webhook_deliveries d JOIN endpoints e ON e.id = d.endpoint_id
   WHERE d.id = ANY ($1) AND d.split_at IS NULL ORDER BY d.id`;

/** Of an active organization: a suspended one receives nothing, and nothing of its is lost. */
const verifiedConnections = `
  SELECT c.organization_id AS "organizationId", c.id AS "connectionId", c.account
    FROM connections c JOIN organizations o ON o.id = c.organization_id
   WHERE c.endpoint_id = $1 AND c.account = ANY ($2) AND c.status = 'verified' AND o.status = 'active'`;

const keepUnclaimed = `
  INSERT INTO webhook_unclaimed (id, delivery_id, fact_key, type, account, reason)
  VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`;
