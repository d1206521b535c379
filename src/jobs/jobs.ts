/**
 * Enqueues jobs in the transaction that causes them: both commit, or neither. A job's group is its organization, taken
 * from the context; row-level security on the job table refuses any other, and any at all before one is known.
 */
import { Injectable } from '@nestjs/common';
import type { QueryConfig } from 'pg';
import type { Transaction } from '../database/transaction.type.js';
import { currentOrganization } from '../tenancy/context.js';
import type { JobData, JobName } from './job-definitions.js';
import { JobQueue } from './job-queue.js';

@Injectable()
export class Jobs {
  constructor(private readonly queue: JobQueue) {}

  /** Jobs of the organization that was entered. */
  async enqueue<Name extends JobName>(
    transaction: Transaction,
    name: Name,
    data: readonly JobData[Name][],
  ): Promise<void> {
    const group = { id: currentOrganization().organizationId };
    const executeSql = async (text: string, values?: unknown[]) => ({
      rows: await transaction.query<object[]>(text, values),
    });
    await this.queue.boss.insert(
      name,
      data.map((each) => ({ data: each, group })),
      { db: { executeSql } },
    );
  }

  /** The statement that enqueues a job of the platform, to travel with the statements of its transaction. */
  async statement<Name extends JobName>(name: Name, data: JobData[Name]): Promise<QueryConfig> {
    let statement: QueryConfig | undefined;
    const executeSql = async (text: string, values: unknown[] = []) => {
      statement = { text, values };
      return { rows: [] };
    };
    await this.queue.boss.insert(name, [{ data }], { db: { executeSql } });
    if (!statement) throw new Error('the queue asked for no statement');
    return statement;
  }
}
