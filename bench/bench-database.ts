/** The embedded Postgres of a bench run, with migrated databases in it. Thrown away afterwards. */
import { randomBytes } from 'node:crypto';
import { stateDir } from '../src/config/settings.js';
import { migrateUp } from '../src/database/migrations.js';
import { databaseUrl, provision, withClient } from '../src/database/provision.js';
import { roleNames, type RoleName } from '../src/database/roles.js';
import {
  LocalPostgresError,
  startLocalPostgres,
  type LocalPostgres,
} from '../src/local-postgres/local-postgres.js';
import { roleUrls } from '../src/operations/local-environment.js';
import { CannotStartError } from './bench-case.js';

export interface BenchDatabase {
  /** Past row-level security: for seeding, and for the bare server. */
  readonly superuserUrl: string;
  /** What the application is given as its environment. */
  readonly settings: Record<string, string>;
}

export interface BenchServerOptions {
  /** Whether a commit waits for the disk, as in production; a read does not notice. */
  readonly durable: boolean;
}

/** What is compared is work per request, so the largest database fits in memory, as in production it would. */
const memory = { max_connections: '200', shared_buffers: '512MB' };

/** All that `ephemeral` switches off, and room for the log of some minutes, so that no checkpoint falls to one side alone. */
const durability = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' };
const roomForLog = { max_wal_size: '8GB', min_wal_size: '8GB', checkpoint_timeout: '30min' };

export class BenchServer {
  private readonly passwords = Object.fromEntries(
    roleNames.map((role) => [role, randomBytes(24).toString('hex')]),
  ) as Record<RoleName, string>;

  private constructor(private readonly server: LocalPostgres) {}

  /** Always in a folder of its own, which goes when it stops. @throws CannotStartError */
  static async start({ durable }: BenchServerOptions): Promise<BenchServer> {
    try {
      const settings = { ...memory, ...(durable && { ...durability, ...roomForLog }) };
      const server = await startLocalPostgres({ stateDir, ephemeral: true, settings });
      const started = new BenchServer(server);
      if (durable) await started.requireDurable();
      return started;
    } catch (error) {
      if (error instanceof LocalPostgresError) throw new CannotStartError(error.message, { cause: error });
      throw error;
    }
  }

  get version(): string {
    return this.server.version;
  }

  /** @param seed statements that fill it; statistics are gathered afterwards, as autovacuum would have */
  async createDatabase(suffix: string, seed: readonly string[]): Promise<BenchDatabase> {
    const database = `bulkhead_local_${suffix}`;
    const adminUrl = this.server.superuserUrl('postgres');
    await provision({ environment: 'local', adminUrl, database, passwords: this.passwords });
    const owner = { name: 'bulkhead_owner', password: this.passwords.bulkhead_owner };
    await migrateUp(databaseUrl(adminUrl, database, owner), 'local');
    const superuserUrl = this.server.superuserUrl(database);
    await withClient(superuserUrl, async (client) => {
      for (const statement of seed) await client.query(statement);
      await client.query('VACUUM (ANALYZE, FREEZE)');
      await client.query('CHECKPOINT');
    });
    return { superuserUrl, settings: this.settingsFor(adminUrl, database) };
  }

  /**
   * A server that has run for a while reuses the files of its log. A new one makes each when it is needed: 16 MB of zeros,
   * flushed while everybody's commit waits. So they are made here, 3 GB of them, more than a case writes.
   */
  async fillLog(): Promise<void> {
    await withClient(this.server.superuserUrl('postgres'), async (client) => {
      for (let written = 0; written < 3 * 1024; written += 64)
        await client.query(`SELECT pg_logical_emit_message(false, 'bench', repeat('x', 64 * 1024 * 1024))`);
      await client.query('CHECKPOINT');
    });
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }

  private settingsFor(adminUrl: string, database: string): Record<string, string> {
    const urls = roleUrls(adminUrl, database, (role) => this.passwords[role]);
    return { APP_ENV: 'local', ...(urls as Record<string, string>) };
  }

  /** What a server is asked for and what it does are two things, and this one is asked for the opposite elsewhere. */
  private async requireDurable(): Promise<void> {
    const names = Object.keys(durability);
    const off = await withClient(this.server.superuserUrl('postgres'), async (client) => {
      const sql = `SELECT name FROM pg_settings WHERE name = ANY ($1) AND setting <> 'on'`;
      return (await client.query<{ name: string }>(sql, [names])).rows.map(({ name }) => name);
    });
    if (off.length === 0) return;
    await this.stop();
    throw new CannotStartError(`the server was to be durable and has switched off: ${off.join(', ')}`);
  }
}
