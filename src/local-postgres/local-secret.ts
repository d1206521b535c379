import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, LocalPostgresError } from './local-postgres.error.js';

/**
 * A stable random secret of this checkout (role passwords, signing keys), created once and stored 0600 in the
 * state folder. Any number of processes may ask at once; all get the same answer.
 *
 * @param name lower-case letters, digits and hyphens
 * @returns 32 random bytes, base64url (43 characters)
 */
export function localSecret(stateDir: string, name: string): string {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) throw new TypeError(`not a name of a local secret: ${name}`);
  const folder = openPrivateFolder(join(openPrivateFolder(stateDir), 'secrets'));
  return readOrCreate(join(folder, name), () => randomBytes(32).toString('base64url'));
}

/** Creates the folder (0700) if missing; returns its path without symlinks, so that it can be compared. */
export function openPrivateFolder(folder: string): string {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return realpathSync(folder);
  } catch (error) {
    throw notOurs(folder, error);
  }
}

/** The content of a file that is created whole, once: of concurrent creators one wins, all read the winner's. */
export function readOrCreate(file: string, create: () => string): string {
  try {
    return readFileIfAny(file) ?? createOnce(file, create());
  } catch (error) {
    throw notOurs(file, error);
  }
}

/** The trimmed content of a file, or undefined if there is none. */
export function readFileIfAny(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

function createOnce(file: string, content: string): string {
  const draft = `${file}.${randomBytes(8).toString('hex')}`;
  writeFileSync(draft, `${content}\n`, { flag: 'wx', mode: 0o600 });
  try {
    // Unlike rename, link refuses to replace; unlike O_EXCL on the name itself, nobody can read it half-written.
    linkSync(draft, file);
    return content;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    return readFileSync(file, 'utf8').trim();
  } finally {
    rmSync(draft, { force: true });
  }
}

/** `sudo npm start` once, then `npm start`: the state folder belongs to somebody else. */
function notOurs(path: string, error: unknown): unknown {
  if (!['EACCES', 'EPERM', 'EROFS'].includes(errorCode(error) ?? '')) return error;
  return new LocalPostgresError(
    `cannot use ${path}: ${error instanceof Error ? error.message : String(error)}`,
    'give the folder to yourself (sudo chown -R "$USER" <folder>) or delete it, if it may be deleted',
    { cause: error },
  );
}
