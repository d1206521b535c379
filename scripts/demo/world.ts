/**
 * The running code on a database of its own: built modules of `dist/`, an embedded server that goes when the demo ends, and
 * mocks that remember in a folder which goes too.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Settings } from '../../src/config/settings.ts';
import type { DemoEndpoints } from '../../src/operations/demo-connections.ts';
import type { FlagOptions } from '../../src/operations/flag-commands.ts';

export interface World {
  readonly url: string;
  readonly password: string;
  readonly endpoints: DemoEndpoints;
  readonly postgres: string;
  /** As `npm run ops -- flags` does. */
  setFlags(options: FlagOptions): Promise<void>;
  stop(): Promise<void>;
}

/** What `npm run build` made of a source file. */
const built = async <Loaded>(path: string): Promise<Loaded> =>
  (await import(new URL(`../../dist/${path}`, import.meta.url).href)) as Loaded;

export async function startWorld(progress: (line: string) => void): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-demo-'));
  const undo: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const each of undo.toReversed()) await each();
  };
  try {
    return { ...(await start(folder, undo, progress)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  folder: string,
  undo: (() => Promise<void>)[],
  progress: (line: string) => void,
): Promise<Omit<World, 'stop'>> {
  progress('starting a Postgres of its own');
  const { settings, version } = await startDatabase(folder, undo);
  progress('starting the application');
  const { createApp } = await built<typeof import('../../src/app.ts')>('app.js');
  const app = await createApp(settings);
  undo.push(async () => app.close());
  const secrets = new Map<string, string>();
  const secretOf = (name: string) => {
    if (!secrets.has(name)) secrets.set(name, randomBytes(32).toString('base64url'));
    return secrets.get(name)!;
  };
  const password = secretOf('password').slice(0, 16);
  const { DemoData } =
    await built<typeof import('../../src/operations/demo-data.ts')>('operations/demo-data.js');
  const connections = await built<typeof import('../../src/operations/demo-connections.ts')>(
    'operations/demo-connections.js',
  );
  const { DemoAutomation } = await built<typeof import('../../src/operations/demo-automation.ts')>(
    'operations/demo-automation.js',
  );
  const endpoints = connections.demoEndpoints(secretOf);
  await app.get(DemoData).seed(password);
  await app.get(connections.DemoConnections).seed(endpoints);
  await app.get(DemoAutomation).seed();
  await app.listen(0, '127.0.0.1');
  const { flagsCommand } = await built<typeof import('../../src/operations/flag-commands.ts')>(
    'operations/flag-commands.js',
  );
  const setFlags = async (options: FlagOptions) => void (await flagsCommand(settings, options));
  return { url: await app.getUrl(), password, endpoints, postgres: version, setFlags };
}

async function startDatabase(
  folder: string,
  undo: (() => Promise<void>)[],
): Promise<{ settings: Settings; version: string }> {
  const { startLocalPostgres } = await built<typeof import('../../src/local-postgres/local-postgres.ts')>(
    'local-postgres/local-postgres.js',
  );
  const { provision, databaseUrl } =
    await built<typeof import('../../src/database/provision.ts')>('database/provision.js');
  const { roleNames } = await built<typeof import('../../src/database/roles.ts')>('database/roles.js');
  const { migrateUp } =
    await built<typeof import('../../src/database/migrations.ts')>('database/migrations.js');
  const { roleUrls } = await built<typeof import('../../src/operations/local-environment.ts')>(
    'operations/local-environment.js',
  );
  const { loadSettings, stateDir } =
    await built<typeof import('../../src/config/settings.ts')>('config/settings.js');
  await built('environment/egress.preload.js');
  const { openEgress } = await built<typeof import('../../src/environment/egress.guard.ts')>(
    'environment/egress.guard.js',
  );
  openEgress({ loopback: true, hosts: [] });
  const server = await startLocalPostgres({ stateDir, ephemeral: true });
  undo.push(async () => void (await server.stop()));
  const passwords = Object.fromEntries(roleNames.map((role) => [role, randomBytes(24).toString('hex')]));
  const [database, adminUrl] = ['bulkhead_local_demo', server.superuserUrl('postgres')];
  await provision({ environment: 'local', adminUrl, database, passwords });
  const owner = { name: 'bulkhead_owner', password: passwords['bulkhead_owner']! } as const;
  await migrateUp(databaseUrl(adminUrl, database, owner), 'local');
  const key = () => `demo:${randomBytes(32).toString('base64url')}`;
  const settings = loadSettings({
    APP_ENV: 'local',
    LOG_LEVEL: 'silent',
    ROLE: 'all',
    MOCKS_DIR: join(folder, 'mocks'),
    ACCESS_TOKEN_KEYS: key(),
    REFRESH_TOKEN_KEYS: key(),
    CREDENTIAL_KEYS: key(),
    ...roleUrls(adminUrl, database, (role) => passwords[role]!),
  });
  return { settings, version: server.version };
}
