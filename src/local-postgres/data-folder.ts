import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child-process.js';
import { removeFolder } from './instance-folder.js';
import { LocalPostgresError, OWN_SERVER_MEND } from './local-postgres.error.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import type { ServerUser } from './trusted-folder.js';

/** Where a cluster is created, for whom, and with which superuser password. */
export interface DataFolderPlan {
  /** The folder that holds `data`; the caller holds its lock. */
  readonly folder: string;
  readonly binaries: PostgresBinaries;
  readonly password: string;
  readonly user: ServerUser | undefined;
  /** Skips flushing to disk. */
  readonly ephemeral: boolean;
  readonly onProgress: (line: string) => void;
}

// macOS and Windows know no C.UTF-8; C sorts the same.
const LOCALES = ['C.UTF-8', 'C'];
const DRAFT = 'draft-';

/** Returns `<folder>/data`, creating the cluster if there is none. A creation that is cut short leaves no trace. */
export async function openDataFolder(plan: DataFolderPlan): Promise<string> {
  const dataDir = join(plan.folder, 'data');
  if (existsSync(dataDir)) {
    assertSameMajor(dataDir, plan);
    return dataDir;
  }
  plan.onProgress(`creating the database folder ${dataDir} (Postgres ${plan.binaries.version})`);
  removeDrafts(plan.folder);
  try {
    renameSync(await initialize(plan), dataDir);
  } finally {
    removeDrafts(plan.folder);
  }
  return dataDir;
}

/** Returns a complete data folder inside a draft folder. */
async function initialize(plan: DataFolderPlan): Promise<string> {
  let output = '';
  for (const locale of LOCALES) {
    const { draft, data, passwordFile } = prepareDraft(plan);
    const args = ['-D', data, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
    args.push('--encoding=UTF8', `--locale=${locale}`, '--no-instructions');
    if (plan.ephemeral) args.push('--no-sync');
    const outcome = await run(join(plan.binaries.binDir, 'initdb'), args, plan.user, draft);
    if (outcome.code === 0) return data;
    output = outcome.output;
    if (!/invalid locale/i.test(output)) break;
  }
  const mend = /user does not exist/.test(output)
    ? 'Postgres wants its account to have a line in /etc/passwd: add one, or start as another user'
    : 'see that the disk has 50 MB free and that this account may start programs there';
  throw new LocalPostgresError(
    `the database folder could not be created in ${plan.folder}\n${output.trim().split('\n').slice(-8).join('\n')}`,
    `${mend}, ${OWN_SERVER_MEND}`,
  );
}

function prepareDraft({ folder, user, password }: DataFolderPlan) {
  // A new name each time: an initdb that outlived its killed parent may still be writing to the last one.
  const draft = mkdtempSync(join(folder, DRAFT));
  const data = join(draft, 'data');
  const passwordFile = join(draft, 'password');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(passwordFile, password, { flag: 'wx', mode: 0o600 });
  if (user !== undefined) {
    chmodSync(draft, 0o755);
    for (const path of [data, passwordFile]) chownSync(path, user.uid, user.gid);
  }
  return { draft, data, passwordFile };
}

function removeDrafts(folder: string): void {
  for (const name of readdirSync(folder)) if (name.startsWith(DRAFT)) removeFolder(join(folder, name));
}

function assertSameMajor(dataDir: string, { binaries, folder }: DataFolderPlan): void {
  const major = readFileSync(join(dataDir, 'PG_VERSION'), 'utf8').trim();
  if (binaries.version.split('.')[0] === major) return;
  throw new LocalPostgresError(
    `${dataDir} was made by Postgres ${major}, this is Postgres ${binaries.version}`,
    `use Postgres ${major}, or, if the data may be lost, delete ${folder} and start again`,
  );
}
