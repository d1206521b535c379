import { spawn } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tryLock } from '../../src/local-postgres/kernel-lock.js';
import { startLocalPostgres } from '../../src/local-postgres/local-postgres.js';
import { isAlive, recordedPid } from '../../src/local-postgres/running-server.js';
import { eventually, makeCheckout, removeCheckout, startElsewhere } from './fixtures/checkout.js';

const isRoot = process.getuid?.() === 0;
let checkout: string;
let stateDir: string;
let dataDir: string | undefined;

beforeEach(() => {
  checkout = makeCheckout();
  stateDir = join(checkout, '.data');
  dataDir = undefined;
});
afterEach(() => removeCheckout(checkout, dataDir));

test('a server whose process was killed is adopted by the next', async () => {
  const first = await startElsewhere({ stateDir });
  ({ dataDir } = first.started);
  await first.kill();
  expect(isAlive(recordedPid(dataDir) ?? 0)).toBe(true);

  const second = await startLocalPostgres({ stateDir });
  expect(second).toMatchObject({ adopted: true, port: first.started.port, dataDir });
  expect(await second.stop()).toBe('stopped');
});

test('of processes that start at once one creates, the others adopt, and the last one out stops it', async () => {
  const processes = await Promise.all([1, 2, 3].map(() => startElsewhere({ stateDir })));
  dataDir = processes[0]?.started.dataDir;
  expect(new Set(processes.map(({ started }) => started.port)).size).toBe(1);
  expect(processes.filter(({ started }) => !started.adopted)).toHaveLength(1);

  const answers: string[] = [];
  for (const other of processes) answers.push(await other.stop());
  expect(answers).toEqual(['in-use', 'in-use', 'stopped']);
});

test('a lock dies with its holder', async () => {
  const file = join(checkout, 'lock');
  const hold = `
    const { DatabaseSync } = require('node:sqlite');
    const database = new DatabaseSync(${JSON.stringify(file)});
    database.exec('BEGIN EXCLUSIVE');
    console.log('held');
    process.stdin.resume();`;
  const child = spawn(process.execPath, ['-e', hold]);
  await new Promise((resolve) => child.stdout.once('data', resolve));
  expect(tryLock(file)).toBeUndefined();
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exited;
  const lock = tryLock(file);
  expect(lock).toBeDefined();
  lock?.release();
});

test('the throwaway server of a killed test run is ended and removed by the next start', async () => {
  const killed = await startElsewhere({ stateDir, ephemeral: true });
  const pid = recordedPid(killed.started.dataDir) ?? 0;
  await killed.kill();
  expect(isAlive(pid)).toBe(true);

  const next = await startLocalPostgres({ stateDir, ephemeral: true });
  await next.stop();
  await eventually(() => !isAlive(pid));
  expect(existsSync(dirname(killed.started.dataDir))).toBe(false);
});

test.runIf(isRoot)('as root, a deleted checkout loses its database, a copied one gets its own', async () => {
  const original = await startElsewhere({ stateDir });
  ({ dataDir } = original.started);
  const copy = join(checkout, 'copy');
  mkdirSync(copy);
  cpSync(stateDir, copy, { recursive: true });
  const copied = await startLocalPostgres({ stateDir: copy });
  expect(copied.dataDir).not.toBe(dataDir);
  await copied.stop();
  await original.stop();

  rmSync(copy, { recursive: true });
  const again = await startLocalPostgres({ stateDir });
  await again.stop();
  expect(again.dataDir).toBe(dataDir);
  expect(existsSync(dirname(copied.dataDir))).toBe(false);
});

test('works as a normal user under a home that others cannot enter', async (context) => {
  context.skip(!isRoot, 'only root can become another user; the other tests ran as a normal user');
  const home = join(checkout, 'home');
  mkdirSync(home);
  chmodSync(checkout, 0o711);
  chmodSync(home, 0o700);
  chownSync(home, 65534, 65534);
  const account = { uid: 65534, gid: 65534, env: { TMPDIR: home, HOME: home } };
  const other = await startElsewhere({ stateDir: join(home, '.data') }, account);
  expect(other.started.dataDir).toBe(join(home, '.data', 'postgres', 'data'));
  expect(await other.stop()).toBe('stopped');
  expect(readFileSync(join(home, '.data', 'postgres', 'server.log'), 'utf8')).toContain('shut down');
});
