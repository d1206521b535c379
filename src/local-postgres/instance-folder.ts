import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tryLock } from './kernel-lock.js';
import type { KernelLock } from './kernel-lock.js';
import { errorCode } from './local-postgres.error.js';
import { openPrivateFolder, readFileIfAny, readOrCreate } from './local-secret.js';

/** A checkout's own folder under root's base folder, and throwaway folders. The base's lock is held by the caller. */

export const EPHEMERAL_PREFIX = 'ephemeral-';
/** Names the state folder that an instance belongs to. */
export const RECORD = 'checkout';
/** Held by the process that made an ephemeral folder, for as long as it lives. */
export const OWNER_LOCK = 'owner';

const INSTANCE = 'instance';
const newId = () => randomBytes(16).toString('hex');

/**
 * Root's folder of the checkout whose state folder this is: `<base>/<id>`, with the random id kept in
 * `<stateDir>/instance`. A checkout that was moved keeps its instance, a copied one gets another.
 */
export function openInstance(base: string, stateDir: string): string {
  const file = join(stateDir, INSTANCE);
  let id = readOrCreate(file, newId);
  const owner = recordedOwner(base, id);
  // The id becomes a path that root deletes: whoever can write the state folder must not choose it freely.
  const isOurs = isInstanceId(id) && (owner === undefined || owner === stateDir || !ownsInstance(owner, id));
  if (!isOurs) {
    rmSync(file);
    id = readOrCreate(file, newId);
  }
  const folder = join(base, id);
  if (!existsSync(folder)) mkdirSync(folder);
  // The server's account passes through; the data folder inside is 0700 and its own.
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, RECORD), `${stateDir}\n`);
  return folder;
}

/** A new throwaway folder, with the lock that says that its owner lives. */
export function createEphemeral(
  base: string,
  forOtherAccount: boolean,
): { folder: string; owner: KernelLock } {
  const folder = mkdtempSync(join(base, EPHEMERAL_PREFIX));
  if (forOtherAccount) chmodSync(folder, 0o755);
  const owner = tryLock(join(folder, OWNER_LOCK));
  if (owner === undefined) throw new Error(`${folder} is new, yet locked`);
  return { folder, owner };
}

/** The folder of a checkout when we are not root: inside the checkout. */
export function openOwnFolder(stateDir: string): string {
  return openPrivateFolder(join(stateDir, 'postgres'));
}

export function isInstanceId(name: string): boolean {
  return /^[0-9a-f]{32}$/.test(name);
}

/** The state folder that an instance says it belongs to. */
export function recordedOwner(base: string, id: string): string | undefined {
  return isInstanceId(id) ? readFileIfAny(join(base, id, RECORD)) : undefined;
}

/** Whether the checkout with this state folder still exists and still claims the instance. */
export function ownsInstance(stateDir: string, id: string): boolean {
  return readFileIfAny(join(stateDir, INSTANCE)) === id;
}

/** Deletes a folder, or, where a dying program still writes to it, most of it: the next start sweeps the rest. */
export function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  } catch (error) {
    if (errorCode(error) !== 'ENOTEMPTY') throw error;
  }
}
