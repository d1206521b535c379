import type { Environment } from './environment.js';

/** Who answers for a vendor: its stand-in, or nobody. Adapters that reach the vendor are not built yet. */
export const providerModes = ['mock', 'off'] as const;
export type ProviderMode = (typeof providerModes)[number];

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
  /** What a vendor's provider may be here; the first is the default (S4.1, S4.2). */
  readonly providers: readonly [ProviderMode, ...ProviderMode[]];
  /** What the ceilings are when the settings say nothing, and what a demo organization starts with (S1.3). */
  readonly automation: { readonly enabled: boolean; readonly safeMode: boolean };
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
    providers: ['mock'],
    automation: { enabled: true, safeMode: false },
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
    providers: ['off', 'mock'],
    automation: { enabled: false, safeMode: true },
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
    providers: ['off'],
    automation: { enabled: false, safeMode: true },
    mockControls: false,
    listenHost: '0.0.0.0',
    apiDocuments: 'closed',
    openMetrics: false,
  },
};

for (const policy of Object.values(table)) {
  for (const part of [policy, policy.databaseName, policy.providers, policy.automation]) Object.freeze(part);
}

/** Read-only in fact: nothing that runs can widen what an environment may do. */
export const policies = Object.freeze(table);
