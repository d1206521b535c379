import { accessSync, chmodSync, constants, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorCode, LocalPostgresError, OWN_SERVER_MEND } from './local-postgres.error.js';

/**
 * Folders outside the checkout. Root executes binaries from one and every user deletes folders in one, so a folder
 * that somebody else owns or may write to is refused, never repaired.
 */

/** The account that serves when we are root, `nobody` of every Linux: postgres refuses uid 0, initdb unknown uids. */
export const NOBODY = { uid: 65534, gid: 65534 } as const;
export type ServerUser = typeof NOBODY;

/** Undefined unless we are root: then the server runs as ourselves. */
export function serverUser(): ServerUser | undefined {
  return process.getuid?.() === 0 ? NOBODY : undefined;
}

/** Where this user's folders outside any checkout live: root's also hold the binaries and the databases. */
export function openBaseFolder(): string {
  const uid = process.getuid?.();
  if (uid !== 0) return openTrusted(join(tmpdir(), `bulkhead-local-${uid ?? 'user'}`), 0o700);
  try {
    return openTrusted('/var/lib/bulkhead-local', 0o755);
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOENT'].includes(errorCode(error) ?? '')) throw error;
    return openTrusted('/var/tmp/bulkhead-local', 0o755);
  }
}

/** Throws LocalPostgresError unless `path` is ours alone: our uid, no symlink, not writable by group or others. */
export function assertTrusted(path: string): void {
  const stat = lstatSync(path);
  const uid = process.getuid?.();
  // Windows has no uid; its temporary folder is the user's own.
  if (uid === undefined) return;
  const writableByOthers = (stat.mode & 0o022) !== 0;
  if (stat.uid === uid && !stat.isSymbolicLink() && !writableByOthers) return;
  throw new LocalPostgresError(
    `${path} is not safe to use: it must belong to uid ${uid} and be writable by nobody else`,
    `look who made it, delete it, and start again, ${OWN_SERVER_MEND}`,
  );
}

function openTrusted(folder: string, mode: number): string {
  try {
    mkdirSync(folder, { mode });
    // mkdir applies the umask; the server's account must be able to pass through root's folder.
    chmodSync(folder, mode);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
  assertTrusted(folder);
  // It may be there from before and on a disk that is read-only now.
  accessSync(folder, constants.W_OK);
  return realpathSync(folder);
}
