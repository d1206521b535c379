/** A Postgres that flushes what it commits, as a production one does, and that can go away and come back. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import { migrateUp } from '../../src/database/migrations.js';
import { databaseUrl, provision, withClient } from '../../src/database/provision.js';
import { roleNames, type RoleName } from '../../src/database/roles.js';
import { childOptions } from '../../src/local-postgres/child-process.js';
import { startLocalPostgres, type LocalPostgres } from '../../src/local-postgres/local-postgres.js';
import { isAlive, recordedPid } from '../../src/local-postgres/running-server.js';
import { stopServer } from '../../src/local-postgres/server-process.js';
import { serverUser } from '../../src/local-postgres/trusted-folder.js';
import { roleUrls } from '../../src/operations/local-environment.js';

const database = 'bulkhead_local';
/** What a throwaway server of ours is otherwise started without. */
const durable = { fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on' };
const READY_MS = 30_000;

export class DurableServer {
  private constructor(
    private readonly server: LocalPostgres,
    /** How the application's doors sign in, as it is told by its environment. */
    readonly settings: Readonly<Record<string, string>>,
  ) {}

  /** Provisioned and migrated. Throwaway, so that the next start sweeps up what a killed run leaves. */
  static async start(stateDir: string): Promise<DurableServer> {
    const settings = { ...durable, max_connections: '200' };
    const server = await startLocalPostgres({ stateDir, ephemeral: true, settings });
    try {
      const adminUrl = server.superuserUrl('postgres');
      const passwords = Object.fromEntries(roleNames.map((name) => [name, randomBytes(24).toString('hex')]));
      await provision({ environment: 'local', adminUrl, database, passwords });
      const passwordOf = (name: RoleName) => passwords[name]!;
      const owner = { name: 'bulkhead_owner', password: passwordOf('bulkhead_owner') };
      await migrateUp(databaseUrl(adminUrl, database, owner), 'local');
      await withClient(adminUrl, requireDurable);
      const { DATABASE_OWNER_URL: _, ...doors } = roleUrls(adminUrl, database, passwordOf);
      return new DurableServer(server, doors as Record<string, string>);
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** The superuser, past row-level security. */
  get adminUrl(): string {
    return this.server.superuserUrl(database);
  }

  /** Fast shutdown: sessions are ended, not waited for. Resolves when it is gone. */
  async goAway(): Promise<void> {
    const { dataDir, port } = this.server;
    const pid = recordedPid(dataDir);
    if (pid === undefined || !isAlive(pid)) return;
    await stopServer({ pid, port }, { binDir: dirname(this.commandLine().program), dataDir });
  }

  /** With the same data, port and settings. Resolves when it accepts connections. */
  async comeBack(): Promise<void> {
    const { program, args } = this.commandLine();
    const options = childOptions(serverUser(), dirname(this.server.dataDir));
    spawn(program, args, { ...options, detached: true, stdio: 'ignore' }).unref();
    const deadline = Date.now() + READY_MS;
    for (;;) {
      try {
        return await withClient(this.adminUrl, async (client) => void (await client.query('SELECT')));
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await delay(20);
      }
    }
  }

  async remove(): Promise<void> {
    await this.goAway();
    await this.server.stop();
  }

  /** As Postgres itself has noted how it was started. */
  private commandLine(): { program: string; args: string[] } {
    const noted = readFileSync(join(this.server.dataDir, 'postmaster.opts'), 'utf8');
    const args = [...noted.matchAll(/"([^"]*)"/g)].map(([, argument]) => argument!);
    return { program: noted.slice(0, noted.indexOf(' "')), args };
  }
}

async function requireDurable(admin: ClientBase): Promise<void> {
  const { rows } = await admin.query('SELECT name FROM pg_settings WHERE name = ANY ($1) AND setting <> $2', [
    Object.keys(durable),
    'on',
  ]);
  if (rows.length > 0) throw new Error(`not durable: ${JSON.stringify(rows)}`);
}
