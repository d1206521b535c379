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

  /**
   * Jobs of the organization that was entered. The more of a kind it has waiting, the further back its next ones stand: the
   * first of everybody comes before the second of anybody, so that a backlog delays its owner and nobody else.
   */
  async enqueue<Name extends JobName>(
    transaction: Transaction,
    name: Name,
    data: readonly JobData[Name][],
  ): Promise<void> {
    const group = { id: currentOrganization().organizationId };
    const executeSql = async (text: string, values?: unknown[]) => ({
      rows: await transaction.query<object[]>(text, values),
    });
    const [{ waiting }] = await transaction.query<[{ waiting: number }]>(countWaiting, [name, group.id]);
    await this.queue.boss.insert(
      name,
      data.map((each, index) => ({ data: each, group, priority: -waiting - index })),
      { db: { executeSql } },
    );
  }

  /**
   * The statement that enqueues a job of the platform, to travel with the statements of its transaction: the row, and the
   * word to its workers, that pg-boss itself would write, for a job without options of its own. Planning pg-boss' statement,
   * which serves every option, would cost Postgres more than storing a dozen deliveries.
   */
  statement<Name extends JobName>(name: Name, data: JobData[Name]): QueryConfig {
    return { text: enqueuePlain, values: [name, JSON.stringify(data)] };
  }
}

/** Of a backlog of thousands the end may stand together: counting further would cost more than it sorts out. */
const countWaiting = `
  SELECT count(*)::int AS waiting FROM (
    SELECT FROM pgboss.job_common WHERE name = $1 AND group_id = $2 AND state < 'active' LIMIT 1000
  ) own`;

/** `test/jobs/enqueue.test.ts` compares the row with pg-boss' own, column by column. */
const enqueuePlain = `
  WITH job AS (
    INSERT INTO pgboss.job_common (id, name, data, start_after, created_on, keep_until, expire_seconds, deletion_seconds,
           retry_limit, retry_delay, retry_backoff, retry_delay_max, policy, dead_letter, heartbeat_seconds)
    SELECT gen_random_uuid(), name, $2::jsonb, now(), now(), now() + retention_seconds * interval '1s', expire_seconds,
           deletion_seconds, retry_limit, retry_delay, retry_backoff, retry_delay_max, policy, dead_letter, heartbeat_seconds
      FROM pgboss.queue WHERE name = $1
    RETURNING id
  )
  SELECT pg_notify('pgboss_' || left(encode(sha224('pgboss'::bytea), 'hex'), 24), $1) FROM job`;
