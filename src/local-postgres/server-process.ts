import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LocalPostgresError, OWN_SERVER_MEND } from './local-postgres.error.js';
import { ask, isAlive, recordedPid } from './running-server.js';
import type { RunningServer } from './running-server.js';
import { childOptions, run } from './child-process.js';
import type { ServerUser } from './trusted-folder.js';

/** All that a server needs to be started. */
export interface ServerPlan {
  readonly binDir: string;
  /** An initialized data folder; `server.log` is written beside it. */
  readonly dataDir: string;
  readonly password: string;
  readonly user: ServerUser | undefined;
  readonly settings: Readonly<Record<string, string>>;
}

const READY_MS = 30_000;
const STOP_MS = 30_000;
const POLL_MS = 20;
const PORT_ATTEMPTS = 5;

/** Starts a server on a free port of 127.0.0.1; resolves when it accepts our password. It survives this process. */
export async function startServer(plan: ServerPlan): Promise<RunningServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startAt(await freePort(), plan);
    } catch (error) {
      // Somebody took the port between our look and the server's.
      const collided =
        error instanceof LocalPostgresError && /could not bind|could not create any TCP/.test(error.message);
      if (!collided || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

/** Ends a server's sessions and the server (fast shutdown); harder after 30 s. Resolves when it is gone. */
export async function stopServer(
  server: RunningServer,
  plan: Pick<ServerPlan, 'binDir' | 'dataDir'>,
): Promise<void> {
  if (process.platform === 'win32') {
    // Node's signals are a plain kill there.
    await run(
      join(plan.binDir, 'pg_ctl'),
      ['stop', '-m', 'fast', '-D', plan.dataDir],
      undefined,
      plan.binDir,
    );
    return;
  }
  const isGone = () => recordedPid(plan.dataDir) !== server.pid || !isAlive(server.pid);
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (isGone()) return;
    process.kill(server.pid, signal);
    if (await becomesTrue(isGone, STOP_MS)) return;
  }
  throw new LocalPostgresError(
    `the server with pid ${server.pid} does not stop`,
    `end it: kill -9 ${server.pid}`,
  );
}

async function startAt(port: number, plan: ServerPlan): Promise<RunningServer> {
  const folder = dirname(plan.dataDir);
  const logFile = join(folder, 'server.log');
  const log = openSync(logFile, 'w', 0o600);
  const child = spawn(join(plan.binDir, 'postgres'), serverArguments(port, plan), {
    ...childOptions(plan.user, folder, recordedPid(plan.dataDir)),
    // Its own process group: Ctrl-C must reach the application first, which still drains.
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  let ended: string | undefined;
  child.once('error', (error) => (ended = error.message));
  child.once('exit', (code, signal) => (ended = `it ended with ${signal ?? `code ${code}`}`));
  child.unref();

  const deadline = Date.now() + READY_MS;
  while (ended === undefined) {
    const answer = await ask(port, plan.password, plan.dataDir);
    if (answer === 'ours' && child.pid !== undefined) return { pid: child.pid, port };
    if (answer === 'wrong-password')
      ended = 'its superuser password is not the one that the state folder holds';
    else if (Date.now() > deadline) ended = `it did not accept connections within ${READY_MS / 1000} s`;
    else await delay(POLL_MS);
  }
  if (child.pid !== undefined && child.exitCode === null) child.kill('SIGQUIT');
  throw new LocalPostgresError(
    `the local Postgres server did not start: ${ended}\n${lastLines(logFile)}`,
    `read ${logFile}; if the data may be lost, delete ${folder} and start again, ${OWN_SERVER_MEND}`,
  );
}

function serverArguments(port: number, plan: ServerPlan): string[] {
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...plan.settings };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return ['-D', plan.dataDir, '-p', String(port), ...flags];
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function becomesTrue(condition: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (!condition()) {
    if (Date.now() > deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

function lastLines(logFile: string): string {
  if (!existsSync(logFile)) return '';
  return readFileSync(logFile, 'utf8').trim().split('\n').slice(-8).join('\n');
}
