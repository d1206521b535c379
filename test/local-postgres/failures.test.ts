import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from '../../src/local-postgres/kernel-lock.js';
import { LocalPostgresError, startLocalPostgres } from '../../src/local-postgres/local-postgres.js';
import { prepareBinaries } from '../../src/local-postgres/postgres-binaries.js';
import { isAlive, recordedPid } from '../../src/local-postgres/running-server.js';
import { serverUser } from '../../src/local-postgres/trusted-folder.js';
import { eventually, makeCheckout, removeCheckout, startElsewhere } from './fixtures/checkout.js';

let checkout: string;
let stateDir: string;
let dataDir: string | undefined;

beforeEach(() => {
  checkout = makeCheckout();
  stateDir = join(checkout, '.data');
  dataDir = undefined;
});
afterEach(() => removeCheckout(checkout, dataDir));

/** A database folder whose server was stopped. */
async function stoppedServer(): Promise<string> {
  const server = await startLocalPostgres({ stateDir });
  ({ dataDir } = server);
  await server.stop();
  return server.dataDir;
}

function writePostmasterFile(folder: string, pid: number, state: string): void {
  writeFileSync(
    join(folder, 'postmaster.pid'),
    [pid, folder, 1, 1, '', '127.0.0.1', '', state, ''].join('\n'),
  );
}

test('a left-over postmaster.pid whose pid another program has by now is no obstacle, nor is that program hurt', async () => {
  const folder = await stoppedServer();
  // Of the server's own account: Postgres itself only disregards pids of other accounts.
  const bystander = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { cwd: '/', ...serverUser() });
  writePostmasterFile(folder, bystander.pid ?? 0, 'ready');
  const server = await startLocalPostgres({ stateDir });
  expect(server.adopted).toBe(false);
  await server.stop();
  expect(bystander.exitCode).toBeNull();
  bystander.kill();
});

test('a left-over postmaster.pid of a dead program is no obstacle', async () => {
  const folder = await stoppedServer();
  // Above the largest pid that Linux gives.
  writePostmasterFile(folder, 2 ** 22 + 1, 'starting');
  const server = await startLocalPostgres({ stateDir });
  expect(server.adopted).toBe(false);
  await server.stop();
});

test('a creation of the database folder that was killed midway does not poison the next start', async () => {
  const folder = dirname(await stoppedServer());
  mkdirSync(join(folder, 'draft-killed'));
  renameSync(join(folder, 'data'), join(folder, 'draft-killed', 'data'));
  const server = await startLocalPostgres({ stateDir });
  await server.stop();
  expect(existsSync(join(folder, 'draft-killed'))).toBe(false);
});

test('a lost password is reported with a mend, and leaves no server behind', async () => {
  const folder = await stoppedServer();
  writeFileSync(join(stateDir, 'secrets', 'superuser'), 'another\n');
  const mend: unknown = expect.stringContaining(dirname(folder));
  await expect(startLocalPostgres({ stateDir })).rejects.toMatchObject({ name: 'LocalPostgresError', mend });
  await eventually(() => recordedPid(folder) === undefined);
});

test('a running server whose password was lost is left alone, never doubled', async () => {
  const other = await startElsewhere({ stateDir });
  ({ dataDir } = other.started);
  const pid = recordedPid(dataDir) ?? 0;
  const secret = join(stateDir, 'secrets', 'superuser');
  renameSync(secret, `${secret}.away`);
  await expect(startLocalPostgres({ stateDir })).rejects.toThrow(/still in use|already/);
  expect(recordedPid(dataDir)).toBe(pid);
  expect(isAlive(pid)).toBe(true);
  renameSync(`${secret}.away`, secret);
  expect(await other.stop()).toBe('stopped');
});

test('a Postgres package without its library links says how to get them', async () => {
  const nativeDir = join(checkout, 'native');
  mkdirSync(nativeDir);
  const links = [{ source: 'native/lib/liba.so.1', target: 'native/lib/liba.so' }];
  writeFileSync(join(nativeDir, 'pg-symlinks.json'), JSON.stringify(links));
  const mend: unknown = expect.stringContaining('npm rebuild');
  await expect(prepareBinaries(nativeDir)).rejects.toMatchObject({ mend });
  expect(readdirSync(nativeDir)).toEqual(['pg-symlinks.json']);
});

test('waiting for a lock that is held ends with a mend', async () => {
  const file = join(checkout, 'lock');
  await withLock(file, 1_000, async () => {
    await expect(withLock(file, 100, () => Promise.resolve())).rejects.toBeInstanceOf(LocalPostgresError);
  });
});
