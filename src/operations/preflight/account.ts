/** The account, its secrets and its kill switch. Nothing but the identity is asked while the account is not the right one. */
import {
  judgeReferences,
  referencesIn,
  resolveReferences,
  withoutReferences,
} from '../../config/setting-references.js';
import type { ProcessEnvironment, Settings, SettingViolation } from '../../config/settings.js';
import { policies } from '../../environment/policy.js';
import { failureWords, killSwitchName, type CloudProvider } from '../../providers/cloud/cloud.provider.js';
import { secretWords, type SecretOutcome } from '../../providers/secrets/secrets.provider.js';
import type { RunCheck } from './check.js';
import { failed, ok, skipped, type Check, type Finding, type PreflightDependencies } from './types.js';
import { accountProblem, obstacles, readerOf, type Account } from '../secret-references.js';

export interface AccountReport {
  readonly checks: readonly Check[];
  /** Of a setting that is wrong by itself; a secret that cannot be read is a check that failed. */
  readonly violations: readonly SettingViolation[];
  /** With the references that could be resolved. */
  readonly env: ProcessEnvironment;
  /** Settings that are wanting because their secret was not read. */
  readonly unread: readonly string[];
  readonly account: string | undefined;
}

export async function checkAccount(
  { env, openAccount }: Pick<PreflightDependencies, 'env' | 'openAccount'>,
  environment: Settings['environment'],
  run: RunCheck,
): Promise<AccountReport> {
  const inTheWay = referencesIn(env).length > 0 ? obstacles(env, environment) : [];
  const region = env['AWS_REGION'];
  const expected = env['AWS_ACCOUNT_ID'];
  if (!region || !expected || inTheWay.length > 0)
    return unasked(env, environment, inTheWay, noAccount(expected, environment));
  let account: string | undefined;
  let opened: Account | undefined;
  const identity = await run('account', async () => {
    opened = await openAccount(region);
    const outcome = await opened.cloud.identity();
    if (outcome.kind === 'identity') account = outcome.account;
    const problem = accountProblem(outcome, expected);
    if (outcome.kind !== 'identity' || problem !== undefined)
      return failed(`AWS_ACCOUNT_ID ${problem ?? ''}`, 'sign in to the account of this environment');
    return ok(`${outcome.account}, as ${outcome.principal}`);
  });
  if (identity.status !== 'ok' || !opened) return { ...unasked(env, environment, [], identity), account };
  const [secrets, killSwitch] = await Promise.all([
    checkSecrets(env, environment, opened, run),
    checkKillSwitch(opened.cloud, killSwitchName(environment), run),
  ]);
  return { ...secrets, checks: [identity, ...secrets.checks, killSwitch], account };
}

/** In local an account is for those who have one (C15). */
function noAccount(expected: string | undefined, environment: Settings['environment']): Check {
  const name = 'account';
  if (expected) return { name, ...skipped('not asked: settings are wrong') };
  if (policies[environment].outbound === 'loopback') return { name, ...skipped('AWS_ACCOUNT_ID is not set') };
  return { name, ...failed('AWS_ACCOUNT_ID is not set', 'set AWS_ACCOUNT_ID and AWS_REGION') };
}

function unasked(
  env: ProcessEnvironment,
  environment: Settings['environment'],
  inTheWay: readonly SettingViolation[],
  identity: Check,
): AccountReport {
  const why = skipped('not asked: the account is not confirmed');
  const references = referencesIn(env);
  const { askable, violations } = judgeReferences(references, environment);
  const names = new Set(askable.map(({ name }) => name));
  return {
    checks: [
      identity,
      ...[...names].map((name) => ({ name: `secret ${name}`, ...why })),
      { name: `parameter ${killSwitchName(environment)}`, ...why },
    ],
    violations: [...inTheWay, ...violations],
    env: withoutReferences(env),
    unread: references.map(({ setting }) => setting),
    account: undefined,
  };
}

async function checkSecrets(
  env: ProcessEnvironment,
  environment: Settings['environment'],
  { secrets }: Account,
  run: RunCheck,
): Promise<Omit<AccountReport, 'account'>> {
  const references = referencesIn(env);
  const checks: Promise<Check>[] = [];
  const unreadable = new Set<string>();
  const read = async (name: string): Promise<SecretOutcome> => {
    const outcome = secrets.read(name);
    checks.push(run(`secret ${name}`, async () => secretFinding(await outcome)));
    const answer = await outcome;
    if (answer.kind !== 'secret') unreadable.add(name);
    return answer;
  };
  const resolved = await resolveReferences(env, environment, readerOf({ read }));
  const unread = references.filter(({ name }) => unreadable.has(name)).map(({ setting }) => setting);
  return {
    checks: await Promise.all(checks),
    violations: resolved.violations.filter(({ setting }) => !unread.includes(setting)),
    env: resolved.env,
    unread,
  };
}

/** Proves that it can be read by reading it; the value is dropped here. */
function secretFinding(outcome: SecretOutcome): Finding {
  if (outcome.kind === 'secret') return ok('readable');
  return failed(secretWords(outcome), 'create it, or let this role call secretsmanager:GetSecretValue on it');
}

async function checkKillSwitch(cloud: CloudProvider, name: string, run: RunCheck): Promise<Check> {
  return run(`parameter ${name}`, async () => {
    const outcome = await cloud.parameters([name]);
    if (outcome.kind !== 'parameters')
      return failed(
        failureWords(outcome),
        'let this role call ssm:GetParameters on it; until then it means on',
      );
    const word = outcome.values.get(name);
    if (word === 'off') return ok('off');
    if (word === 'on') return ok('on: nothing leaves until it is off');
    const mend = `aws ssm put-parameter --overwrite --type String --name ${name} --value off`;
    return failed(
      word === undefined ? 'does not exist, which means on' : 'is neither on nor off, which means on',
      mend,
    );
  });
}
