/**
 * Fills in the settings that name a secret, before they are checked. Guarantees: nothing is asked of AWS unless a setting
 * names a secret, and no secret is read in an account that is not `AWS_ACCOUNT_ID`.
 */
import {
  judgeReferences,
  referencesIn,
  resolveReferences,
  withoutReferences,
  type ReadReference,
  type Resolved,
} from '../config/setting-references.js';
import {
  environmentOf,
  loadSettings,
  SettingsError,
  type ProcessEnvironment,
  type Purpose,
  type Settings,
  type SettingViolation,
} from '../config/settings.js';
import { policies } from '../environment/policy.js';
import { failureWords, type CloudProvider, type IdentityOutcome } from '../providers/cloud/cloud.provider.js';
import { secretWords, type SecretsProvider } from '../providers/secrets/secrets.provider.js';

export interface Account {
  readonly cloud: CloudProvider;
  readonly secrets: SecretsProvider;
}

export type OpenAccount = (region: string) => Promise<Account>;

/** The real one. What it needs is loaded when it is called: a start without references has no use for it. */
export const openAwsAccount: OpenAccount = async (region) => {
  const { openAws } = await import('../providers/cloud/cloud.module.js');
  const { openSecrets } = await import('../providers/secrets/secrets.module.js');
  const { access, cloud } = await openAws({ region });
  return { cloud, secrets: await openSecrets({ kind: 'aws', access }) };
};

/**
 * @returns the environment with every reference replaced
 * @throws SettingsError with what is wrong with the references, and with everything else that can be judged without them
 */
export async function withSecrets(
  env: ProcessEnvironment,
  purpose: Purpose,
  open: OpenAccount = openAwsAccount,
): Promise<ProcessEnvironment> {
  if (referencesIn(env).length === 0) return env;
  const resolved = await resolveSecrets(env, open);
  if (resolved.violations.length === 0) return resolved.env;
  throw new SettingsError([...resolved.violations, ...otherViolations(env, resolved, purpose)]);
}

async function resolveSecrets(env: ProcessEnvironment, open: OpenAccount): Promise<Resolved> {
  const environment = environmentOf(env);
  const unread = (violations: readonly SettingViolation[]) => ({ env: withoutReferences(env), violations });
  if (typeof environment !== 'string') return unread([environment]);
  const inTheWay = obstacles(env, environment);
  const { askable, violations } = judgeReferences(referencesIn(env), environment);
  if (inTheWay.length > 0) return unread([...inTheWay, ...violations]);
  if (askable.length === 0) return unread(violations);
  const { cloud, secrets } = await open(env['AWS_REGION']!);
  const problem = accountProblem(await cloud.identity(), env['AWS_ACCOUNT_ID']);
  if (problem !== undefined) return unread([{ setting: 'AWS_ACCOUNT_ID', problem }, ...violations]);
  return resolveReferences(env, environment, readerOf(secrets));
}

export function readerOf(secrets: SecretsProvider): ReadReference {
  return async (name) => {
    const outcome = await secrets.read(name);
    return outcome.kind === 'secret' ? { text: outcome.secret.reveal() } : { problem: secretWords(outcome) };
  };
}

/** Compared as text: an account may begin with 0. @returns undefined when it is the one that was expected */
export function accountProblem(outcome: IdentityOutcome, expected: string | undefined): string | undefined {
  if (outcome.kind !== 'identity')
    return `could not be compared with the account we are in: ${failureWords(outcome)}`;
  if (outcome.account === expected) return undefined;
  return `is ${expected ?? 'not set'}, and the credentials belong to the account ${outcome.account}: no secret was read`;
}

/** What is wrong with the settings besides the references that were not resolved. */
export function otherViolations(
  given: ProcessEnvironment,
  { env, violations }: Resolved,
  purpose: Purpose,
): SettingViolation[] {
  const known = [...violations, ...referencesIn(given).filter(({ setting }) => env[setting] === undefined)];
  try {
    loadSettings(env, purpose);
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.violations.filter(({ setting }) => known.every((each) => each.setting !== setting));
  }
}

/** What stands in the way of reading any secret. */
export function obstacles(env: ProcessEnvironment, environment: Settings['environment']): SettingViolation[] {
  const references = referencesIn(env);
  if (policies[environment].outbound === 'loopback')
    return references.map(({ setting }) => ({
      setting,
      problem: 'names a secret, and here nothing but this machine may be asked: set the value itself',
    }));
  const missing = ['AWS_ACCOUNT_ID', 'AWS_REGION']
    .filter((setting) => !env[setting])
    .map((setting) => ({ setting, problem: 'is not set, and settings name secrets that are kept there' }));
  // Our own clients ignore them; those that the SDK makes to find credentials do not, and would send a token there.
  const redirections = Object.keys(env)
    .filter((setting) => /^AWS_ENDPOINT_URL(_|$)/.test(setting) && env[setting])
    .map((setting) => ({ setting, problem: 'could lead credentials to another host than AWS: unset it' }));
  return [...missing, ...redirections];
}
