/**
 * Enqueues jobs in the transaction that causes them: both commit, or neither. A job's group is its organization, taken
 * from the context; row-level security on the job table refuses any other, and any at all before one is known.
 */
import { Injectable } from '@nestjs/common';
import type { QueryConfig } from 'pg';
import type { Transaction } from '../database/transaction.type.js';
import { currentOrganization } from '../tenancy/context.js';
import type { JobData, JobName } from './job-definitions.js';

@Injectable()
export class Jobs {
  /**
   * Jobs of the organization that was entered. The more of a kind it has waiting, the further back its next ones stand: the
   * first of everybody comes before the second of anybody, so that a backlog delays its owner and nobody else.
   */
  async enqueue<Name extends JobName>(
    transaction: Transaction,
    name: Name,
    data: readonly JobData[Name][],
  ): Promise<void> {
    const { organizationId } = currentOrganization();
    await transaction.query(enqueueOfOrganization, [name, JSON.stringify(data), organizationId]);
  }

  /** The statement that enqueues a job of the platform, to travel with the statements of its transaction. */
  statement<Name extends JobName>(name: Name, data: JobData[Name]): QueryConfig {
    return { text: enqueueOfPlatform, values: [name, JSON.stringify(data)] };
  }
}

/*
 * The rows, and the word to the workers, that pg-boss itself would write for jobs without options of their own
 * (`test/jobs/enqueue.test.ts` compares them, column by column). Its own statement serves every option: planning it would
 * cost Postgres more than storing a dozen deliveries.
 */
const enqueue = (ownColumns: string, ownValues: string, from: string) => `
  WITH job AS (
    INSERT INTO pgboss.job_common (id, name, ${ownColumns}, start_after, created_on, keep_until, expire_seconds,
           deletion_seconds, retry_limit, retry_delay, retry_backoff, retry_delay_max, policy, dead_letter, heartbeat_seconds)
    SELECT gen_random_uuid(), name, ${ownValues}, now(), now(), now() + retention_seconds * interval '1s', expire_seconds,
           deletion_seconds, retry_limit, retry_delay, retry_backoff, retry_delay_max, policy, dead_letter, heartbeat_seconds
      FROM pgboss.queue${from} WHERE name = $1
    RETURNING id
  )
  SELECT pg_notify('pgboss_' || left(encode(sha224('pgboss'::bytea), 'hex'), 24), $1) FROM job`;

const enqueueOfPlatform = enqueue('data', '$2::jsonb', '');

/** Of a backlog of thousands the end may stand together: counting further would cost more than it sorts out. */
const enqueueOfOrganization = enqueue(
  'data, group_id, priority',
  'given.data, $3, 1 - given.place - own.waiting',
  `, jsonb_array_elements($2::jsonb) WITH ORDINALITY AS given (data, place),
           (SELECT count(*) AS waiting
              FROM (SELECT FROM pgboss.job_common
                     WHERE name = $1 AND group_id = $3 AND state < 'active' LIMIT 1000) one) own`,
);
