/** A pgbouncer in transaction mode in front of the test server, with fewer connections than there are callers. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';

export interface PgBouncer {
  readonly port: number;
  stop(): Promise<void>;
}

/** @param serverUrl host and port of Postgres. @param users name → password */
export async function startPgBouncer(
  serverUrl: string,
  users: Readonly<Record<string, string>>,
): Promise<PgBouncer> {
  const { hostname, port: serverPort } = new URL(serverUrl);
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-pgbouncer-'));
  const port = await freePort();
  const list = join(folder, 'users.txt');
  writeFileSync(
    list,
    Object.entries(users)
      .map(([name, password]) => `"${name}" "${password}"\n`)
      .join(''),
  );
  const ini = join(folder, 'pgbouncer.ini');
  writeFileSync(ini, settings({ hostname, serverPort, port, list }));
  // It refuses to run as root, and nobody must then be able to read its files.
  for (const path of [folder, list, ini]) chmodSync(path, 0o755);
  const asNobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const child = spawn('pgbouncer', ['-q', ini], { stdio: ['ignore', 'ignore', 'inherit'], ...asNobody });
  const [name, password] = Object.entries(users)[0]!;
  await until(async () => {
    const client = new Client({ host: '127.0.0.1', port, user: name, password, database: 'postgres' });
    await client.connect();
    await client.end();
  });
  return {
    port,
    stop: async () => {
      child.kill('SIGINT');
      if (child.exitCode === null) await once(child, 'exit');
      rmSync(folder, { recursive: true });
    },
  };
}

function settings({
  hostname,
  serverPort,
  port,
  list,
}: {
  hostname: string;
  serverPort: string;
  port: number;
  list: string;
}) {
  return `
[databases]
* = host=${hostname} port=${serverPort}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${list}
pool_mode = transaction
default_pool_size = 4
max_client_conn = 200
`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function until(works: () => Promise<void>): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      return await works();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await delay(50);
    }
  }
}
