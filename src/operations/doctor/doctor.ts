/**
 * `ops doctor`: whether this is the environment one thinks it is, and in order (S0.1). Environment, database name and the
 * stamps inside the databases must be one; anything else ends with 1. It changes nothing, and prints no password.
 * `--start` and `--finish` are the two ends of a piece of work (S0.5, S0.6; `session.ts`).
 */
import { exitCode } from '../../config/exit-codes.js';
import type { Settings } from '../../config/settings.js';
import { withClient } from '../../database/provision.js';
import { errorWord, linesOf, wrong, type DoctorCheck } from './check.js';
import { checkDatabases } from './databases.js';
import { checkOrganizations } from './organizations.js';
import { git, runTests } from './programs.js';
import {
  checkDevelopment,
  checkFiles,
  checkProduction,
  checkTests,
  closingStatement,
  sessionStart,
} from './session.js';
import { checkCatalog, checkFlags, checkMigrations, checkProviders } from './state.js';
import type { DoctorDependencies, DoctorOptions } from './types.js';
import { UsageError } from '../failure.js';
import type { Outcome } from '../outcome.js';
import { withProgress } from '../verify/progress.js';

/** @throws UsageError */
export async function doctor(
  settings: Settings,
  options: DoctorOptions = {},
  given: Partial<DoctorDependencies> = {},
): Promise<Outcome> {
  const dependencies = { runTests, git, onProgress: () => undefined, ...given };
  const { start = false, finish = false, since } = options;
  if (start && finish) throw new UsageError('say one: --start or --finish');
  if (since !== undefined && !finish) throw new UsageError('--since goes with --finish');
  const state = await withProgress(dependencies.onProgress, async (doing) =>
    examine(settings, dependencies, doing),
  );
  const { checks, files } = await workChecks(settings, options, dependencies, state);
  const ok = checks.every((check) => check.ok);
  const lines = [
    ...linesOf(checks),
    ...files.map((file) => `  ${file}`),
    ...(start ? sessionStart(settings, checks) : []),
    ...(start ? [] : [ending(checks, finish)]),
  ];
  const { environment, databaseName: database } = settings;
  const statement = finish && ok ? { statement: closingStatement } : {};
  return {
    lines,
    data: { environment, database, ok, checks, ...(finish && { files }), ...statement },
    code: ok ? exitCode.ok : exitCode.checkFailed,
  };
}

function ending(checks: readonly DoctorCheck[], finish: boolean): string {
  const wrongs = checks.filter(({ ok }) => !ok).length;
  if (wrongs > 0) return `${wrongs} of ${checks.length} are wrong`;
  return finish ? closingStatement : 'all is well';
}

async function examine(
  settings: Settings,
  dependencies: DoctorDependencies,
  doing: (what: string) => void,
): Promise<DoctorCheck[]> {
  doing('asking the databases which environment they belong to');
  const { checks, entered } = await checkDatabases(settings, dependencies);
  const providers = checkProviders(settings);
  if (!entered) {
    const unasked = wrong(
      'structure',
      settings.databaseName,
      'was not asked',
      'mend DATABASE_PLATFORM_URL first',
    );
    return [...checks, ...providers, unasked];
  }
  doing('comparing the database with the code');
  const migrations = await tried('migrations', settings, () => checkMigrations(settings));
  if (migrations.some(({ ok }) => !ok)) {
    const unasked = wrong('structure', settings.databaseName, 'was not compared', 'migrations come first');
    return [...checks, ...providers, ...migrations, unasked];
  }
  const inside = await withClient(settings.databaseUrls.platform, async (client) => [
    ...(await tried('catalog', settings, () => checkCatalog(client, settings))),
    ...(await tried('flags', settings, () => checkFlags(client, settings))),
    ...(await tried('organizations', settings, () => checkOrganizations(client, settings))),
  ]);
  return [...checks, ...providers, ...migrations, ...inside];
}

/** What cannot be asked, in a database without tables for instance, is wrong by itself. */
async function tried(
  what: string,
  { databaseName }: Settings,
  check: () => Promise<DoctorCheck[]>,
): Promise<DoctorCheck[]> {
  try {
    return await check();
  } catch (error) {
    return [wrong(what, databaseName, `cannot be read (${errorWord(error)})`, 'npm run ops -- migrate')];
  }
}

/** Tests run only in the right place: what is wrong before them would be wrong after them. */
async function workChecks(
  settings: Settings,
  { start, finish, since }: DoctorOptions,
  dependencies: DoctorDependencies,
  state: readonly DoctorCheck[],
): Promise<{ checks: readonly DoctorCheck[]; files: readonly string[] }> {
  if (!start && !finish) return { checks: state, files: [] };
  const before = [checkDevelopment(settings), ...state];
  const what = finish ? 'full tests' : 'quick tests';
  const changed = finish ? await checkFiles(dependencies, since) : undefined;
  const tests = before.every(({ ok }) => ok)
    ? await checkTests(what, dependencies)
    : wrong(what, 'npm test', 'did not run', 'mend what is wrong above first');
  const after = changed ? [checkProduction(settings, state), changed.check] : [];
  return { checks: [...before, tests, ...after], files: changed?.files ?? [] };
}
