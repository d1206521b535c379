/** `npm start`: settings, database, application, port; and all of it back down again. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../app.js';
import { exitCode } from '../config/exit-codes.js';
import { stateDir, type Settings } from '../config/settings.js';
import { appliedMigrations, migrateUp, migrationState } from '../database/migrations.js';
import { localSecret, type LocalPostgres } from '../local-postgres/local-postgres.js';
import { completeSettings } from './complete-settings.js';
import { DemoData } from './demo-data.js';
import { MigrationsError, reportFailure } from './failure.js';
import { listen } from './listen.js';
import { welcome } from './welcome.js';

interface Running {
  server?: LocalPostgres;
  app?: NestFastifyApplication;
}

const say = (line: string) => console.log(line);

export async function serve(): Promise<void> {
  const running: Running = {};
  stopOnSignal(running);
  try {
    await start(running);
  } catch (error) {
    const code = reportFailure('Bulkhead does not start', error);
    await stop(running);
    process.exit(code);
  }
}

async function start(running: Running): Promise<void> {
  const ready = await completeSettings('serve', say);
  const { settings } = ready;
  if (ready.server) running.server = ready.server;
  await prepareDatabase(settings);
  running.app = await createApp(settings);
  const demoPassword = settings.policy.demoData
    ? localSecret(stateDir, 'demo-password').slice(0, 16)
    : undefined;
  if (demoPassword) await running.app.get(DemoData).seed(demoPassword);
  const url = await listen(running.app, settings);
  if (demoPassword) say(welcome(url, demoPassword));
  else
    say(
      JSON.stringify({
        level: 'info',
        env: settings.environment,
        service: 'bulkhead',
        msg: `listening on ${url}`,
      }),
    );
}

/** @throws MigrationsError when the database is not what this build expects, and may not be migrated here (C4) */
async function prepareDatabase({ policy, databaseUrls }: Settings): Promise<void> {
  if (policy.migrations === 'on-start' && databaseUrls.owner) {
    const applied = await migrateUp(databaseUrls.owner);
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
  await app?.close();
  if ((await server?.stop()) === 'in-use')
    say('the database stays up: another process of this checkout uses it');
}

/** The first signal drains and stops everything; a second one does not wait. */
function stopOnSignal(running: Running): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (stopping) process.exit(128 + (signal === 'SIGINT' ? 2 : 15));
    stopping = true;
    say(`\n${signal}: stopping (again to stop at once)`);
    stop(running).then(
      () => process.exit(exitCode.ok),
      (error: unknown) => {
        console.error(error);
        process.exit(exitCode.checkFailed);
      },
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}
