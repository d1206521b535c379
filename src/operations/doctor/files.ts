/** Which files this work changed, as git tells: committed since it began, changed since, and new ones (S0.6). */
import { UsageError } from '../failure.js';
import type { DoctorDependencies } from './types.js';

export interface ChangedFiles {
  /** Where it began. */
  readonly base: string;
  readonly files: readonly string[];
}

type Git = DoctorDependencies['git'];

/** Where work on a branch begins, unless somebody says. */
const trunks = ['origin/HEAD', 'origin/main', 'main'];

/** @returns undefined outside a git checkout. @throws UsageError when `since` is no commit */
export async function changedFiles(git: Git, since: string | undefined): Promise<ChangedFiles | undefined> {
  const inside = await git(['rev-parse', '--is-inside-work-tree']).catch(() => undefined);
  if (inside?.trim() !== 'true') return undefined;
  const base = since === undefined ? await beginning(git) : await commitCalled(git, since);
  // Both from the top of the checkout, and as they are called: `-z` quotes nothing.
  const changed = await git(['diff', '--name-only', '--no-relative', '-z', base, '--']);
  const added = await git(['ls-files', '--others', '--exclude-standard', '--full-name', '-z', '--', ':/']);
  const files = `${changed}${added}`.split('\0').filter((file) => file !== '');
  return { base, files: [...new Set(files)].toSorted() };
}

async function commitCalled(git: Git, name: string): Promise<string> {
  try {
    return (await git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`])).trim();
  } catch {
    throw new UsageError(`--since names no commit: ${name}`);
  }
}

/** Without a trunk to compare with: what is not committed. */
async function beginning(git: Git): Promise<string> {
  for (const trunk of trunks) {
    const base = await git(['merge-base', 'HEAD', trunk]).catch(() => undefined);
    if (base !== undefined) return base.trim();
  }
  return 'HEAD';
}
