/**
 * Everything that must be right before a process is started somewhere, asked and not assumed (S1.1). Guarantees: it changes
 * nothing but its own artifact; nothing is asked when the process is in another environment than `--env` says, and no
 * secret is read in another account; what was not asked is said to be skipped. 0: all is well; 1: a check failed; 78: a
 * setting is wrong.
 */
import { exitCode } from '../../config/exit-codes.js';
import { environmentOf, SettingsError, type Settings, type SettingViolation } from '../../config/settings.js';
import { policies } from '../../environment/policy.js';
import { UsageError } from '../failure.js';
import type { Outcome } from '../outcome.js';
import { checkAccount, type AccountReport } from './account.js';
import { withholder, writeArtifact, type Artifact } from './artifact.js';
import { checkRunner, type RunCheck } from './check.js';
import { compareWith } from './compare.js';
import { checkDatabases } from './database.js';
import { fingerprintKeyViolations, fingerprintSetting, fingerprintsOf, keyIdOf } from './fingerprints.js';
import { tableOf } from './table.js';
import {
  failed,
  ok,
  skipped,
  type Check,
  type CompleteSettings,
  type Finding,
  type PreflightDependencies,
  type PreflightOptions,
} from './types.js';
import { checkVendors } from './vendors.js';

interface Report {
  readonly checks: readonly Check[];
  readonly violations: readonly SettingViolation[];
  readonly account: string | undefined;
  readonly env: AccountReport['env'];
  readonly fingerprints: Artifact['fingerprints'];
}

/** @throws SettingsError when the settings name no environment, UsageError when `--env` names none */
export async function preflight(
  options: PreflightOptions,
  dependencies: PreflightDependencies,
): Promise<Outcome> {
  const { env, now = () => new Date() } = dependencies;
  const environment = environmentOf(env);
  if (typeof environment !== 'string') throw new SettingsError([environment]);
  const believed = environmentOf({ APP_ENV: options.env });
  if (typeof believed !== 'string') throw new UsageError(`--env ${options.env} names no environment`);
  const run = checkRunner(dependencies.onProgress, dependencies.timeoutMs);
  const report =
    believed === environment
      ? await ask(options, dependencies, environment, run)
      : elsewhere(`this process is ${environment}, and --env says ${believed}`, env);
  const withhold = withholder(env, report.env);
  const wrong = report.violations.map(({ setting, problem }) => ({
    name: `setting ${setting}`,
    ...failed(problem),
  }));
  const checks = [...report.checks, ...wrong].map((check) => ({
    ...check,
    detail: withhold(check.detail),
    ...(check.mend !== undefined && { mend: withhold(check.mend) }),
  }));
  const code = codeOf(checks, report.violations.length);
  const artifact: Artifact = {
    kind: 'bulkhead-preflight',
    version: 1,
    environment,
    region: options.region,
    account: report.account ?? null,
    at: now().toISOString(),
    code,
    checks,
    fingerprints: report.fingerprints,
  };
  const file = options.out ?? `artifacts/preflight_${environment}.json`;
  await writeArtifact(file, artifact);
  return { lines: [...tableOf(artifact), `wrote ${file}`], data: artifact, code };
}

const noFingerprints: Artifact['fingerprints'] = { keyId: null, complete: false, of: [] };

function elsewhere(detail: string, env: Report['env']): Report {
  const check = { name: 'environment', ...failed(detail, 'set APP_ENV, or ask for the right one') };
  return { checks: [check], violations: [], account: undefined, env, fingerprints: noFingerprints };
}

function codeOf(checks: readonly Check[], violations: number): number {
  if (violations > 0) return exitCode.configuration;
  return checks.some(({ status }) => status === 'failed') ? exitCode.checkFailed : exitCode.ok;
}

async function ask(
  options: PreflightOptions,
  dependencies: PreflightDependencies,
  environment: Settings['environment'],
  run: RunCheck,
): Promise<Report> {
  const { env } = dependencies;
  // In local an account, and what goes with it, is for those who have one (C15).
  const required = policies[environment].outbound !== 'loopback';
  const first = await Promise.all([
    run('environment', () => ok(environment)),
    run('region', () => regionFinding(env['AWS_REGION'], options.region, required)),
  ]);
  const account = await checkAccount(dependencies, environment, run);
  const keyProblems = fingerprintKeyViolations(account.env, required);
  const { settings, server, violations } = await complete(account, keyProblems, dependencies);
  try {
    const fingerprints = fingerprintsIn(account, violations.length);
    const { compare } = options;
    const later = await Promise.all([
      run('settings', () => settingsFinding(account, violations.length)),
      settings ? checkVendors(settings, dependencies.whoAmI, run) : run('vendors', () => incomplete),
      settings ? checkDatabases(settings, dependencies, run) : run('databases', () => incomplete),
      ...(compare
        ? [run('shared secrets', async () => compareWith(compare, { environment, fingerprints }))]
        : []),
    ]);
    return {
      checks: [...first, ...account.checks, ...later.flat()],
      violations,
      account: account.account,
      env: account.env,
      fingerprints,
    };
  } finally {
    await server?.stop();
  }
}

const incomplete = skipped('not asked: the settings are not complete');

/** The clients are built for AWS_REGION, and no address of another is ever asked. */
function regionFinding(given: string | undefined, wanted: string, required: boolean): Finding {
  if (given === wanted) return ok(wanted);
  if (given === undefined && !required) return skipped('AWS_REGION is not set');
  if (given === undefined) return failed('AWS_REGION is not set', `set it to ${wanted}`);
  return failed(`AWS_REGION is ${given}, and --region says ${wanted}`, 'mend one of them');
}

/** Settings that lack only what could not be read are no mistake of the settings. */
async function complete(
  { env, unread, violations: before }: AccountReport,
  keyProblems: readonly SettingViolation[],
  dependencies: PreflightDependencies,
): Promise<Partial<CompleteSettings> & { readonly violations: readonly SettingViolation[] }> {
  const violations = [...before, ...keyProblems];
  try {
    return { ...(await dependencies.complete(env)), violations };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    const known = new Set([...unread, ...violations.map(({ setting }) => setting)]);
    return { violations: [...violations, ...error.violations.filter(({ setting }) => !known.has(setting))] };
  }
}

function settingsFinding({ unread }: AccountReport, violations: number): Finding {
  if (violations > 0)
    return failed(`${violations} wrong, see below`, 'env/backend.env.*.example describes each');
  if (unread.length > 0) return failed(`wanting, because their secrets were not read: ${unread.join(', ')}`);
  return ok('complete, and right beside each other');
}

function fingerprintsIn({ env, unread }: AccountReport, violations: number): Artifact['fingerprints'] {
  const key = env[fingerprintSetting];
  if (!key || fingerprintKeyViolations(env, true).length > 0) return noFingerprints;
  // Of a secret that was just found guessable, not even a fingerprint is written down.
  const isComplete = unread.length + violations === 0;
  return { keyId: keyIdOf(key), complete: isComplete, of: isComplete ? fingerprintsOf(env, key) : [] };
}
