import type { Environment } from './environment.js';

/**
 * Who answers for a vendor: its stand-in, nobody, or the vendor itself with credentials of a test account, with ones that
 * can only read, or with real ones.
 */
export const providerModes = ['mock', 'off', 'test', 'live-read', 'live'] as const;
export type ProviderMode = (typeof providerModes)[number];

/** Those that this build has; adapters that reach a vendor are not built yet. */
export const builtModes = ['mock', 'off'] as const satisfies readonly ProviderMode[];
export type BuiltMode = (typeof builtModes)[number];

export const providerVendors = ['shopify', 'whatsapp', 'richpanel', 'openai', 'email'] as const;
export type ProviderVendor = (typeof providerVendors)[number];

/** What one environment may do. Code asks a column; it never asks the environment's name (C10). */
export interface Policy {
  /** Names a database may have here, and how to say so to a person. */
  readonly databaseName: { readonly pattern: RegExp; readonly words: string };
  /** Without `DATABASE_URL`, start the embedded Postgres of this checkout (C8). */
  readonly embeddedDatabase: boolean;
  /** `on-start` applies pending ones; the others refuse to start while one is pending, and `certified` needs a release (C4). */
  readonly migrations: 'on-start' | 'by-command' | 'certified';
  /** Seed the demo organizations at start. Never where a customer's data may live. */
  readonly demoData: boolean;
  /** Missing signing keys are generated once and kept in the checkout's state folder. */
  readonly generatedKeys: boolean;
  /** What a vendor's provider may be here; the first is the default (C2, C3, S4.1, S4.2). */
  readonly providers: Readonly<Record<ProviderVendor, readonly [BuiltMode, ...ProviderMode[]]>>;
  /** What the ceilings are when the settings say nothing, and what a demo organization starts with (S1.3). */
  readonly automation: { readonly enabled: boolean; readonly safeMode: boolean };
  /** A request without a sign-in may be a demo member's, when `DEV_AUTO_LOGIN` says so (S2.8). */
  readonly autoLogin: boolean;
  /** Passwords and keys are real: they are strong, and no two places share one (S2.8, S4.6). */
  readonly strongSecrets: boolean;
  /** Whom messages reach: whoever a mock captures, those on `RECIPIENTS`, or anybody the send gate lets through. */
  readonly recipients: 'captured' | 'listed' | 'any';
  /** Where connections may go at all: this machine, or the hosts that the settings name (design.md, Environments). */
  readonly outbound: 'loopback' | 'listed';
  /** The organization that `ops provision` makes, the only one our own tools may touch there (S0.8). */
  readonly ownOrganization: { readonly slug: string; readonly name: string } | undefined;
  /** `/mocks`, without a sign-in: what mocks accepted, and faults for them to answer with. */
  readonly mockControls: boolean;
  /** The address to listen on when `LISTEN_HOST` is not set. */
  readonly listenHost: string;
  /** Who may read `/openapi.json` and `/docs`. */
  readonly apiDocuments: 'open' | 'closed';
  /** Whether `/metrics` answers without `METRICS_TOKEN`. */
  readonly openMetrics: boolean;
}

const table: Readonly<Record<Environment, Policy>> = {
  local: {
    databaseName: {
      pattern: /^bulkhead_local(_[a-z0-9_]+)?$/,
      words: 'bulkhead_local (or bulkhead_local_<suffix> for tests)',
    },
    embeddedDatabase: true,
    migrations: 'on-start',
    demoData: true,
    generatedKeys: true,
    providers: {
      shopify: ['mock'],
      whatsapp: ['mock'],
      richpanel: ['mock'],
      openai: ['mock'],
      email: ['mock'],
    },
    automation: { enabled: true, safeMode: false },
    autoLogin: true,
    strongSecrets: false,
    recipients: 'captured',
    outbound: 'loopback',
    ownOrganization: undefined,
    mockControls: true,
    listenHost: '127.0.0.1',
    apiDocuments: 'open',
    openMetrics: true,
  },
  staging: {
    databaseName: { pattern: /^bulkhead_staging$/, words: 'bulkhead_staging' },
    embeddedDatabase: false,
    migrations: 'by-command',
    demoData: false,
    generatedKeys: false,
    providers: {
      shopify: ['mock', 'live-read', 'off'],
      whatsapp: ['mock', 'test', 'off'],
      richpanel: ['mock', 'test', 'off'],
      openai: ['mock', 'test', 'off'],
      email: ['mock', 'test', 'off'],
    },
    automation: { enabled: false, safeMode: true },
    autoLogin: false,
    strongSecrets: true,
    recipients: 'listed',
    outbound: 'listed',
    ownOrganization: { slug: 'bulkhead-staging-test', name: 'Bulkhead staging test' },
    mockControls: false,
    listenHost: '0.0.0.0',
    apiDocuments: 'open',
    openMetrics: false,
  },
  production: {
    databaseName: { pattern: /^bulkhead$/, words: 'bulkhead' },
    embeddedDatabase: false,
    migrations: 'certified',
    demoData: false,
    generatedKeys: false,
    providers: {
      shopify: ['off', 'live'],
      whatsapp: ['off', 'live'],
      richpanel: ['off', 'live'],
      openai: ['off', 'live'],
      email: ['off', 'live'],
    },
    automation: { enabled: false, safeMode: true },
    autoLogin: false,
    strongSecrets: true,
    recipients: 'any',
    outbound: 'listed',
    ownOrganization: { slug: 'bulkhead-internal', name: 'Bulkhead internal' },
    mockControls: false,
    listenHost: '0.0.0.0',
    apiDocuments: 'closed',
    openMetrics: false,
  },
};

for (const policy of Object.values(table)) {
  const { databaseName, providers, automation, ownOrganization } = policy;
  for (const part of [
    policy,
    databaseName,
    providers,
    ...Object.values(providers),
    automation,
    ownOrganization,
  ])
    Object.freeze(part);
}

/** Read-only in fact: nothing that runs can widen what an environment may do. */
export const policies = Object.freeze(table);
