/** A worker whose handlers are the test's own, and what a test sees and does of the queue behind it. */
import type { INestApplication } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { v7 as uuidv7 } from 'uuid';
import { AppModule } from '../../src/app.module.js';
import { TenantDb } from '../../src/database/tenant-db.js';
import type { JobData, JobName } from '../../src/jobs/job-definitions.js';
import { JobRunner, type Handler } from '../../src/jobs/job-runner.js';
import { Jobs } from '../../src/jobs/jobs.js';
import { SplitDeliveries } from '../../src/jobs/split-deliveries.js';
import { withinOrganization } from '../../src/tenancy/context.js';
import { HandleEvent } from '../../src/webhooks/handle-event.js';
import type { TestApp } from '../support/app.js';

export const soon = { timeout: 20_000, interval: 20 };

export type Handlers = { readonly [Name in JobName]?: Handler<Name> };

/** The whole application as a worker, but for what the jobs do. What has no handler here is worked off by nobody. */
export async function startWorker(t: TestApp, handlers: Handlers): Promise<INestApplication> {
  const module = await Test.createTestingModule({
    imports: [AppModule.register(t.database.settings({ ROLE: 'worker' }))],
  })
    .overrideProvider(HandleEvent)
    .useFactory({ inject: [JobRunner], factory: registering('handle-event', handlers['handle-event']) })
    .overrideProvider(SplitDeliveries)
    .useFactory({
      inject: [JobRunner],
      factory: registering('split-deliveries', handlers['split-deliveries']),
    })
    .compile();
  const app = module.createNestApplication(new FastifyAdapter(), { logger: false });
  return app.init();
}

const registering =
  <Name extends JobName>(name: Name, handler: Handler<Name> | undefined) =>
  (runner: JobRunner) => ({
    onModuleInit: () => {
      if (handler) runner.register(name, handler);
    },
  });

export async function enqueue<Name extends JobName>(
  t: TestApp,
  organizationId: string,
  name: Name,
  data: readonly JobData[Name][],
): Promise<void> {
  await withinOrganization({ organizationId }, 'test', async () =>
    t.app.get(TenantDb).run((manager) => t.app.get(Jobs).enqueue(manager, name, data)),
  );
}

/** Events that nobody stored: a handler of the test's own looks at nothing else. */
export const someEvents = (count: number) => Array.from({ length: count }, () => ({ eventId: uuidv7() }));

export interface JobRow {
  readonly id: string;
  readonly name: string;
  readonly state: 'created' | 'retry' | 'active' | 'completed' | 'cancelled' | 'failed';
  readonly group_id: string | null;
  readonly data: { readonly eventId?: string; readonly deliveryIds?: string[] };
  readonly retry_count: number;
  readonly start_after: Date;
  readonly started_on: Date | null;
  readonly output: object | null;
  readonly source_output: object | null;
}

export async function jobs(
  t: TestApp,
  name: string,
  where = 'true',
  values: unknown[] = [],
): Promise<JobRow[]> {
  const { rows } = await t.admin.query<JobRow>(
    `SELECT * FROM pgboss.job_common WHERE name = '${name}' AND ${where} ORDER BY created_on, id`,
    values,
  );
  return rows;
}

/** Nobody waits until a retry is due: it is due now, and the workers are told so. */
export async function makeDue(t: TestApp, name: JobName): Promise<void> {
  await t.admin.query(
    `UPDATE pgboss.job_common SET start_after = now() - interval '1 second' WHERE name = $1 AND state = 'retry'`,
    [name],
  );
  await wake(t, name);
}

/** As pg-boss does when it inserts a job. */
export async function wake(t: TestApp, name: JobName): Promise<void> {
  await t.admin.query(`SELECT pg_notify('pgboss_' || left(encode(sha224('pgboss'::bytea), 'hex'), 24), $1)`, [
    name,
  ]);
}
