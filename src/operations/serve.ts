/** `npm start`: settings, database, application, port; and all of it back down again. */
import { constants } from 'node:os';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../app.js';
import { exitCode } from '../config/exit-codes.js';
import { stateDir, type Settings } from '../config/settings.js';
import { createLogger } from '../logging/logger.js';
import { logProcess } from '../logging/process-lines.js';
import { appliedMigrations, migrateUp, migrationState } from '../database/migrations.js';
import { localSecret, type LocalPostgres } from '../local-postgres/local-postgres.js';
import { completeSettings } from './complete-settings.js';
import {
  DemoConnections,
  demoEndpoints,
  writeDemoEndpoints,
  type DemoEndpoints,
} from './demo-connections.js';
import { DemoAutomation } from './demo-automation.js';
import { AutoLogin } from '../auth/auto-login.js';
import { DemoData, demoOrganizations } from './demo-data.js';
import { MigrationsError, reportFailure } from './failure.js';
import { listen } from './listen.js';
import { welcome } from './welcome.js';

interface Running {
  server?: LocalPostgres;
  app?: NestFastifyApplication;
  /** Set by a signal: what is being started gives up at its next step. */
  stopping?: true;
}

/** Milliseconds: npm and the terminal both pass a Ctrl-C on, so a second one at once is the same wish. */
const sameWish = 500;
/** Milliseconds that requests in flight are given. */
const drain = 10_000;

const demoOwner = demoOrganizations[0]!.members[0].email;

const say = (line: string) => console.log(line);

export async function serve(): Promise<void> {
  const running: Running = {};
  // A reader of our output that goes away (tee at Ctrl-C) must not keep us from stopping.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const started = start(running);
  stopOnSignal(running, started);
  try {
    await started;
  } catch (error) {
    if (running.stopping) return;
    const code = reportFailure('Bulkhead does not start', error);
    await stop(running);
    process.exit(code);
  }
}

async function start(running: Running): Promise<void> {
  const { settings, server } = await completeSettings('serve', say);
  if (server) running.server = server;
  goOn(running);
  await prepareDatabase(settings);
  goOn(running);
  const logger = createLogger(settings);
  logProcess(logger);
  running.app = await createApp(settings, logger);
  const demo = settings.policy.demoData && settings.role !== 'worker' ? demoOf() : undefined;
  if (demo) {
    await running.app.get(DemoData).seed(demo.password);
    await running.app.get(DemoConnections).seed(demo.endpoints);
    await running.app.get(DemoAutomation).seed();
    if (settings.autoLogin) running.app.get(AutoLogin).enable({ email: demoOwner, password: demo.password });
  }
  goOn(running);
  const url = await listen(running.app, settings);
  if (!demo)
    return say(`Bulkhead serves at ${url} (environment: ${settings.environment}, role: ${settings.role})`);
  writeDemoEndpoints(stateDir, url, demo.endpoints);
  say(welcome(url, demo.password));
  if (settings.autoLogin) say(`DEV_AUTO_LOGIN: a request without a sign-in is ${demoOwner}’s`);
}

function demoOf(): { password: string; endpoints: DemoEndpoints } {
  const secretOf = (name: string) => localSecret(stateDir, name);
  return { password: secretOf('demo-password').slice(0, 16), endpoints: demoEndpoints(secretOf) };
}

function goOn({ stopping }: Running): void {
  if (stopping) throw new Error('stopped while starting');
}

/** @throws MigrationsError when the database is not what this build expects, and may not be migrated here (C4) */
async function prepareDatabase({ policy, databaseUrls, environment }: Settings): Promise<void> {
  if (policy.migrations === 'on-start' && databaseUrls.owner) {
    const applied = await migrateUp(databaseUrls.owner, environment);
    if (applied.length > 0) say(`applied ${applied.length} migration(s): ${applied.join(', ')}`);
  }
  const { pending, unknown } = migrationState(await appliedMigrations(databaseUrls.platform));
  if (pending.length > 0)
    throw new MigrationsError(`migrations are pending: ${pending.join(', ')}. Run npm run ops -- migrate`);
  if (unknown.length > 0)
    throw new MigrationsError(
      `the database has migrations unknown to this build: ${unknown.join(', ')}. Start a newer build`,
    );
}

async function stop({ app, server }: Running): Promise<void> {
  if (app) await close(app);
  if ((await server?.stop()) === 'in-use')
    say('the database stays up: another process of this checkout uses it');
}

/** Answers what is in flight; connections that ask for nothing, or take too long, are cut. */
async function close(app: NestFastifyApplication): Promise<void> {
  const server = app.getHttpServer();
  const cut = setTimeout(() => server.closeAllConnections(), drain);
  await app.close();
  clearTimeout(cut);
}

/** The first signal drains and stops everything, also what is only being started; a later one does not wait. */
function stopOnSignal(running: Running, started: Promise<void>): void {
  let since: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    if (since !== undefined) {
      if (performance.now() - since > sameWish) process.exit(128 + constants.signals[signal]);
      return;
    }
    since = performance.now();
    running.stopping = true;
    say(`\n${signal}: stopping (again to stop at once)`);
    void started
      .catch(() => undefined)
      .then(async () => stop(running))
      .then(
        () => process.exit(exitCode.ok),
        (error: unknown) => {
          console.error(error);
          process.exit(exitCode.checkFailed);
        },
      );
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
}
