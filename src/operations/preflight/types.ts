import type { ProcessEnvironment, Settings } from '../../config/settings.js';
import type { ProviderVendor } from '../../environment/policy.js';
import type { WhoAmI } from '../../providers/account.js';
import type { Account } from '../secret-references.js';

export interface PreflightOptions {
  /** The environment somebody believes to be in. */
  readonly env: string;
  readonly region: string;
  /** Where the artifact goes; default `artifacts/preflight_<environment>.json`. */
  readonly out?: string;
  /** The artifact of another environment, no secret of which may be one of ours. */
  readonly compare?: string;
}

/** `skipped` was not asked, and `detail` says why; it is never a way of saying ok. */
export interface Check {
  readonly name: string;
  readonly status: 'ok' | 'failed' | 'skipped';
  readonly detail: string;
  readonly mend?: string;
}

export type Finding = Omit<Check, 'name'>;
export const ok = (detail: string): Finding => ({ status: 'ok', detail });
export const failed = (detail: string, mend?: string): Finding => ({
  status: 'failed',
  detail,
  ...(mend !== undefined && { mend }),
});
export const skipped = (detail: string): Finding => ({ status: 'skipped', detail });

/** What a database says about itself. `stamp` is undefined when it has none. */
export interface DatabaseFacts {
  readonly name: string;
  readonly role: string;
  /** `server_version_num`: 170004. */
  readonly version: number;
  readonly stamp: Settings['environment'] | undefined;
}

export interface PreflightDependencies {
  /** As the process was given it: settings may name secrets. */
  readonly env: ProcessEnvironment;
  readonly openAccount: (region: string) => Promise<Account>;
  /** Makes settings of an environment whose references are resolved. @throws SettingsError */
  readonly complete: (env: ProcessEnvironment) => Promise<CompleteSettings>;
  readonly inspectDatabase: (url: string) => Promise<DatabaseFacts>;
  readonly appliedMigrations: (url: string) => Promise<readonly string[]>;
  readonly readMongoStamp: (url: string) => Promise<string | undefined>;
  /** Of vendors whose credentials are settings; those of organizations are verified when they connect. */
  readonly whoAmI: Partial<Record<ProviderVendor, (settings: Settings) => Promise<VendorAccount>>>;
  readonly onProgress: (line: string) => void;
  readonly timeoutMs?: number;
  readonly now?: () => Date;
}

export interface CompleteSettings {
  readonly settings: Settings;
  readonly server?: { stop(): Promise<unknown> };
}

export type VendorAccount = WhoAmI & { readonly scopes?: readonly string[] };
