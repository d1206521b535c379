/** A server that speaks MongoDB's protocol, on a free port and a folder of its own; it can be away and come back. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { mongo } from 'mongoose';

/** Where install-mongo.sh has put it, or undefined. */
export function installedServer(): string | undefined {
  const folder = process.env['MONGO_SERVER'];
  const command = folder === undefined ? undefined : join(folder, 'bin/secantusd-py');
  return command !== undefined && existsSync(command) ? command : undefined;
}

export class MongoServer {
  private child: ChildProcess | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), 'bulkhead-mongo-'));

  private constructor(
    private readonly command: string,
    private readonly port: number,
  ) {}

  static async start(): Promise<MongoServer> {
    const command = installedServer();
    if (command === undefined)
      throw new Error('MONGO_SERVER names no folder with a server: test/archive/install-mongo.sh <folder>');
    const server = new MongoServer(command, await freePort());
    await server.comeBack();
    return server;
  }

  url(database: string): string {
    return `mongodb://127.0.0.1:${this.port}/${database}`;
  }

  /** Starts it on what it kept. @param data another's data, at the same address */
  async comeBack(data = 'data'): Promise<void> {
    const options = ['--host', '127.0.0.1', '--port', String(this.port), '--cache-size', '256M'];
    const place = ['--storage-path', join(this.folder, data), '--log-level', 'ERROR', '--sync-on-commit'];
    const child = spawn(this.command, [...options, ...place], { stdio: ['ignore', 'ignore', 'inherit'] });
    this.child = child;
    const deadline = Date.now() + 20_000;
    while (!(await accepts(this.port))) {
      if (child.exitCode !== null || Date.now() > deadline)
        throw new Error(`the server did not start (exit ${String(child.exitCode)})`);
      await delay(50);
    }
  }

  /** Dies at once, and keeps what it has. */
  async goAway(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async stop(): Promise<void> {
    await this.goAway();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** As an administrator with the driver itself, past everything that is tested. */
  async within<Result>(database: string, work: (db: mongo.Db) => Promise<Result>): Promise<Result> {
    const client = new mongo.MongoClient(this.url(database), { serverSelectionTimeoutMS: 5_000 });
    try {
      return await work(client.db());
    } finally {
      await client.close();
    }
  }

  /** @param environment undefined: takes the stamp away */
  async restamp(database: string, environment: string | undefined): Promise<void> {
    await this.within(database, async (db) => {
      const stamps = db.collection<{ _id: string }>('environment_stamp');
      await stamps.deleteMany({});
      if (environment !== undefined) await stamps.insertOne({ _id: 'only', environment } as { _id: string });
    });
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
