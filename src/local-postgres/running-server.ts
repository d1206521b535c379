import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { errorCode } from './local-postgres.error.js';

/** A server that answered to our password from our data folder. */
export interface RunningServer {
  /** Of the postmaster. */
  readonly pid: number;
  readonly port: number;
}

export type Answer = 'ours' | 'not-yet' | 'wrong-password' | 'nobody';

const STARTING_MS = 30_000;
const POLL_MS = 20;
const CONNECT_MS = 5_000;

/** What connecting as the superuser takes. */
export function superuser(port: number, password: string) {
  return {
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password,
    database: 'postgres',
    ssl: false,
    application_name: 'bulkhead-local-postgres',
    connectionTimeoutMillis: CONNECT_MS,
  };
}

/**
 * Finds the server of a data folder through its postmaster.pid, waiting while one is starting or stopping.
 * Undefined if there is none that is certainly ours: the pid may be dead, or by now belong to any other program.
 */
export async function findRunningServer(
  dataDir: string,
  password: string,
): Promise<RunningServer | undefined> {
  const deadline = Date.now() + STARTING_MS;
  for (;;) {
    const postmaster = readPostmaster(dataDir);
    if (postmaster === undefined || !isAlive(postmaster.pid)) return undefined;
    const answer = await ask(postmaster.port, password, dataDir);
    if (answer === 'ours') return postmaster;
    const settled = answer === 'wrong-password' || (answer === 'nobody' && postmaster.settled);
    if (settled || Date.now() > deadline) return undefined;
    await delay(POLL_MS);
  }
}

/** Asks whoever listens at `port` whether it knows our password and serves our data folder. */
export async function ask(port: number, password: string, dataDir: string): Promise<Answer> {
  try {
    return await withSuperuser(port, password, async (client) => {
      const { rows } = await client.query<{ folder: string }>(
        `SELECT current_setting('data_directory') AS folder`,
      );
      return resolve(rows[0]?.folder ?? '') === resolve(dataDir) ? 'ours' : 'nobody';
    });
  } catch (error) {
    const code = errorCode(error) ?? '';
    // Starting up or shutting down; too many connections.
    if (code === '57P03' || code === '53300') return 'not-yet';
    return code === '28P01' ? 'wrong-password' : 'nobody';
  }
}

/** Runs `work` on a connection of its own. */
export async function withSuperuser<T>(port: number, password: string, work: (client: Client) => Promise<T>) {
  const client = new Client(superuser(port, password));
  // A server that goes away in between is reported by the query; unheard, the event would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The pid that postmaster.pid names, dead or alive; undefined if there is no such file. */
export function recordedPid(dataDir: string): number | undefined {
  return readPostmaster(dataDir)?.pid;
}

/** Whether any process has this pid. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Lines: pid, data folder, start time, port, socket folder, address, shared memory key, state. */
function readPostmaster(dataDir: string) {
  let lines: string[];
  try {
    lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  // Signals to 0 and below reach whole groups.
  if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
  // Half-written: nobody listens at port 1.
  return { pid, port: port > 0 && port < 65_536 ? port : 1, settled: lines[7]?.trim() === 'ready' };
}
