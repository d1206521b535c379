/**
 * The door across organizations, for the platform itself: reads everything but secrets, writes platform tables only.
 * Only `tenancy/`, `jobs/`, `platform-admin/` and `operations/` may import it (dependency rule `platform-door`).
 */
import { Injectable } from '@nestjs/common';
import type { QueryConfig } from 'pg';
import { Doors } from './doors.js';
import { databaseProblem } from './database-problem.js';
import { readOnce, writeOnce, type Statement } from './transaction.js';

const noOrganization = { text: `SELECT set_config('app.organization_id', '', true)`, values: [] };

@Injectable()
export class PlatformDb {
  constructor(private readonly doors: Doors) {}

  /** Statements on platform tables, in one transaction and one round trip. */
  async write(statements: readonly QueryConfig[]): Promise<void> {
    try {
      await writeOnce(this.doors.platform, statements);
    } catch (error) {
      throw databaseProblem(error);
    }
  }

  async read<Row extends object>(statement: Statement): Promise<Row[]> {
    try {
      return await readOnce<Row>(this.doors.platform, noOrganization, statement);
    } catch (error) {
      throw databaseProblem(error);
    }
  }
}
