/**
 * The door to one organization's data. Guarantees: no organization entered → throws before any SQL; every
 * transaction is bound to the entered organization and asserts, in the database, that session, membership and
 * organization are alive at that moment (S-26); row-level security hides every other organization's rows.
 */
import { Injectable } from '@nestjs/common';
import type { EntityManager, EntityTarget, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import {
  currentOrganization,
  currentTransaction,
  withTransaction,
  type OpenTransaction,
} from '../tenancy/context.js';
import { Doors } from './doors.js';
import { databaseProblem } from './database-problem.js';
import { readOnce, readWithin, runOnce, type Entrance, type Statement } from './transaction.js';

/** Starts a SELECT on an entity: `(from) => from(Member, 'member').select(…)`. */
export type From = <Entity extends ObjectLiteral>(
  entity: EntityTarget<Entity>,
  alias: string,
) => SelectQueryBuilder<Entity>;

@Injectable()
export class TenantDb {
  constructor(private readonly doors: Doors) {}

  /** One read-only statement in one round trip. @returns rows as they come, one property per selected alias; times as ISO 8601 text */
  async read<Row extends object>(build: (from: From) => Statement): Promise<Row[]> {
    const entrance = organizationEntrance();
    const manager = currentTransaction()?.manager;
    const builder = manager ?? this.doors.tenant;
    const from: From = (entity, alias) => builder.createQueryBuilder(entity, alias);
    try {
      if (manager) return await readWithin<Row>(manager, build(from));
      return await readOnce<Row>(this.doors.tenant, entrance, build(from));
    } catch (error) {
      throw databaseProblem(error);
    }
  }

  /** Work in one transaction; called inside another `run`, it joins it. Never call a vendor in here. */
  async run<Result>(work: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    const entrance = organizationEntrance();
    const around = currentTransaction();
    if (around) return join(around, work);
    try {
      return await runOnce(this.doors.tenant, entrance, (manager) => lead(manager, work));
    } catch (error) {
      throw databaseProblem(error);
    }
  }

  /**
   * Asserts session, membership, role and organization now: for a route that needs no row, and after waiting for a
   * lock, behind which the actor may have been removed.
   */
  async assert(): Promise<void> {
    await this.read(() => (currentTransaction() ? organizationEntrance() : { text: 'SELECT' }));
  }
}

async function lead<Result>(
  manager: EntityManager,
  work: (manager: EntityManager) => Promise<Result>,
): Promise<Result> {
  const transaction: OpenTransaction = { manager, ended: false, failed: false };
  try {
    const result = await withTransaction(transaction, async () => work(manager));
    if (transaction.failed) throw new Error('nested work failed, so nothing of this transaction is kept');
    return result;
  } finally {
    transaction.ended = true;
  }
}

async function join<Result>(
  around: OpenTransaction,
  work: (manager: EntityManager) => Promise<Result>,
): Promise<Result> {
  try {
    return await work(around.manager);
  } catch (error) {
    around.failed = true;
    throw error;
  }
}

function organizationEntrance(): Entrance {
  const { organizationId, session } = currentOrganization();
  return {
    text: 'SELECT auth_assert($1, $2, $3, $4)',
    values: [organizationId, session?.id ?? null, session?.userId ?? null, session?.role ?? null],
  };
}
