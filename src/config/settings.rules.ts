/** What must hold between settings, beyond what each must be by itself. */
import { providerModes, type Policy } from '../environment/policy.js';
import { postgresUrlParts } from './setting.types.js';

export type ProcessEnvironment = Readonly<Record<string, string | undefined>>;

/** `serve` is the API; `operate` is an `ops` command, which alone may hold the owner's and the admin's keys. */
export type Purpose = 'serve' | 'operate';

export interface SettingViolation {
  readonly setting: string;
  /** What is wrong, with how to mend it. Never contains the value of a secret. */
  readonly problem: string;
}

const doors = ['DATABASE_URL', 'DATABASE_ENTRY_URL', 'DATABASE_PLATFORM_URL', 'DATABASE_QUEUE_URL'];
const keySettings = ['ACCESS_TOKEN_KEYS', 'REFRESH_TOKEN_KEYS', 'CREDENTIAL_KEYS'];
const providerSettings = [
  'SHOPIFY_PROVIDER',
  'WHATSAPP_PROVIDER',
  'RICHPANEL_PROVIDER',
  'OPENAI_PROVIDER',
  'EMAIL_PROVIDER',
];
const needed = { serve: [...doors, ...keySettings], operate: doors };

export function crossViolations(
  env: ProcessEnvironment,
  policy: Policy,
  purpose: Purpose,
): SettingViolation[] {
  return [
    ...presence(env, policy, purpose),
    ...keyReuse(env),
    ...providers(env, policy),
    ...mocksFolder(env, policy),
    ...databaseNames(env, policy),
  ];
}

function presence(env: ProcessEnvironment, policy: Policy, purpose: Purpose): SettingViolation[] {
  const violations: SettingViolation[] = [];
  const missing = (setting: string, why: string) => {
    if (!env[setting]) violations.push({ setting, problem: `is not set: ${why}` });
  };
  const refused = (setting: string, why: string) => {
    if (env[setting]) violations.push({ setting, problem: `must not be given to a serving process: ${why}` });
  };
  for (const setting of needed[purpose]) missing(setting, 'see env/backend.env.*.example');
  if (purpose === 'serve') {
    if (!policy.openMetrics) missing('METRICS_TOKEN', '/metrics is not open here');
    refused('DATABASE_ADMIN_URL', 'only `ops provision` uses it');
    if (policy.migrations !== 'on-start') refused('DATABASE_OWNER_URL', 'only `ops migrate` uses it (S3.2)');
  }
  return violations;
}

/** A key that seals refresh tokens must not sign access tokens or encrypt credentials, under whatever name. */
function keyReuse(env: ProcessEnvironment): SettingViolation[] {
  const keysIn = (setting: string) =>
    // Decoded: the last character of base64url has spare bits, so one key has several spellings.
    (env[setting] ?? '')
      .split(',')
      .map((part) => Buffer.from(part.trim().split(':')[1] ?? '', 'base64url').toString('hex'));
  return keySettings.flatMap((setting, index) =>
    keySettings
      .slice(0, index)
      .filter((earlier) => keysIn(earlier).some((key) => key !== '' && keysIn(setting).includes(key)))
      .map((earlier) => ({
        setting,
        problem: `holds a key of ${earlier}: each purpose needs keys of its own`,
      })),
  );
}

/** What stands in for a vendor, or speaks to it, is the environment's to allow (S4.1, S4.2). */
function providers(env: ProcessEnvironment, policy: Policy): SettingViolation[] {
  return providerSettings.flatMap((setting) => {
    const mode = env[setting];
    if (!mode || !providerModes.some((each) => each === mode)) return [];
    if (policy.providers.some((each) => each === mode)) return [];
    return [{ setting, problem: `must be one of ${policy.providers.join(', ')} here` }];
  });
}

/** Two processes whose mocks remember in different places would not see each other's messages; a checkout has one place. */
function mocksFolder(env: ProcessEnvironment, policy: Policy): SettingViolation[] {
  const mocks = providerSettings.filter((setting) => (env[setting] ?? policy.providers[0]) === 'mock');
  const allowed = policy.providers.includes('mock');
  if (policy.embeddedDatabase || env['MOCKS_DIR'] || !allowed || mocks.length === 0) return [];
  return [{ setting: 'MOCKS_DIR', problem: `is not set: ${mocks.join(', ')} chose a mock` }];
}

/** DB_NAME, every URL and the environment agree on one database (S0.1). */
function databaseNames(env: ProcessEnvironment, policy: Policy): SettingViolation[] {
  const names = [...doors, 'DATABASE_DIRECT_URL', 'DATABASE_OWNER_URL'].flatMap((setting) => {
    const parts = postgresUrlParts(env[setting] ?? '');
    return parts ? [{ setting, name: parts.database }] : [];
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
