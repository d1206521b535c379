/** The real application on a database of its own, reached through supertest. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Pool } from 'pg';
import request, { type Agent } from 'supertest';
import { createApp } from '../../src/app.js';
import { Clock } from '../../src/auth/clock.js';
import type { Settings } from '../../src/config/settings.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { Factory } from './factory.js';

export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly database: TestDatabase;
  readonly settings: Settings;
  /** The superuser: to plant rows and to look at what is there, past row-level security. */
  readonly admin: Pool;
  readonly make: Factory;
  readonly clock: TestClock;
  http(): Agent;
  /** A second process: the same application on the same database, with other settings. Closed with this one. */
  another(overrides: Record<string, string>): Promise<() => Agent>;
  close(): Promise<void>;
}

/** A clock that stands where a test puts it, and otherwise runs. */
export class TestClock extends Clock {
  private offset = 0;
  override now(): Date {
    return new Date(Date.now() + this.offset);
  }
  advance(milliseconds: number): void {
    this.offset += milliseconds;
  }
}

/** @param change what no settings of local would say, as a column of another environment's policy */
export async function startTestApp(
  overrides: Record<string, string> = {},
  change: (settings: Settings) => Settings = (settings) => settings,
): Promise<TestApp> {
  const database = await createTestDatabase();
  const settings = change(database.settings(overrides));
  const clock = new TestClock();
  const apps: NestFastifyApplication[] = [];
  const start = async (chosen: Settings) => {
    const started = await createApp(chosen);
    apps.push(started);
    started.get(Clock).now = () => clock.now();
    // Left to itself, supertest closes the server after a request, under the others that run beside it.
    await started.listen(0, '127.0.0.1');
    return started;
  };
  const app = await start(settings);
  const admin = new Pool({ connectionString: database.adminUrl, max: 4 });
  admin.on('error', () => undefined); // tests that shut the database meet it in their queries
  const agentOf = (target: NestFastifyApplication) => () =>
    request(target.getHttpServer()) as unknown as Agent;
  const http = agentOf(app);
  return {
    app,
    database,
    settings,
    admin,
    make: new Factory(admin, http),
    clock,
    http,
    another: async (others) => agentOf(await start(change(database.settings({ ...overrides, ...others })))),
    close: async () => {
      await Promise.all(apps.map((each) => each.close()));
      await admin.end();
      await database.drop();
    },
  };
}
