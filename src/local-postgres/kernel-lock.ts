import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode, LocalPostgresError } from './local-postgres.error.js';

/**
 * A lock between processes that the kernel releases when its holder dies, however it dies, so that a stale lock
 * cannot exist. Node offers no flock(); an exclusive transaction on an empty SQLite file is the one such lock that
 * its standard library has on every platform. Nothing is ever stored in the file.
 */
export interface KernelLock {
  release(): void;
}

const SQLITE_BUSY = 5;
const POLL_MS = 20;

// A garbage-collected connection would silently give its lock away.
const held = new Set<DatabaseSync>();

/** Takes the lock at `file` (created 0600 if missing), or returns undefined if another process, or we, hold it. */
export function tryLock(file: string): KernelLock | undefined {
  createPrivate(file);
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    // Without this a journal file appears beside the lock.
    database.exec('PRAGMA journal_mode = OFF');
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
  held.add(database);
  return {
    release: () => {
      if (held.delete(database)) database.close();
    },
  };
}

/** Runs `work` while holding the lock at `file`; waits for it up to `timeoutMs` milliseconds. */
export async function withLock<T>(file: string, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let lock = tryLock(file);
  while (lock === undefined) {
    if (Date.now() > deadline) {
      throw new LocalPostgresError(
        `another process has been holding ${file} for ${timeoutMs / 1000} s`,
        'find the other process that starts this checkout, end it, and try again',
      );
    }
    await delay(POLL_MS);
    lock = tryLock(file);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/** SQLite would create it 0644, and then any user could hold a read lock on it. */
function createPrivate(file: string): void {
  try {
    // Only ever on a new file: closing a descriptor of a locked file would drop this process's locks on it.
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
