import { spawn } from 'node:child_process';
import type { SpawnOptions } from 'node:child_process';
import type { ServerUser } from './trusted-folder.js';

/** How a program ended: its exit code (-1 if it did not start or was killed) and all it printed. */
export interface Outcome {
  readonly code: number;
  readonly output: string;
}

/**
 * What every Postgres program of ours is started with.
 *
 * @param folder the working directory: ours may be one that `user` cannot enter
 * @param stalePid the pid in a left-over postmaster.pid. Postgres ignores the pid of its grandparent there, so
 *   naming it lets the server start although another program has that pid by now, while its own check, that no
 *   server still uses the data folder's shared memory, stays in force.
 */
export function childOptions(user: ServerUser | undefined, folder: string, stalePid?: number): SpawnOptions {
  const options: SpawnOptions = { cwd: folder, windowsHide: true, ...user };
  // Windows programs need the inherited environment; elsewhere PG* and LC_* variables would leak in.
  if (process.platform === 'win32') return options;
  const env: Record<string, string> = { PATH: '/usr/local/bin:/usr/bin:/bin', TZ: 'UTC' };
  if (stalePid !== undefined) env['PG_GRANDPARENT_PID'] = String(stalePid);
  return { ...options, env };
}

/** Runs a program to its end. */
export function run(
  program: string,
  args: readonly string[],
  user: ServerUser | undefined,
  folder: string,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(program, args, childOptions(user, folder));
    let output = '';
    const collect = (chunk: Buffer) => (output += chunk.toString());
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.once('error', (error) => resolve({ code: -1, output: error.message }));
    child.once('close', (code) => resolve({ code: code ?? -1, output }));
  });
}
