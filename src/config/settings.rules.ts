/** What must hold between settings, beyond what each must be by itself. */
import {
  builtModes,
  providerModes,
  providerVendors,
  type BuiltMode,
  type Policy,
  type ProviderMode,
  type ProviderVendor,
} from '../environment/policy.js';
import type { ProcessEnvironment, Purpose, SettingViolation } from './violation.js';
import { secretViolations } from './secret.rules.js';
import { mongoDatabase, postgresUrlParts } from './setting.types.js';

const doors = ['DATABASE_URL', 'DATABASE_ENTRY_URL', 'DATABASE_PLATFORM_URL', 'DATABASE_QUEUE_URL'];
const databases = [
  ...doors,
  'DATABASE_DIRECT_URL',
  'DATABASE_OWNER_URL',
  'DATABASE_RETENTION_URL',
  'DATABASE_READONLY_URL',
  'DATABASE_BACKUP_URL',
];
const served = [...doors, 'ACCESS_TOKEN_KEYS', 'REFRESH_TOKEN_KEYS', 'CREDENTIAL_KEYS'];
/** The preflight is asked whether a start would be right. */
const needed = { serve: served, preflight: served, operate: doors, provision: doors };

export function crossViolations(
  env: ProcessEnvironment,
  policy: Policy,
  purpose: Purpose,
): SettingViolation[] {
  return [
    ...presence(env, policy, purpose),
    ...serving(env, policy, purpose),
    ...together(env, policy),
    ...secretViolations(env, policy),
    ...providers(env, policy),
    ...openAiKey(env, policy),
    ...mocksFolder(env, policy),
    ...databaseNames(env, policy),
  ];
}

function presence(env: ProcessEnvironment, policy: Policy, purpose: Purpose): SettingViolation[] {
  const wanted = [
    ...needed[purpose].map((setting) => [setting, 'see env/backend.env.*.example'] as const),
    ...(needed[purpose] === served && !policy.openMetrics
      ? [['METRICS_TOKEN', '/metrics is not open here'] as const]
      : []),
    ...(policy.strongSecrets
      ? [
          ['APP_URL', 'links are made from it (S-10)'] as const,
          ['SERVICE_OWNER', 'it is on every log line and metric (S1.9)'] as const,
        ]
      : []),
  ];
  return wanted
    .filter(([setting]) => !env[setting])
    .map(([setting, why]) => ({ setting, problem: `is not set: ${why}` }));
}

/** A process holds the keys of its own doors, and of no other (S3.2). */
function serving(env: ProcessEnvironment, policy: Policy, purpose: Purpose): SettingViolation[] {
  if (purpose !== 'serve') return [];
  const foreign = {
    DATABASE_ADMIN_URL: 'only `ops provision` uses it',
    DATABASE_RETENTION_URL: 'only the retention job uses it (S3.2)',
    DATABASE_READONLY_URL: 'only `ops verify` uses it (S0.3)',
    DATABASE_BACKUP_URL: 'only `ops backup` uses it (S3.2)',
    FINGERPRINT_KEY: 'only `ops preflight` uses it',
    ...(policy.migrations !== 'on-start' && { DATABASE_OWNER_URL: 'only `ops migrate` uses it (S3.2)' }),
  };
  return Object.entries(foreign)
    .filter(([setting]) => env[setting])
    .map(([setting, why]) => ({ setting, problem: `must not be given to a serving process: ${why}` }));
}

