/** Places where a process is made to wait from outside, so that it can be killed exactly there. */
import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pool, PoolClient } from 'pg';
import { vi } from 'vitest';

export const soon = { timeout: 30_000, interval: 20 };

/** A lock of the superuser's, in a transaction that stays open. */
export class Hold {
  private waiting: readonly number[] = [];

  private constructor(
    private readonly admin: Pool,
    private readonly client: PoolClient,
    private readonly pid: number,
  ) {}

  static async take(admin: Pool, lock: string, values: readonly unknown[] = []): Promise<Hold> {
    const client = await admin.connect();
    await client.query('BEGIN');
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    await client.query(lock, [...values]);
    return new Hold(admin, client, rows[0]!.pid);
  }

  /** Resolves when so many sessions wait for it. */
  async reached(sessions: number): Promise<void> {
    await vi.waitUntil(async () => (await this.waiters()).length === sessions, soon);
    this.waiting = await this.waiters();
  }

  async letGo(): Promise<void> {
    await this.client.query('ROLLBACK');
    this.client.release();
  }

  /** Of a killed process: each session does the statement that it has received, finds nobody to answer, and ends. */
  async letGoOfTheDead(): Promise<void> {
    await this.letGo();
    await this.dead();
  }

  /** As if the statements that wait had never been received. */
  async endTheDead(): Promise<void> {
    await this.admin.query('SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid', [this.waiting]);
    await this.dead();
    await this.letGo();
  }

  private async dead(): Promise<void> {
    const among = 'SELECT FROM pg_stat_activity WHERE pid = ANY ($1)';
    await vi.waitUntil(async () => (await this.admin.query(among, [this.waiting])).rowCount === 0, soon);
  }

  private async waiters(): Promise<number[]> {
    const { rows } = await this.admin.query<{ pid: number }>(
      'SELECT pid FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))',
      [this.pid],
    );
    return rows.map(({ pid }) => pid);
  }
}

/**
 * The mock's planned faults as a pipe: every call of a mock reads them first, and waits until somebody has written. So a
 * message that is being sent waits before the mock looks at it.
 */
export class VendorDoor {
  private readonly pipe: string;

  constructor(private readonly mocksDir: string) {
    this.pipe = join(mocksDir, 'faults.jsonl');
  }

  async shut(): Promise<void> {
    await mkdir(this.mocksDir, { recursive: true });
    execFileSync('mkfifo', [this.pipe]);
  }

  /** Who waits reads that nothing is planned; who comes later finds no file, which says the same. */
  async open(): Promise<void> {
    const writer = await open(this.pipe, constants.O_RDWR | constants.O_NONBLOCK);
    await rm(this.pipe);
    await writer.close();
  }
}
