/** What an operator sees and does about jobs that failed for good, and facts that nobody claimed. */
import { isUUID } from 'class-validator';
import { exitCode } from '../config/exit-codes.js';
import type { Settings } from '../config/settings.js';
import { withClient } from '../database/provision.js';
import { DeadLetters, type DeadLetter, type DeadLetterFilter } from '../jobs/dead-letters.js';
import { isJobName, jobNames, type JobName } from '../jobs/job-definitions.js';
import { createBoss } from '../jobs/job-queue.js';
import { UsageError } from './failure.js';
import type { Outcome } from './outcome.js';

export interface JobOptions {
  readonly job?: string;
  readonly id?: readonly string[];
  readonly organization?: string;
  readonly before?: string;
  readonly all?: boolean;
}

const shown = 100;

export async function deadLettersCommand(settings: Settings, options: JobOptions): Promise<Outcome> {
  const [jobs, filter] = [jobsIn(options), filterIn(options)];
  const found = await withDeadLetters(settings, async (letters) =>
    (await Promise.all(jobs.map(async (job) => letters.list(job, filter, shown)))).flat(),
  );
  const next = 'next: npm run ops -- replay --id <id>, or --job <job>, or --all';
  const lines = [...found.map(lineOf), found.length > 0 ? next : 'no job has failed for good'];
  return { lines, data: { deadLetters: found } };
}

/** Fresh jobs with all their attempts; what they do is safe to repeat. */
export async function replayCommand(settings: Settings, options: JobOptions): Promise<Outcome> {
  if (settings.policy.migrations === 'certified') {
    const lines = [
      'refused: here jobs are replayed through platform-admin, which this build has not yet (S0.3)',
    ];
    return { lines, data: { refused: 'platform-admin-only' }, code: exitCode.refused };
  }
  const filter = filterIn(options);
  if (!options.all && !options.job && Object.keys(filter).length === 0)
    throw new UsageError('say which: --id, --job, --organization, --before, or --all');
  const replayed = await withDeadLetters(settings, async (letters) => {
    let count = 0;
    for (const job of jobsIn(options)) count += await letters.replay(job, filter);
    return count;
  });
  return { lines: [`put back: ${replayed} job(s)`, 'next: npm run ops -- dead-letters'], data: { replayed } };
}

interface Unclaimed {
  readonly id: string;
  readonly deliveryId: string;
  readonly provider: string;
  readonly account: string | null;
  readonly type: string;
  readonly reason: string;
  readonly receivedAt: Date;
}

/** Facts that no verified connection claimed: kept, never routed, never dropped. */
export async function unclaimedCommand({ databaseUrls, environment }: Settings): Promise<Outcome> {
  const { rows } = await withClient(
    databaseUrls.platform,
    async (client) => client.query<Unclaimed>(newestUnclaimed),
    environment,
  );
  const lines = rows.map(
    ({ receivedAt, provider, type, account, reason, deliveryId }) =>
      `${receivedAt.toISOString()}  ${provider}  ${type}  ${account ?? '(no account)'}  ${reason}  delivery ${deliveryId}`,
  );
  if (rows.length === 0) lines.push('every fact was claimed');
  return { lines, data: { unclaimed: rows } };
}

const newestUnclaimed = `
  SELECT u.id, u.delivery_id AS "deliveryId", e.provider, u.account, u.type, u.reason, d.received_at AS "receivedAt"
    FROM webhook_unclaimed u JOIN webhook_deliveries d ON d.id = u.delivery_id JOIN endpoints e ON e.id = d.endpoint_id
   ORDER BY u.id DESC LIMIT ${shown}`;

function lineOf({ id, job, organizationId, error, diedAt }: DeadLetter): string {
  return `${id}  ${job}  ${organizationId ?? 'platform'}  ${diedAt}  ${JSON.stringify(error)}`;
}

/** @throws UsageError */
function jobsIn({ job }: JobOptions): readonly JobName[] {
  if (job === undefined) return jobNames;
  if (!isJobName(job)) throw new UsageError(`no job is called ${job}; there are ${jobNames.join(', ')}`);
  return [job];
}

/** @throws UsageError */
function filterIn({ id, organization, before }: JobOptions): DeadLetterFilter {
  const wrong = [...(id ?? []), ...(organization ? [organization] : [])].filter((each) => !isUUID(each));
  if (wrong.length > 0) throw new UsageError(`not an id: ${wrong.join(', ')}`);
  if (before !== undefined && Number.isNaN(Date.parse(before))) throw new UsageError(`not a time: ${before}`);
  return {
    ...(id && { ids: id }),
    ...(organization && { organizationId: organization }),
    ...(before && { before: new Date(before).toISOString() }),
  };
}

async function withDeadLetters<Result>(
  settings: Settings,
  work: (letters: DeadLetters) => Promise<Result>,
): Promise<Result> {
  const boss = createBoss(settings, false);
  await boss.start();
  try {
    return await work(new DeadLetters({ boss }));
  } finally {
    await boss.stop({ graceful: false });
  }
}
