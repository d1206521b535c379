/** Works jobs off. A job of an organization runs inside it: `group.id` is read from the row, never from its data. */
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job, JobResult } from 'pg-boss';
import { HttpMetrics } from '../http/metrics.js';
import { Problem } from '../http/problem.js';
import { errorFacts, framesIn } from '../logging/error-facts.js';
import { openContext, withinOrganization } from '../tenancy/context.js';
import { jobDefinitions, type JobData, type JobName } from './job-definitions.js';
import { JobQueue } from './job-queue.js';

/** Fetches of one kind of job that run side by side in a process. */
const workersOfAKind = 2;

/** One of the times that a job is given out. */
export interface Attempt {
  readonly jobId: string;
  /** When it fails now, the job ends in the dead letter. */
  readonly isLast: boolean;
}

export type Handler<Name extends JobName> = (data: JobData[Name], attempt: Attempt) => Promise<void>;

@Injectable()
export class JobRunner implements OnApplicationBootstrap {
  private readonly logger = new Logger(JobRunner.name);
  private readonly handlers = new Map<JobName, Handler<JobName>>();

  constructor(
    private readonly queue: JobQueue,
    private readonly metrics: HttpMetrics,
  ) {}

  /** Called by whoever does the work, before the application has started. */
  register<Name extends JobName>(name: Name, handler: Handler<Name>): void {
    if (this.handlers.has(name)) throw new Error(`${name} has a handler already`);
    this.handlers.set(name, handler as Handler<JobName>);
  }

  get registered(): readonly JobName[] {
    return [...this.handlers.keys()];
  }

  async onApplicationBootstrap(): Promise<void> {
    if (!this.queue.works) return;
    for (const [name, handler] of this.handlers) {
      for (let worker = 0; worker < workersOfAKind; worker += 1) await this.work(name, handler);
    }
  }

  private async work(name: JobName, handler: Handler<JobName>): Promise<void> {
    const { batchSize, groupConcurrency } = jobDefinitions[name];
    const options = {
      batchSize,
      ...(groupConcurrency && { groupConcurrency }),
      pollingIntervalSeconds: 0.5,
      notifyPollingIntervalSeconds: 5,
      perJobResults: true as const,
    };
    const worker: { id?: string } = {};
    worker.id = await this.queue.boss.work<JobData[JobName]>(name, options, async (jobs) => {
      const results = await Promise.all(jobs.map(async (job) => this.runOne(name, handler, job)));
      // Where there was work there may be more: what the limit of a group left behind does not wait for the next poll.
      if (worker.id) this.queue.boss.notifyWorker(worker.id);
      return results;
    });
  }

  private async runOne(
    name: JobName,
    handler: Handler<JobName>,
    job: Job<JobData[JobName]>,
  ): Promise<JobResult> {
    try {
      const isLast = job.retryCount >= jobDefinitions[name].options.retryLimit;
      await this.enter(name, job, async () => handler(job.data, { jobId: job.id, isLast }));
      this.metrics.countJob(name, 'completed');
      return { id: job.id, status: 'completed' };
    } catch (error) {
      this.metrics.countJob(name, 'failed');
      const output = nameOf(error as Error);
      const { stack, message } =
        (error as Error).cause instanceof Error ? ((error as Error).cause as Error) : (error as Error);
      this.logger.error(
        `job ${name} ${job.id}: ${Object.values(output).join(' ')}`,
        framesIn(stack, message).join('\n'),
      );
      return { id: job.id, status: 'failed', output };
    }
  }

  private async enter(
    name: JobName,
    { id, groupId }: Job<unknown>,
    work: () => Promise<void>,
  ): Promise<void> {
    const { scope } = jobDefinitions[name];
    if (scope === 'platform') {
      if (groupId) throw new Error('a job of the platform names an organization');
      return openContext(id, work);
    }
    if (!groupId) throw new Error('a job of an organization names none');
    return withinOrganization({ organizationId: groupId }, id, work);
  }
}

/** What stays with the job names the error and quotes nothing: messages may hold what somebody wrote. */
function nameOf(error: Error): Record<string, string> {
  const { name = 'Error', code: given, cause } = errorFacts(error);
  const code = error instanceof Problem ? error.code : given;
  return {
    error: name,
    ...(code !== undefined && { code: String(code) }),
    ...(cause?.code !== undefined && { cause: String(cause.code) }),
  };
}
