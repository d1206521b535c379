/**
 * The door across organizations, for the platform itself: reads everything but secrets, writes platform tables only.
 * Only `tenancy/`, `jobs/`, `platform-admin/` and `operations/` may import it (dependency rule `platform-door`).
 */
import { Injectable } from '@nestjs/common';
import { Doors } from './doors.js';
import { databaseProblem } from './database-problem.js';
import { readOnce, type Statement } from './transaction.js';

const noOrganization = { text: `SELECT set_config('app.organization_id', '', true)`, values: [] };

@Injectable()
export class PlatformDb {
  constructor(private readonly doors: Doors) {}

  async read<Row extends object>(statement: Statement): Promise<Row[]> {
    try {
      return await readOnce<Row>(this.doors.platform, noOrganization, statement);
    } catch (error) {
      throw databaseProblem(error);
    }
  }
}
