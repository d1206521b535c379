import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'pg';
import { openDataFolder } from './data-folder.js';
import { createEphemeral, openInstance, openOwnFolder, removeFolder } from './instance-folder.js';
import { withLock } from './kernel-lock.js';
import { localSecret, openPrivateFolder } from './local-secret.js';
import { prepareBinaries } from './postgres-binaries.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import { findRunningServer, superuser, withSuperuser } from './running-server.js';
import type { RunningServer } from './running-server.js';
import { startServer, stopServer } from './server-process.js';
import type { ServerPlan } from './server-process.js';
import { sweep } from './sweep.js';
import { openBaseFolder, serverUser } from './trusted-folder.js';

export { LocalPostgresError } from './local-postgres.error.js';
export { localSecret } from './local-secret.js';

/**
 * The real Postgres that `npm start` and the tests run on when nobody gives a DATABASE_URL. It listens on 127.0.0.1
 * alone, knows one superuser with a random password, and survives the process that started it, whose successor
 * adopts it. All processes of a checkout share one server.
 */
export interface LocalPostgresOptions {
  /** The checkout's own state folder, e.g. `<checkout>/.data`; created if missing (0700). */
  stateDir: string;
  /** A throwaway cluster for tests: nothing is flushed to disk, its own random folder, removed on stop. */
  ephemeral?: boolean;
  /** Called with one-line progress messages. */
  onProgress?: (line: string) => void;
  /** Extra server settings, e.g. `{ max_connections: '200' }`; an adopted server keeps those it was started with. */
  settings?: Record<string, string>;
  /** Another Postgres than the installed package's: a folder with `bin`, `lib` and `share`. */
  nativeDir?: string;
}

export interface LocalPostgres {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly dataDir: string;
  /** E.g. `15.18`. */
  readonly version: string;
  /** True when a server left running, or run by another process of this checkout, was adopted. */
  readonly adopted: boolean;
  /** Superuser connection string: `postgres://postgres:<password>@127.0.0.1:<port>/<database>`. */
  superuserUrl(database: string): string;
  /**
   * Stops the server (fast shutdown), unless clients of others remain: then leaves it to them, and the last one out
   * turns off the lights. Close your own connections first. An ephemeral server always stops and is removed.
   */
  stop(): Promise<'stopped' | 'in-use'>;
}

interface Site {
  readonly folder: string;
  readonly binaries: PostgresBinaries;
  readonly password: string;
  /** Undoes what only this process holds. */
  readonly leave: () => void;
}

// Creating a cluster takes seconds on a slow disk, starting after a crash up to 30 s.
const LOCK_MS = 90_000;
const LINGER_MS = 500;
const EPHEMERAL_SETTINGS = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' };

/** @throws LocalPostgresError with the mend, when there can be no local server */
export async function startLocalPostgres(options: LocalPostgresOptions): Promise<LocalPostgres> {
  if (options.ephemeral === true) return startEphemeral(options);
  const site = await openSite(options);
  const lockFile = join(site.folder, 'lock');
  return withLock(lockFile, LOCK_MS, async () => {
    const plan = await planServer(site, options, options.settings ?? {});
    const found = await findRunningServer(plan.dataDir, plan.password);
    const server = found ?? (await startServer(plan));
    // An idle connection tells the other processes of this checkout that we are here; the kernel ends it with us.
    const presence = new Pool({
      ...superuser(server.port, plan.password),
      max: 1,
      idleTimeoutMillis: 0,
      allowExitOnIdle: true,
    });
    presence.on('error', () => undefined);
    await presence.query('SELECT 1');
    return handle(server, plan, site, found !== undefined, async () => {
      await presence.end();
      return withLock(lockFile, LOCK_MS, () => stopUnlessUsed(plan));
    });
  });
}

async function startEphemeral(options: LocalPostgresOptions): Promise<LocalPostgres> {
  const site = await openSite(options);
  try {
    const plan = await planServer(site, options, { ...EPHEMERAL_SETTINGS, ...options.settings });
    const server = await startServer(plan);
    return handle(server, plan, site, false, async () => {
      await stopServer(server, plan);
      site.leave();
      return 'stopped';
    });
  } catch (error) {
    site.leave();
    throw error;
  }
}

/** Finds or makes the folder and the binaries, and cleans up after the dead while at it. */
async function openSite({ stateDir, ephemeral = false, nativeDir }: LocalPostgresOptions): Promise<Site> {
  const isRoot = serverUser() !== undefined;
  if (!isRoot && !ephemeral) {
    const binaries = await prepareBinaries(nativeDir);
    const state = openPrivateFolder(stateDir);
    return {
      folder: openOwnFolder(state),
      binaries,
      password: localSecret(state, 'superuser'),
      leave: () => undefined,
    };
  }
  const base = openBaseFolder();
  return withLock(join(base, 'lock'), LOCK_MS, async () => {
    const binaries = await prepareBinaries(nativeDir, isRoot ? base : undefined);
    await sweep(base, binaries.binDir);
    if (!ephemeral) {
      const state = openPrivateFolder(stateDir);
      const folder = openInstance(base, state);
      return { folder, binaries, password: localSecret(state, 'superuser'), leave: () => undefined };
    }
    const { folder, owner } = createEphemeral(base, isRoot);
    const leave = () => {
      owner.release();
      removeFolder(folder);
    };
    return { folder, binaries, password: localSecret(folder, 'superuser'), leave };
  });
}

async function planServer(
  { folder, binaries, password }: Site,
  { ephemeral = false, onProgress = () => undefined }: LocalPostgresOptions,
  settings: Record<string, string>,
): Promise<ServerPlan> {
  const user = serverUser();
  const dataDir = await openDataFolder({ folder, binaries, password, user, ephemeral, onProgress });
  return { binDir: binaries.binDir, dataDir, password, user, settings };
}

async function stopUnlessUsed(plan: ServerPlan): Promise<'stopped' | 'in-use'> {
  const server = await findRunningServer(plan.dataDir, plan.password);
  if (server === undefined) return 'stopped';
  if (await othersRemain(server, plan.password)) return 'in-use';
  await stopServer(server, plan);
  return 'stopped';
}

/** Connections closed a moment ago may still be listed, so that only those which stay count. */
async function othersRemain({ port }: RunningServer, password: string): Promise<boolean> {
  const sql = `SELECT 1 FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() LIMIT 1`;
  return withSuperuser(port, password, async (client) => {
    const deadline = Date.now() + LINGER_MS;
    while ((await client.query(sql)).rows.length > 0) {
      if (Date.now() > deadline) return true;
      await delay(20);
    }
    return false;
  });
}

function handle(
  server: RunningServer,
  plan: ServerPlan,
  site: Site,
  adopted: boolean,
  stop: () => Promise<'stopped' | 'in-use'>,
): LocalPostgres {
  let stopping: Promise<'stopped' | 'in-use'> | undefined;
  return {
    host: '127.0.0.1',
    port: server.port,
    dataDir: plan.dataDir,
    version: site.binaries.version,
    adopted,
    superuserUrl: (database) =>
      `postgres://postgres:${plan.password}@127.0.0.1:${server.port}/${encodeURIComponent(database)}`,
    stop: () => (stopping ??= stop()),
  };
}
