/**
 * The door for what happens before the organization is known: sign-in, refresh, sign-out, switching, founding.
 * Its role reaches users, sessions, and of organizations and members only what is bound to one user.
 */
import { Injectable } from '@nestjs/common';
import type { QueryConfig, QueryResult } from 'pg';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../auth/actor.js';
import { Doors } from './doors.js';
import { databaseProblem } from './database-problem.js';
import { readOnce, runOnce, writeOnce, type Entrance, type Statement } from './transaction.js';

/** Whose memberships may be seen, and which organization may be joined. Neither: no member or organization is visible. */
export interface EntryBinding {
  readonly userId?: string;
  readonly organizationId?: string;
}

@Injectable()
export class EntryDb {
  constructor(private readonly doors: Doors) {}

  async run<Result>(
    binding: EntryBinding,
    work: (manager: EntityManager) => Promise<Result>,
  ): Promise<Result> {
    return this.enter(bindingEntrance(binding), work);
  }

  /** For a signed-in actor: asserts the session as `TenantDb` does, then shows what is the actor's own. */
  async runAs<Result>(actor: Actor, work: (manager: EntityManager) => Promise<Result>): Promise<Result> {
    const values = [actor.organizationId, actor.sessionId, actor.userId, actor.role];
    const text = `SELECT auth_assert($1, $2, $3, $4), set_config('app.user_id', $3::uuid::text, true)`;
    return this.enter({ text, values }, work);
  }

  /** One read-only statement in one round trip, bound to nobody. */
  async read<Row extends object>(statement: Statement): Promise<Row[]> {
    try {
      return await readOnce<Row>(this.doors.entry, bindingEntrance({}), statement);
    } catch (error) {
      throw databaseProblem(error);
    }
  }

  /** Statements bound to nobody, in one transaction and one round trip. */
  async write(statements: readonly QueryConfig[]): Promise<QueryResult[]> {
    try {
      return await writeOnce(this.doors.entry, statements);
    } catch (error) {
      throw databaseProblem(error);
    }
  }

  /** Binds the rest of the transaction to what it has just found out. */
  async bind(manager: EntityManager, binding: EntryBinding): Promise<void> {
    const { text, values } = bindingEntrance(binding);
    await manager.query(text, values);
  }

  private async enter<Result>(
    entrance: Entrance,
    work: (manager: EntityManager) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await runOnce(this.doors.entry, entrance, work);
    } catch (error) {
      throw databaseProblem(error);
    }
  }
}

function bindingEntrance({ userId = '', organizationId = '' }: EntryBinding): Entrance {
  return {
    text: `SELECT set_config('app.user_id', $1, true), set_config('app.organization_id', $2, true)`,
    values: [userId, organizationId],
  };
}
