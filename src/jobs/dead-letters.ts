/** Jobs that failed every time: listed, and put back one by one or by filter. */
import { Inject, Injectable } from '@nestjs/common';
import type { PgBoss } from 'pg-boss';
import { deadLetterOf, type JobName } from './job-definitions.js';
import { JobQueue } from './job-queue.js';

export interface DeadLetter {
  readonly id: string;
  readonly job: JobName;
  readonly organizationId: string | null;
  readonly data: object;
  /** The error's name and code. */
  readonly error: object | null;
  readonly diedAt: string;
}

export interface DeadLetterFilter {
  readonly ids?: readonly string[];
  readonly organizationId?: string;
  /** ISO 8601. */
  readonly before?: string;
}

@Injectable()
export class DeadLetters {
  constructor(@Inject(JobQueue) private readonly queue: { readonly boss: PgBoss }) {}

  /** The oldest first. */
  async list(job: JobName, filter: DeadLetterFilter, limit: number): Promise<DeadLetter[]> {
    const { ids = null, organizationId = null, before = null } = filter;
    const values = [deadLetterOf(job), ids, organizationId, before, limit];
    const { rows } = await this.queue.boss.getDb().executeSql(deadLetters, values);
    return rows.map((row) => ({ job, ...(row as Omit<DeadLetter, 'job'>) }));
  }

  /** Puts them back as fresh jobs, with all attempts before them. @returns how many */
  async replay(job: JobName, filter: DeadLetterFilter): Promise<number> {
    let replayed = 0;
    for (;;) {
      const ids = (await this.list(job, filter, 500)).map(({ id }) => id);
      if (ids.length === 0) return replayed;
      const moved = await this.queue.boss.redrive(deadLetterOf(job), { ids, limit: ids.length });
      if (moved === 0) return replayed;
      replayed += moved;
    }
  }
}

const deadLetters = `
  SELECT id, group_id AS "organizationId", data, source_output AS error,
         to_char(created_on AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS "diedAt"
    FROM pgboss.job_common
   WHERE name = $1 AND state = 'created' AND ($2::uuid[] IS NULL OR id = ANY ($2)) AND ($3::text IS NULL OR group_id = $3)
     AND ($4::timestamptz IS NULL OR created_on < $4)
   ORDER BY created_on, id LIMIT $5`;
