/**
 * Turns the process environment into one frozen `Settings`, or into every violation at once.
 * A setting that is missing, unknown or contradicts another never falls back to something riskier: it refuses.
 */
import { resolve } from 'node:path';
import { environmentNamed, type Environment } from '../environment/environment.js';
import {
  policies,
  providerVendors,
  type BuiltMode,
  type Policy,
  type ProviderVendor,
} from '../environment/policy.js';
import { keyReferencesIn, type KeyReferences } from './setting-references.js';
import { postgresUrlParts, type SigningKey } from './setting.types.js';
import { accountsSetting, crossViolations, providerSetting } from './settings.rules.js';
import { settingsSchema, type ParsedSettings } from './settings.schema.js';
import type { ProcessEnvironment, Purpose, SettingViolation } from './violation.js';

export type { ProcessEnvironment, Purpose, SettingViolation } from './violation.js';

export interface Settings {
  readonly environment: Environment;
  readonly policy: Policy;
  readonly databaseName: string;
  readonly databaseUrls: {
    readonly tenant: string;
    readonly entry: string;
    readonly platform: string;
    readonly queue: string;
    /** Past a transaction pooler, for LISTEN. */
    readonly direct: string | undefined;
    readonly owner: string | undefined;
    readonly admin: string | undefined;
    readonly readonly: string | undefined;
  };
  /** Of the document archive. */
  readonly mongoUrl: string | undefined;
  readonly databasePoolSize: number;
  readonly accessTokenKeys: readonly SigningKey[];
  readonly refreshTokenKeys: readonly SigningKey[];
  readonly credentialKeys: readonly SigningKey[];
  /** Of those lists, the ones that are secrets, and rotate while we run; empty where they are variables. */
  readonly keyReferences: KeyReferences;
  readonly providers: Readonly<Record<ProviderVendor, BuiltMode>>;
  /** Those that may be used here; undefined: any. */
  readonly accounts: Readonly<Record<ProviderVendor, readonly string[] | undefined>>;
  /** See `RECIPIENTS`. */
  readonly recipients: readonly string[];
  /** Undefined only where no provider is a mock. */
  readonly mocksDir: string | undefined;
  /** They narrow what organizations may do, and never widen it. */
  readonly ceilings: { readonly automationEnabled: boolean; readonly safeMode: boolean };
  readonly autoLogin: boolean;
  /** Without a slash at its end. */
  readonly appUrl: string | undefined;
  readonly aws: { readonly accountId: string; readonly region: string } | undefined;
  /** On every log line and metric (S1.9). */
  readonly tags: { readonly owner: string | undefined; readonly costCenter: string | undefined };
  /** Where traces go. */
  readonly tracesUrl: string | undefined;
  readonly role: ParsedSettings['ROLE'];
  readonly listenHost: string;
  readonly port: number | undefined;
  readonly metricsToken: string | undefined;
  readonly logLevel: ParsedSettings['LOG_LEVEL'];
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
  // NODE_ENV is set in every image, for libraries: it says nothing of where the image runs.
  const chosen = env['APP_ENV'] || env['BULKHEAD_IMAGE'] ? 'APP_ENV' : 'NODE_ENV';
  const word = env[chosen];
  if (!word) {
    return env['BULKHEAD_IMAGE']
      ? {
          setting: 'APP_ENV',
          problem: 'is not set, and an image never guesses: set it to staging or production',
        }
      : 'local';
  }
  const environment = environmentNamed(word);
  if (!environment) return { setting: chosen, problem: 'names no environment' };
  if (environment === 'local' && environmentNamed(env['NODE_ENV'] ?? '') === 'production') {
    return { setting: 'APP_ENV', problem: 'is local while NODE_ENV is production: unset one of them' };
  }
  return environment;
}

/**
 * @param unresolved the environment while its settings still named secrets
 * @throws SettingsError with every violation at once
 */
export function loadSettings(
  env: ProcessEnvironment,
  purpose: Purpose = 'serve',
  unresolved: ProcessEnvironment = {},
): Settings {
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
  violations.push(...crossViolations(given, policies[environment], purpose));
  if (!parsed.success || violations.length > 0) throw new SettingsError(violations);
  return freezeSettings(environment, parsed.data, keyReferencesIn(unresolved, environment));
}

function freezeSettings(
  environment: Environment,
  parsed: ParsedSettings,
  keyReferences: KeyReferences,
): Settings {
  const policy = policies[environment];
  const { AWS_ACCOUNT_ID: accountId, AWS_REGION: region } = parsed;
  return Object.freeze({
    environment,
    policy,
    databaseName: postgresUrlParts(parsed.DATABASE_URL!)!.database,
    databaseUrls: databaseUrlsIn(parsed),
    mongoUrl: parsed.MONGO_URL,
    databasePoolSize: parsed.DATABASE_POOL_SIZE,
    accessTokenKeys: parsed.ACCESS_TOKEN_KEYS ?? [],
    refreshTokenKeys: parsed.REFRESH_TOKEN_KEYS ?? [],
    credentialKeys: parsed.CREDENTIAL_KEYS ?? [],
    keyReferences,
    ...outside(policy, parsed),
    ceilings: Object.freeze({
      automationEnabled: flag(parsed.AUTOMATION_ENABLED) ?? policy.automation.enabled,
      safeMode: flag(parsed.SAFE_MODE) ?? policy.automation.safeMode,
    }),
    autoLogin: flag(parsed.DEV_AUTO_LOGIN) ?? false,
    appUrl: parsed.APP_URL?.replace(/\/+$/, ''),
    aws: accountId && region ? Object.freeze({ accountId, region }) : undefined,
    tags: Object.freeze({ owner: parsed.SERVICE_OWNER, costCenter: parsed.COST_CENTER }),
    tracesUrl: parsed.OTEL_EXPORTER_OTLP_ENDPOINT,
    role: parsed.ROLE,
    listenHost: parsed.LISTEN_HOST ?? policy.listenHost,
    port: parsed.PORT,
    metricsToken: parsed.METRICS_TOKEN,
    logLevel: parsed.LOG_LEVEL,
  });
}

function databaseUrlsIn(parsed: ParsedSettings): Settings['databaseUrls'] {
  return Object.freeze({
    tenant: parsed.DATABASE_URL!,
    entry: parsed.DATABASE_ENTRY_URL!,
    platform: parsed.DATABASE_PLATFORM_URL!,
    queue: parsed.DATABASE_QUEUE_URL!,
    direct: parsed.DATABASE_DIRECT_URL,
    owner: parsed.DATABASE_OWNER_URL,
    admin: parsed.DATABASE_ADMIN_URL,
    readonly: parsed.DATABASE_READONLY_URL,
  });
}

function outside(policy: Policy, parsed: ParsedSettings) {
  const each = <Value>(of: (vendor: ProviderVendor) => Value) =>
    Object.freeze(
      Object.fromEntries(providerVendors.map((vendor) => [vendor, of(vendor)])) as Record<
        ProviderVendor,
        Value
      >,
    );
  return {
    // The rules have refused every mode that has no adapter.
    providers: each(
      (vendor) => (parsed[providerSetting(vendor)] ?? policy.providers[vendor][0]) as BuiltMode,
    ),
    accounts: each((vendor) => parsed[accountsSetting(vendor)]),
    recipients: parsed.RECIPIENTS ?? [],
    mocksDir: parsed.MOCKS_DIR ?? (policy.embeddedDatabase ? resolve(stateDir, 'mocks') : undefined),
  };
}

function flag(word: 'true' | 'false' | undefined): boolean | undefined {
  return word && word === 'true';
}
