/** `npm start`: settings, database, application, port; and all of it back down again. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../app.js';
import { exitCode } from '../config/exit-codes.js';
import { processEnvironment } from '../config/process-environment.js';
import { environmentOf, loadSettings, SettingsError, stateDir, type ProcessEnvironment, type Settings } from '../config/settings.js';
import { appliedMigrations, migrateUp, migrationState } from '../database/migrations.js';
import { policies } from '../environment/policy.js';
import { LocalPostgresError, localSecret, type LocalPostgres } from '../local-postgres/local-postgres.js';
import { DemoData } from './demo-data.js';
import { listen, PortTakenError } from './listen.js';
import { startEmbeddedDatabase, withLocalKeys, withPlaceholders } from './local-environment.js';
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
    const code = report(error);
    await stop(running);
    process.exit(code);
  }
}

async function start(running: Running): Promise<void> {
  const settings = await completeSettings(processEnvironment(), running);
  await prepareDatabase(settings);
  running.app = await createApp(settings);
  const demoPassword = settings.policy.demoData ? localSecret(stateDir, 'demo-password').slice(0, 16) : undefined;
  if (demoPassword) await running.app.get(DemoData).seed(demoPassword);
  const url = await listen(running.app, settings);
  if (demoPassword) say(welcome(url, demoPassword));
  else say(JSON.stringify({ level: 'info', env: settings.environment, service: 'bulkhead', msg: `listening on ${url}` }));
}

/** Everything is checked before anything is started; only then does `local` make what is missing. */
async function completeSettings(env: ProcessEnvironment, running: Running): Promise<Settings> {
  const environment = environmentOf(env);
  const policy = typeof environment === 'string' ? policies[environment] : undefined;
  if (!policy?.generatedKeys) return loadSettings(env);
  loadSettings(withPlaceholders(env));
  const withKeys = withLocalKeys(env, stateDir);
  if (!policy.embeddedDatabase || env['DATABASE_URL']) return loadSettings(withKeys);
  const embedded = await startEmbeddedDatabase(withKeys, stateDir, say);
  running.server = embedded.server;
  return loadSettings(embedded.env);
}

/** @throws MigrationsError when the database is not what this build expects, and may not be migrated here (C4) */
async function prepareDatabase({ policy, databaseUrls }: Settings): Promise<void> {
  if (policy.migrations === 'on-start' && databaseUrls.owner) {
    const applied = await migrateUp(databaseUrls.owner);
    if (applied.length > 0) say(`applied ${applied.length} migration(s): ${applied.join(', ')}`);
  }
  const { pending, unknown } = migrationState(await appliedMigrations(databaseUrls.platform));
  if (pending.length > 0) throw new MigrationsError(`pending: ${pending.join(', ')}. Run: npm run ops -- migrate`);
  if (unknown.length > 0) throw new MigrationsError(`unknown to this build: ${unknown.join(', ')}. Start a newer build`);
}

class MigrationsError extends Error {}

function report(error: unknown): number {
  if (error instanceof SettingsError) {
    console.error(`Bulkhead does not start: ${error.violations.length} setting(s) are wrong.\n`);
    for (const { setting, problem } of error.violations) console.error(`  ${setting}  ${problem}`);
    console.error('\nEvery setting is described in env/backend.env.*.example.');
    return exitCode.configuration;
  }
  if (error instanceof MigrationsError) {
    console.error(`Bulkhead does not start: the database has migrations ${error.message}.`);
    return exitCode.configuration;
  }
  if (error instanceof LocalPostgresError) console.error(`Bulkhead does not start: ${error.message}\n${error.mend}`);
  else if (error instanceof PortTakenError) console.error(`Bulkhead does not start: ${error.message}`);
  else console.error('Bulkhead does not start:', error);
  return exitCode.unavailable;
}

async function stop({ app, server }: Running): Promise<void> {
  await app?.close();
  if ((await server?.stop()) === 'in-use') say('the database stays up: another process of this checkout uses it');
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
