/** pg-boss on its own connections, as `bulkhead_queue`. Schema and grants are the migrations' business, never its own. */
import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { PgBoss, type QueueOptions } from 'pg-boss';
import { Config } from '../config/config.module.js';
import type { Settings } from '../config/settings.js';
import { requireFitRoles } from '../database/door-role.js';
import { stampVerifier } from '../database/stamp.js';
import { deadLetterOf, deadLetterOptions, jobDefinitions, jobNames } from './job-definitions.js';

/** @param works off jobs, and looks after the queue; otherwise it only enqueues */
export function createBoss(
  { databaseUrls: { queue, direct }, environment }: Pick<Settings, 'databaseUrls' | 'environment'>,
  works: boolean,
): PgBoss {
  // What it does not know it hands to `pg.Pool`.
  const pool = { verify: stampVerifier(environment) };
  return new PgBoss({
    ...pool,
    connectionString: direct ?? queue,
    application_name: 'bulkhead jobs',
    schema: 'pgboss',
    max: 5,
    migrate: false,
    createSchema: false,
    schedule: false,
    // Rebuilding an index takes its owner, which this role is not.
    reindex: false,
    supervise: works,
    superviseIntervalSeconds: 10,
    monitorIntervalSeconds: 10,
    // LISTEN needs a session of its own, which a transaction pooler does not give; polling always remains.
    useListenNotify: works && direct !== undefined,
  });
}

@Injectable()
export class JobQueue implements OnModuleInit, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly boss: PgBoss;
  /** Whether this process works jobs off, or only enqueues them. */
  readonly works: boolean;
  private readonly logger = new Logger(JobQueue.name);

  constructor(config: Config) {
    this.works = config.get('role', { infer: true }) !== 'api';
    const databaseUrls = config.get('databaseUrls', { infer: true });
    const environment = config.get('environment', { infer: true });
    this.boss = createBoss({ databaseUrls, environment }, this.works);
    this.boss.on('error', (error: Error) => this.logger.error(error.message, error.stack));
    this.boss.on('warning', ({ message }) => this.logger.warn(message));
  }

  async onModuleInit(): Promise<void> {
    await this.boss.start();
    const database = this.boss.getDb();
    await requireFitRoles([
      { query: async <Rows>(text: string) => (await database.executeSql(text)).rows as Rows },
    ]);
    await this.declareQueues();
  }

  /** Work in hand is finished while its doors are still open; what is not fetched yet stays for others. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(jobNames.map(async (name) => this.boss.offWork(name, { wait: true })));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.boss.stop({ graceful: false });
  }

  /** Creates what is missing and mends what differs, so that the code alone says how a job is retried. */
  private async declareQueues(): Promise<void> {
    const existing = new Map((await this.boss.getQueues()).map((queue) => [queue.name, queue]));
    const declared = jobNames.flatMap(
      (name): [string, QueueOptions & { deadLetter?: string; notify?: boolean }][] => [
        [deadLetterOf(name), deadLetterOptions],
        [name, { ...jobDefinitions[name].options, deadLetter: deadLetterOf(name), notify: true }],
      ],
    );
    for (const [name, options] of declared) {
      const queue = existing.get(name);
      if (!queue) await this.boss.createQueue(name, options);
      else if (Object.entries(options).some(([key, value]) => queue[key as keyof typeof queue] !== value))
        await this.boss.updateQueue(name, options);
    }
  }
}
