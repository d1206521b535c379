import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  EPHEMERAL_PREFIX,
  isInstanceId,
  OWNER_LOCK,
  ownsInstance,
  recordedOwner,
  removeFolder,
} from './instance-folder.js';
import { tryLock } from './kernel-lock.js';
import { localSecret } from './local-secret.js';
import { findRunningServer, isAlive, recordedPid } from './running-server.js';
import { stopServer } from './server-process.js';

/**
 * Removes what nobody can come back for: throwaway folders whose owner was killed (ending their servers), and
 * instances of checkouts that no longer exist or claim another, unless a server runs there. The caller holds the
 * base's lock, so nothing seen here is half-made.
 */
export async function sweep(base: string, binDir: string): Promise<void> {
  for (const name of readdirSync(base)) {
    const folder = join(base, name);
    if (name.startsWith(EPHEMERAL_PREFIX)) await sweepEphemeral(folder, binDir);
    else if (isInstanceId(name) && isAbandoned(base, name)) removeFolder(folder);
  }
}

async function sweepEphemeral(folder: string, binDir: string): Promise<void> {
  const lock = tryLock(join(folder, OWNER_LOCK));
  if (lock === undefined) return;
  try {
    const dataDir = join(folder, 'data');
    // Signals only go to a server that proved itself: by now the pid may be anybody's.
    const server = await findRunningServer(dataDir, localSecret(folder, 'superuser'));
    if (server !== undefined) await stopServer(server, { binDir, dataDir });
  } finally {
    lock.release();
  }
  removeFolder(folder);
}

function isAbandoned(base: string, id: string): boolean {
  const owner = recordedOwner(base, id);
  if (owner !== undefined && ownsInstance(owner, id)) return false;
  // Its password went with the checkout, so that the pid alone must do; a wrong guess only keeps the folder longer.
  const pid = recordedPid(join(base, id, 'data'));
  if (pid !== undefined && isAlive(pid)) return false;
  const lock = tryLock(join(base, id, 'lock'));
  lock?.release();
  return lock !== undefined;
}