/** Settings that are only right beside each other. */
function together(env: ProcessEnvironment, policy: Policy): SettingViolation[] {
  const violations: SettingViolation[] = [];
  const wrong = (setting: string, problem: string) => violations.push({ setting, problem });
  if (env['DEV_AUTO_LOGIN'] === 'true') {
    if (!policy.autoLogin) wrong('DEV_AUTO_LOGIN', 'is true, and here everybody signs in: unset it (S2.8)');
    else if (env['LISTEN_HOST'] && !isLoopback(env['LISTEN_HOST']))
      wrong('DEV_AUTO_LOGIN', 'is true while LISTEN_HOST lets others in: unset one of them (S2.8)');
  }
  for (const [one, other] of [
    ['AWS_REGION', 'AWS_ACCOUNT_ID'],
    ['AWS_ACCOUNT_ID', 'AWS_REGION'],
  ] as const)
    if (!env[one] && env[other]) wrong(one, `is not set, and ${other} is: they go together`);
  if (env['NODE_USE_ENV_PROXY'])
    wrong('NODE_USE_ENV_PROXY', 'is set: a proxy would connect to what we may not; unset it (S4.3)');
  for (const setting of policy.outbound === 'listed' ? databases : []) {
    if (/@localhost[:/]/i.test(env[setting] ?? ''))
      wrong(setting, 'names localhost, which is reached by its address alone here: write 127.0.0.1');
  }
  if (policy.strongSecrets && env['APP_URL'] && !/^https:\/\//i.test(env['APP_URL']))
    wrong('APP_URL', 'must be https here');
  if (policy.outbound === 'loopback' && env['EGRESS_HOSTS'])
    wrong('EGRESS_HOSTS', 'is given where nothing but this machine is reached: unset it (S4.1)');
  if (policy.recipients !== 'listed' && env['RECIPIENTS'])
    wrong(
      'RECIPIENTS',
      'is given where no list is asked: it would promise a limit that nothing keeps; unset it',
    );
  return violations;
}

/** What stands in for a vendor, or speaks to it, is the environment's to allow; and with whose account (S4.1, S4.2). */
function providers(env: ProcessEnvironment, policy: Policy): SettingViolation[] {
  return providerVendors.flatMap((vendor) => {
    const setting = providerSetting(vendor);
    const mode = env[setting] ?? policy.providers[vendor][0];
    if (!isMode(mode)) return [];
    const allowed = policy.providers[vendor];
    if (!allowed.includes(mode)) return [{ setting, problem: `must be one of ${allowed.join(', ')} here` }];
    if (isBuilt(mode)) return [];
    const accounts = accountsSetting(vendor);
    const needsList = mode !== 'live' && !env[accounts];
    return [
      { setting, problem: `is ${mode}, and this build has no adapter for it: use mock or off` },
      ...(needsList
        ? [
            {
              setting: accounts,
              problem: `is not set: ${setting} is ${mode}, and nothing else says which accounts are for tests`,
            },
          ]
        : []),
    ];
  });
}

/** A key that nothing may use is not kept at hand; an adapter that needs one is not started without. */
function openAiKey(env: ProcessEnvironment, policy: Policy): SettingViolation[] {
  const mode = env['OPENAI_PROVIDER'] ?? policy.providers.openai[0];
  const setting = 'OPENAI_API_KEY';
  if (mode !== 'test' && mode !== 'live')
    return env[setting] ? [{ setting, problem: `is given while OPENAI_PROVIDER is ${mode}: unset it` }] : [];
  if (env[setting] || !policy.providers.openai.includes(mode)) return [];
  return [{ setting, problem: `is not set: OPENAI_PROVIDER is ${mode}` }];
}

/** Two processes whose mocks remember in different places would not see each other's messages; a checkout has one place. */
function mocksFolder(env: ProcessEnvironment, policy: Policy): SettingViolation[] {
  const mocks = providerVendors
    .filter((vendor) => (env[providerSetting(vendor)] ?? policy.providers[vendor][0]) === 'mock')
    .filter((vendor) => policy.providers[vendor].includes('mock'))
    .map(providerSetting);
  if (policy.embeddedDatabase || env['MOCKS_DIR'] || mocks.length === 0) return [];
  return [
    {
      setting: 'MOCKS_DIR',
      problem: `is not set: ${mocks.join(', ')} chose a mock, or nothing, which means one`,
    },
  ];
}

/** DB_NAME, every URL and the environment agree on one database (S0.1). */
function databaseNames(env: ProcessEnvironment, policy: Policy): SettingViolation[] {
  const names = [...databases, 'MONGO_URL'].flatMap((setting) => {
    const name = postgresUrlParts(env[setting] ?? '')?.database ?? mongoDatabase(env[setting] ?? '');
    return name ? [{ setting, name }] : [];
  });
  const first = env['DB_NAME'] ? { setting: 'DB_NAME', name: env['DB_NAME'] } : names[0];
  if (!first) return [];
  const violations = names
    .filter(({ name }) => name !== first.name)
    .map(({ setting }) => ({
      setting,
      problem: `names another database than ${first.setting}: they must agree`,
    }));
  if (!policy.databaseName.pattern.test(first.name)) {
    const problem = `names a database that is not this environment's, which is ${policy.databaseName.words}`;
    violations.unshift({ setting: first.setting, problem });
  }
  return violations;
}

export function providerSetting(vendor: ProviderVendor) {
  return `${vendor.toUpperCase() as Uppercase<ProviderVendor>}_PROVIDER` as const;
}

export function accountsSetting(vendor: ProviderVendor) {
  return `${vendor.toUpperCase() as Uppercase<ProviderVendor>}_ACCOUNTS` as const;
}

function isMode(word: string): word is ProviderMode {
  return providerModes.some((mode) => mode === word);
}

function isBuilt(mode: ProviderMode): mode is BuiltMode {
  return builtModes.some((each) => each === mode);
}

function isLoopback(host: string): boolean {
  return host === '::1' || host.startsWith('127.');
}
