import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startLocalPostgres } from '../../src/local-postgres/local-postgres.js';
import type { LocalPostgres } from '../../src/local-postgres/local-postgres.js';
import { isAlive, recordedPid } from '../../src/local-postgres/running-server.js';
import { makeCheckout, removeCheckout } from './fixtures/checkout.js';

let checkout: string;
let stateDir: string;
const running: LocalPostgres[] = [];

async function start(folder = stateDir): Promise<LocalPostgres> {
  const server = await startLocalPostgres({ stateDir: folder });
  running.push(server);
  return server;
}

async function ask(server: LocalPostgres, sql: string): Promise<unknown> {
  const client = new Client({ connectionString: server.superuserUrl('postgres') });
  await client.connect();
  try {
    return Object.values((await client.query<Record<string, unknown>>(sql)).rows[0] ?? {})[0];
  } finally {
    await client.end();
  }
}

beforeEach(() => {
  checkout = makeCheckout();
  stateDir = join(checkout, '.data');
});

afterEach(async () => {
  const stopped = running.splice(0);
  for (const server of stopped) await server.stop();
  for (const { dataDir } of stopped) removeCheckout(checkout, dataDir);
  removeCheckout(checkout);
});

test('starts, keeps its data over a stop, and listens on loopback with a password only', async () => {
  const first = await start();
  expect(first.adopted).toBe(false);
  expect(await ask(first, 'SHOW server_encoding')).toBe('UTF8');
  expect(await ask(first, 'SHOW listen_addresses')).toBe('127.0.0.1');
  expect(await ask(first, 'SHOW unix_socket_directories')).toBe('');
  expect(await ask(first, `SELECT bool_and(auth_method = 'scram-sha-256') FROM pg_hba_file_rules`)).toBe(
    true,
  );
  expect(statSync(first.dataDir).mode & 0o777).toBe(0o700);
  await ask(first, 'CREATE TABLE kept AS SELECT 42 AS answer');
  expect(await first.stop()).toBe('stopped');
  expect(recordedPid(first.dataDir)).toBeUndefined();

  const second = await start();
  expect(second.dataDir).toBe(first.dataDir);
  expect(await ask(second, 'SELECT answer FROM kept')).toBe(42);
});

test('two folders have two servers', async () => {
  const [one, two] = await Promise.all([start(), start(join(checkout, 'other'))]);
  expect(one.port).not.toBe(two.port);
  expect(one.dataDir).not.toBe(two.dataDir);
});

test('stop leaves the server to a client that is still connected', async () => {
  const server = await start();
  const client = new Client({ connectionString: server.superuserUrl('postgres') });
  await client.connect();
  expect(await server.stop()).toBe('in-use');
  expect((await client.query('SELECT 1')).rowCount).toBe(1);
  await client.end();
  const next = await start();
  expect(next).toMatchObject({ adopted: true, port: server.port });
  expect(await next.stop()).toBe('stopped');
});

test('an ephemeral server trades durability for speed and leaves nothing', async () => {
  const server = await startLocalPostgres({ stateDir, ephemeral: true, settings: { max_connections: '33' } });
  expect(await ask(server, 'SHOW fsync')).toBe('off');
  expect(await ask(server, 'SHOW full_page_writes')).toBe('off');
  expect(await ask(server, 'SHOW synchronous_commit')).toBe('off');
  expect(await ask(server, 'SHOW max_connections')).toBe('33');
  const pid = recordedPid(server.dataDir) ?? 0;
  expect(await server.stop()).toBe('stopped');
  expect(isAlive(pid)).toBe(false);
  expect(existsSync(join(server.dataDir, '..'))).toBe(false);
  expect(existsSync(stateDir)).toBe(false);
});
