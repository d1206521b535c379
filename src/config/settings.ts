/**
 * Turns the process environment into one frozen `Settings`, or into every violation at once.
 * A setting that is missing, unknown or contradicts another never falls back to something riskier: it refuses.
 */
import { resolve } from 'node:path';
import { environmentNamed, type Environment } from '../environment/environment.js';
import { policies, type Policy } from '../environment/policy.js';
import type { SigningKey } from './setting.types.js';
import { settingsSchema, type ParsedSettings } from './settings.schema.js';

export type ProcessEnvironment = Readonly<Record<string, string | undefined>>;

/** `serve` is the API; `operate` is an `ops` command, which alone may hold the owner's and the admin's keys. */
export type Purpose = 'serve' | 'operate';

export interface Settings {
  readonly environment: Environment;
  readonly policy: Policy;
  readonly databaseName: string;
  readonly databaseUrls: {
    readonly tenant: string;
    readonly entry: string;
    readonly platform: string;
    readonly owner: string | undefined;
    readonly admin: string | undefined;
  };
  readonly databasePoolSize: number;
  readonly accessTokenKeys: readonly SigningKey[];
  readonly refreshTokenKeys: readonly SigningKey[];
  readonly listenHost: string;
  readonly port: number | undefined;
  readonly metricsToken: string | undefined;
  readonly logLevel: ParsedSettings['LOG_LEVEL'];
}

export interface SettingViolation {
  readonly setting: string;
  /** What is wrong, with how to mend it. Never contains the value of a secret. */
  readonly problem: string;
}

export class SettingsError extends Error {
  constructor(readonly violations: readonly SettingViolation[]) {
    super(violations.map(({ setting, problem }) => `${setting} ${problem}`).join('\n'));
  }
}

/** State of this checkout that is not code: the embedded database, generated secrets. */
export const stateDir = resolve(import.meta.dirname, '../../.data');

/** The environment the settings name (C1), or the violation that says why they name none. */
export function environmentOf(env: ProcessEnvironment): Environment | SettingViolation {
  const chosen = env['APP_ENV'] ? 'APP_ENV' : 'NODE_ENV';
  const word = env[chosen];
  if (!word) {
    return env['BULKHEAD_IMAGE']
      ? { setting: 'APP_ENV', problem: 'is not set, and an image never guesses: set it to staging or production' }
      : 'local';
  }
  const environment = environmentNamed(word);
  if (!environment) return { setting: chosen, problem: 'names no environment' };
  if (environment === 'local' && environmentNamed(env['NODE_ENV'] ?? '') === 'production') {
    return { setting: 'APP_ENV', problem: 'is local while NODE_ENV is production: unset one of them' };
  }
  return environment;
}

/** @throws SettingsError with every violation at once */
export function loadSettings(env: ProcessEnvironment, purpose: Purpose = 'serve'): Settings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = settingsSchema.safeParse(given);
  const violations: SettingViolation[] = (parsed.error?.issues ?? []).map(({ path, message }) => ({
    setting: path.join('.'),
    problem: message,
  }));
  const environment = environmentOf(given);
  if (typeof environment !== 'string') {
    const known = violations.some(({ setting }) => setting === environment.setting);
    throw new SettingsError(known ? violations : [...violations, environment]);
  }
  violations.push(...presenceViolations(given, policies[environment], purpose), ...databaseNameViolations(given, policies[environment]));
  if (!parsed.success || violations.length > 0) throw new SettingsError(violations);
  return freezeSettings(environment, parsed.data);
}

const needed = ['DATABASE_URL', 'DATABASE_ENTRY_URL', 'DATABASE_PLATFORM_URL', 'ACCESS_TOKEN_KEYS', 'REFRESH_TOKEN_KEYS'];

function presenceViolations(env: ProcessEnvironment, policy: Policy, purpose: Purpose): SettingViolation[] {
  const violations: SettingViolation[] = [];
  const missing = (setting: string, why: string) => {
    if (!env[setting]) violations.push({ setting, problem: `is not set: ${why}` });
  };
  const refused = (setting: string, why: string) => {
    if (env[setting]) violations.push({ setting, problem: `must not be given to a serving process: ${why}` });
  };
  for (const setting of needed) missing(setting, 'see env/backend.env.*.example');
  if (!policy.openMetrics) missing('METRICS_TOKEN', '/metrics is not open here');
  if (purpose === 'serve') {
    refused('DATABASE_ADMIN_URL', 'only `ops provision` uses it');
    if (policy.migrations === 'by-command') refused('DATABASE_OWNER_URL', 'only `ops migrate` uses it (S3.2)');
  }
  if (env['ACCESS_TOKEN_KEYS'] && env['ACCESS_TOKEN_KEYS'] === env['REFRESH_TOKEN_KEYS']) {
    violations.push({ setting: 'REFRESH_TOKEN_KEYS', problem: 'equals ACCESS_TOKEN_KEYS: each purpose needs keys of its own' });
  }
  return violations;
}

const databaseUrlSettings = ['DATABASE_URL', 'DATABASE_ENTRY_URL', 'DATABASE_PLATFORM_URL', 'DATABASE_OWNER_URL'];

function databaseNameViolations(env: ProcessEnvironment, policy: Policy): SettingViolation[] {
  const violations: SettingViolation[] = [];
  const expected = env['DB_NAME'] ?? databaseNameIn(env['DATABASE_URL']);
  if (expected !== undefined && !policy.databaseName.pattern.test(expected)) {
    violations.push({
      setting: env['DB_NAME'] ? 'DB_NAME' : 'DATABASE_URL',
      problem: `names the database "${expected}", but this environment's is ${policy.databaseName.words}`,
    });
  }
  for (const setting of databaseUrlSettings) {
    const name = databaseNameIn(env[setting]);
    if (name !== undefined && name !== expected) {
      violations.push({ setting, problem: `names the database "${name}", but the others name "${expected}"` });
    }
  }
  return violations;
}

function databaseNameIn(url: string | undefined): string | undefined {
  return url && URL.canParse(url) ? decodeURIComponent(new URL(url).pathname.slice(1)) : undefined;
}

function freezeSettings(environment: Environment, parsed: ParsedSettings): Settings {
  const policy = policies[environment];
  return Object.freeze({
    environment,
    policy,
    databaseName: parsed.DB_NAME ?? databaseNameIn(parsed.DATABASE_URL)!,
    databaseUrls: Object.freeze({
      tenant: parsed.DATABASE_URL!,
      entry: parsed.DATABASE_ENTRY_URL!,
      platform: parsed.DATABASE_PLATFORM_URL!,
      owner: parsed.DATABASE_OWNER_URL,
      admin: parsed.DATABASE_ADMIN_URL,
    }),
    databasePoolSize: parsed.DATABASE_POOL_SIZE,
    accessTokenKeys: parsed.ACCESS_TOKEN_KEYS!,
    refreshTokenKeys: parsed.REFRESH_TOKEN_KEYS!,
    listenHost: parsed.LISTEN_HOST ?? policy.listenHost,
    port: parsed.PORT,
    metricsToken: parsed.METRICS_TOKEN,
    logLevel: parsed.LOG_LEVEL,
  });
}
