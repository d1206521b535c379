/**
 * What surrounds a piece of work. `--start`: before a line is written, three checks are green (S0.5). `--finish`: before
 * anybody says it is complete, full tests pass, production is untouched, files are listed (S0.6); the closing statement
 * is the document's own, and is said by nobody else.
 */
import type { Settings } from '../../config/settings.js';
import { policies } from '../../environment/policy.js';
import { errorWord, right, wrong, type DoctorCheck } from './check.js';
import { changedFiles } from './files.js';
import { maskedUrl } from './masked.js';
import type { DoctorDependencies } from './types.js';

export const closingStatement = 'Development phase complete. Ready for staging promotion when D approves.';

/** Settings and isolation: what goes wrong first, and must not. */
export const quickTests = ['test/config', 'test/isolation'];

/** The block of the founding document: environment, where its data is, demo organization, quick tests. */
export function sessionStart(settings: Settings, checks: readonly DoctorCheck[]): string[] {
  const demo = checks.filter(({ what }) => what === 'demo data');
  const intact = demo.length > 0 && demo.every(({ ok }) => ok);
  const tests = checks.find(({ what }) => what === 'quick tests');
  return [
    '',
    `Active environment: ${settings.environment}`,
    `Active DB: ${settings.databaseName}`,
    `Database URL: ${maskedUrl(settings.databaseUrls.tenant)}`,
    `Mongo URL: ${settings.mongoUrl ? maskedUrl(settings.mongoUrl) : 'not set'}`,
    `Demo organization intact: ${intact ? 'yes' : 'no'}`,
    `Quick tests: ${tests?.found ?? 'not run'}`,
    checks.every(({ ok }) => ok)
      ? 'Safe to proceed.'
      : 'Stop. Do not write code. Mend what is wrong above first.',
  ];
}

/** Every session of development, its start and its end, is in the development database (S0.1). */
export function checkDevelopment({ policy, environment }: Settings): DoctorCheck {
  if (policy.demoData) return right('development', environment, 'this is where development happens');
  return wrong(
    'development',
    environment,
    'is not where development happens (S0.1)',
    'APP_ENV=local, and its database',
  );
}

export async function checkTests(
  what: 'quick tests' | 'full tests',
  { runTests }: Pick<DoctorDependencies, 'runTests'>,
): Promise<DoctorCheck> {
  const folders = what === 'quick tests' ? quickTests : [];
  const where =
    folders.length > 0 ? `npm test -- ${folders.join(' ')}` : 'npm test && npm run test:processes';
  const ran = await runTests(folders).catch((error: unknown) => ({ code: errorWord(error), output: '' }));
  if (!ran)
    return wrong(
      what,
      where,
      'did not run: there is no test tool here, as in an image',
      'a source checkout, after npm ci',
    );
  if (ran.code !== 0)
    return wrong(what, where, `failed (${ran.code})${summary(ran.output)}`, 'see what they printed');
  return right(what, where, `passed${summary(ran.output)}`);
}

/** What vitest counts at the end of each run. */
function summary(output: string): string {
  const counts = [...stripColors(output).matchAll(/^\s*Tests\s+(\S.*)$/gm)].map(([, count]) => count!.trim());
  return counts.length === 0 ? '' : `: ${counts.join('; ')}`;
}

function stripColors(text: string): string {
  // oxlint-disable-next-line no-control-regex -- colors begin with the control character ESC
  return text.replaceAll(/\u001B\[[\d;]*m/g, '');
}

/**
 * What can be known here: no address of production was given to this process, and every database it was given says
 * itself that it is not production's. Whether somebody else was there, only a look from there tells.
 */
export function checkProduction(settings: Settings, checks: readonly DoctorCheck[]): DoctorCheck {
  const what = 'production';
  const { databaseUrls, mongoUrl, policy, environment } = settings;
  const { admin, ...doors } = databaseUrls;
  const urls = [...Object.values(doors), mongoUrl].filter((url) => url !== undefined);
  if (policy.migrations === 'certified' || urls.some(namesProduction))
    return wrong(what, 'settings', 'an address of it was given to this process', 'take it away');
  if (admin !== undefined)
    return wrong(
      what,
      'DATABASE_ADMIN_URL',
      'a superuser reaches every database of its server, so nothing is proven',
      'unset it: only ops provision needs it',
    );
  const databases = checks.filter(({ what: each }) => each === 'database' || each === 'stamp');
  if (databases.length === 0 || databases.some(({ ok }) => !ok))
    return wrong(what, 'stamps', 'not every database said that it is not production’s', 'see above');
  return right(
    what,
    'settings',
    `untouched by this process: none of its ${urls.length} URLs names a database of production, and every database behind them is stamped ${environment}. It proves nothing of other processes; in production, npm run ops -- verify organization looks`,
  );
}

function namesProduction(url: string): boolean {
  const name = maskedUrl(url).split('/').at(-1)!;
  const certified = Object.values(policies).filter(({ migrations }) => migrations === 'certified');
  return certified.some(({ databaseName }) => databaseName.pattern.test(name));
}

export interface FilesChecked {
  readonly check: DoctorCheck;
  readonly files: readonly string[];
}

export async function checkFiles(
  { git }: Pick<DoctorDependencies, 'git'>,
  since: string | undefined,
): Promise<FilesChecked> {
  const changed = await changedFiles(git, since);
  if (!changed)
    return {
      check: wrong('files', 'git', 'cannot be listed: this is no git checkout', 'run it in one'),
      files: [],
    };
  const { base, files } = changed;
  return { check: right('files', `git since ${base.slice(0, 12)}`, `${files.length} changed`), files };
}
