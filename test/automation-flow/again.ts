/** Jobs that come out of order or once more, and moments between an answer's looking up and its acting. */
import { expect } from 'vitest';
import type { JobName } from '../../src/jobs/job-definitions.js';
import { wake } from '../jobs/worked.js';
import type { TestApp } from '../support/app.js';
import { connect } from '../support/database.js';
import { soon, type Shop } from './shop.js';

/** The organization's jobs of this name once more, as the queue gives them out after a process that was killed. */
export async function again(
  t: TestApp,
  { owner }: Shop,
  name: JobName = 'answer-message',
  { retryCount = 0 } = {},
): Promise<void> {
  await t.admin.query(
    `UPDATE pgboss.job_common SET state = 'created', start_after = now(), started_on = NULL, completed_on = NULL, retry_count = $3
      WHERE group_id = $1 AND name = $2`,
    [owner.organizationId, name, retryCount],
  );
  await wake(t, name);
}

/**
 * Starts an answer and does something while it waits: it has read who wrote and matched their order by then, and has
 * decided nothing.
 */
export async function whileWritten(
  t: TestApp,
  start: () => Promise<unknown>,
  work: () => Promise<unknown>,
): Promise<void> {
  const holder = await connect(t.database.adminUrl);
  try {
    await holder.query('BEGIN');
    await holder.query('LOCK TABLE templates IN ACCESS EXCLUSIVE MODE');
    await start();
    await expect.poll(() => waiting(t, 'templates'), soon).toBe(1);
    await work();
    await holder.query('COMMIT');
  } finally {
    await holder.end();
  }
}

/** How many wait for a lock, in a query that says this: of a long one, in its first kilobyte. */
export async function waiting(t: TestApp, said: string): Promise<number> {
  const { rowCount } = await t.admin.query(
    `SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND query ILIKE '%' || $1 || '%'`,
    [said],
  );
  return rowCount!;
}
