/**
 * Who may import whom. Every rule refuses; none warns. `test/house/import-rules.test.ts` plants a violation of
 * each one and fails when a rule stands here without a planted case. Rules about names inside a module (which
 * classes of TypeORM, `process.env`, `fetch`, `console`) are in `.oxlintrc.json`; rules about text (comparisons
 * with an environment's name) are in `test/house/source.test.ts`.
 */
const npm = (...names) => `(^|node_modules/)(@types/)?(${names.join('|')})(/|$)`;
const core = (...names) => `^(node:)?(${names.join('|')})(/|$)`;

const networkClients = [
  core('http', 'https', 'http2', 'tls', 'dns', 'dgram'),
  npm(
    'undici',
    'axios',
    'got',
    'ky',
    'node-fetch',
    'ws',
    'nodemailer',
    'openai',
    '@shopify/[^/]+',
    '@aws-sdk/[^/]+',
  ),
];

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const forbidden = [
  {
    name: 'no-cycles',
    comment: 'Two files that need each other are one file, or a third is missing. Type-only edges count too.',
    from: { path: '^src/', pathNot: '\\.entity\\.ts$' },
    to: { circular: true },
  },
  {
    name: 'no-entity-cycles-at-run-time',
    comment:
      'Entities may name each other, but at least one side with `import type` and `Relation<T>`: emitted decorator ' +
      'metadata reads the other class while the modules load and dies with "Cannot access before initialization".',
    from: { path: '^src/.*\\.entity\\.ts$' },
    to: { circular: true, viaOnly: { path: '\\.entity\\.ts$', dependencyTypesNot: ['type-only'] } },
  },
  {
    name: 'providers-know-only-config-and-problems',
    comment:
      'An adapter is pure towards us: it gets settings, answers an outcome, and knows no database, feature or other ' +
      'provider. Files directly in src/providers/ are vocabulary all providers share; a `*.module.ts` may ask the policy.',
    from: { path: '^src/providers/([^/]+)/' },
    to: {
      path: '^src/',
      pathNot: [
        '^src/providers/$1/',
        '^src/providers/[^/]+\\.ts$',
        '^src/config/',
        '^src/http/problem\\.ts$',
        '^src/environment/',
      ],
    },
  },
  {
    name: 'only-provider-modules-ask-the-environment',
    comment:
      "The one switch that selects mock or real adapter is in the provider's module; adapters never ask.",
    from: { path: '^src/providers/', pathNot: '\\.module\\.ts$' },
    to: { path: '^src/environment/' },
  },
  {
    name: 'features-see-only-provider-contracts',
    comment:
      'A feature depends on the contract (`*.provider.ts`, and what all contracts or the messaging ones share), so that ' +
      'mock and real adapter are interchangeable.',
    from: { path: '^src/', pathNot: '^src/providers/' },
    to: {
      path: '^src/providers/',
      pathNot: [
        '\\.(provider|module)\\.ts$',
        '^src/providers/[^/]+\\.ts$',
        '^src/providers/messaging/(permit|mint-permit|send-outcome)\\.ts$',
      ],
    },
  },
  {
    name: 'only-the-send-gate-mints',
    comment:
      'A permit is what lets a message out. The gate makes one after all its checks; who else could would walk around it.',
    from: { path: '^src/', pathNot: '^src/automation/send-gate\\.ts$' },
    to: { path: '^src/providers/messaging/mint-permit\\.ts$' },
  },
  {
    name: 'mocks-are-for-providers-and-their-controls',
    comment:
      'What mocks remember is for mocks, and for the routes that show it to a person. A feature that looked would behave ' +
      'otherwise where vendors are real.',
    from: { path: '^src/', pathNot: '^src/(providers/|operations/mocks\\.controller\\.ts$)' },
    to: { path: '^src/providers/mock-[^/]+\\.ts$' },
  },
  {
    name: 'provider-modules-only-in-app-module',
    comment: 'app.module.ts is the table of contents: what talks to the outside is plugged in there, once.',
    from: { path: '^src/', pathNot: '^src/app\\.module\\.ts$' },
    to: { path: '^src/providers/.*\\.module\\.ts$', pathNot: '^src/providers/(secrets|cloud)/' },
  },
  {
    name: 'secrets-before-the-application',
    comment:
      'Secrets and the account they are kept in are opened before there is an application: by the start and by preflight, ' +
      'in one file. Nobody else opens them.',
    from: { path: '^src/', pathNot: '^src/(app\\.module|operations/secret-references)\\.ts$' },
    to: { path: '^src/providers/(secrets|cloud)/.*\\.module\\.ts$' },
  },
  {
    name: 'network-only-in-providers',
    comment:
      'Only src/providers/ talks to the outside (S4.3). Static, type, dynamic import and require alike. The egress guard ' +
      'takes hold of what it closes; lint leaves it `net`, `dns` and `dgram`.',
    from: { path: '^src/', pathNot: ['^src/providers/', '^src/environment/egress\\.[^/]+\\.ts$'] },
    to: { path: networkClients },
  },
  {
    name: 'sockets-only-in-providers',
    comment: 'As above; besides, main.ts and the embedded server look for a free port.',
    from: {
      path: '^src/',
      pathNot: [
        '^src/providers/',
        '^src/local-postgres/',
        '^src/main\\.ts$',
        '^src/environment/egress\\.[^/]+\\.ts$',
      ],
    },
    to: { path: core('net') },
  },
  {
    name: 'pg-only-where-connections-are-made',
    comment: 'A connection of one’s own has no organization and no stamp check. Use a door of src/database/.',
    from: { path: '^src/', pathNot: '^src/(database|local-postgres|jobs|operations)/' },
    to: { path: npm('pg', 'pg-pool', 'pg-cursor', 'pg-query-stream') },
  },
  {
    name: 'mongo-only-in-archive',
    comment:
      'A connection of one’s own has no organization and no stamp check, and neither has the one that the archive keeps. ' +
      'Others may know how it is; commands and the start compare its stamp.',
    from: { path: '^src/', pathNot: '^src/(archive|operations)/' },
    to: {
      path: [npm('mongoose', 'mongodb', '@nestjs/mongoose'), '^src/archive/mongo\\.'],
      pathNot: '^src/archive/mongo\\.(module|state)\\.ts$',
    },
  },
  {
    name: 'mongo-stamp-for-commands',
    comment: 'Of MongoDB, a command needs the stamp and nothing else.',
    from: { path: '^src/operations/' },
    to: {
      path: [npm('mongoose', 'mongodb', '@nestjs/mongoose'), '^src/archive/mongo\\.'],
      pathNot: '^src/archive/mongo\\.(module|state|stamp)\\.ts$',
    },
  },
  {
    name: 'queue-only-in-jobs',
    comment:
      'The queue reaches jobs of every organization. Enqueue through jobs/jobs.ts, which names the one that was entered; ' +
      'its schema is a migration’s business.',
    from: { path: '^src/', pathNot: '^src/(jobs|database/migrations)/' },
    to: { path: npm('pg-boss') },
  },
  {
    name: 'typeorm-only-by-name',
    comment:
      'Which names of TypeORM a file takes is judged by oxlint, which reads import lists. A dynamic import, a ' +
      'require or `import("typeorm").DataSource` has no list, and would walk around it.',
    from: { path: '^src/', pathNot: '^src/(database|archive|jobs)/' },
    to: {
      path: npm('typeorm', '@nestjs/typeorm'),
      dependencyTypes: ['dynamic-import', 'require', 'import-equals', 'type-import'],
    },
  },
  {
    name: 'platform-db-only-for-the-platform',
    comment: 'PlatformDb reads across organizations. Only these may enter, and they write an audit entry.',
    from: { path: '^src/', pathNot: '^src/(database|tenancy|jobs|platform-admin|operations)/' },
    to: { path: '^src/database/platform-db\\.ts$' },
  },
  {
    name: 'raw-data-source',
    comment:
      'Three doors lead into the database. The data sources, pools and transactions behind them, and every file added ' +
      'later, are nobody else’s business.',
    from: { path: '^src/', pathNot: '^src/database/' },
    to: {
      path: '^src/database/',
      pathNot:
        '^src/database/((tenant|entry|platform)-db|database\\.module|transaction\\.type|stamp|provision|door-role|roles|migrations|catalog/catalog)\\.ts$',
    },
  },
  {
    name: 'database-administration-only-in-operations',
    comment:
      'Roles, provisioning, migrations and the catalog check are for commands and the start, never for a feature.',
    from: { path: '^src/', pathNot: '^src/(database|operations)/' },
    to: { path: '^src/database/(provision|roles|migrations|catalog/catalog)\\.ts$' },
  },
  {
    name: 'tenant-context-is-ambient',
    comment:
      'A feature never asks for the organization: the database doors, logging and the enqueuer do it for it. A command ' +
      'has no request that entered one, so it enters by itself; a call of a vendor asks whether a transaction is open.',
    from: {
      path: '^src/',
      pathNot: [
        '^src/(tenancy|database|jobs|http|logging|operations)/',
        '^src/(app\\.module|main|connections/vendor-call)\\.ts$',
      ],
    },
    to: { path: '^src/tenancy/context\\.ts$' },
  },
  {
    name: 'environment-name-stays-home',
    comment:
      'Code asks a column of policy.ts what is allowed; it never learns the name of the environment (C10).',
    from: {
      path: '^src/',
      pathNot: [
        '^src/(config|environment)/',
        '^src/providers/.*\\.module\\.ts$',
        '^src/(database/|archive/mongo\\.)stamp\\.ts$',
      ],
    },
    to: { path: '^src/environment/environment\\.ts$' },
  },
  {
    name: 'webhooks-know-no-environment',
    comment: 'Webhook handlers are identical in every environment (S4.7): not even the policy is asked.',
    from: { path: '^src/webhooks/' },
    to: { path: '^src/environment/' },
  },
  {
    name: 'src-stands-alone',
    comment: 'What ships never depends on what tests, measures or tries it.',
    from: { path: '^src/' },
    to: { path: '^(test|bench|scripts)/' },
  },
  {
    name: 'no-orphans',
    comment: 'A file nobody imports is dead, unless something starts there.',
    from: {
      orphan: true,
      pathNot: ['^src/(main|ops)\\.ts$', '^src/database/migrations/', '\\.d\\.ts$'],
    },
    to: {},
  },
  {
    name: 'no-unresolvable-imports',
    comment: 'An import nothing answers to passes every rule above unseen.',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'no-deprecated-packages',
    comment: 'A deprecated package gets no security fix.',
    from: { path: '^src/' },
    to: { dependencyTypes: ['deprecated'] },
  },
  {
    name: 'no-undeclared-packages',
    comment: 'Works today because another package brings it along, and stops the day that one does not.',
    from: { path: '^src/' },
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'no-dev-packages',
    comment: 'The image has no dev dependencies. A type-only import is erased and may stay.',
    from: { path: '^src/' },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
  },
  {
    name: 'optional-packages-only-in-local-postgres',
    comment: 'The image has no optional dependencies either: the embedded server is for a source checkout.',
    from: { path: '^src/', pathNot: '^src/local-postgres/' },
    to: { dependencyTypes: ['npm-optional'] },
  },
  {
    name: 'no-loaders',
    comment:
      '`createRequire` and friends import what no rule sees. The egress guard registers itself, and the embedded ' +
      'server resolves where its binaries are.',
    from: { path: '^src/', pathNot: '^src/(environment|local-postgres)/' },
    to: { path: core('module') },
  },
  {
    name: 'no-process-module',
    comment:
      '`process` is a global, and lint watches its `env`. An imported copy under another name would not be seen.',
    from: { path: '^src/', pathNot: '^src/config/' },
    to: { path: core('process') },
  },
  {
    name: 'no-barrels',
    comment: 'An index.ts hides which file is really used, and makes cycles. Import the file.',
    from: {},
    to: { path: '^src/(|.*/)index\\.[cm]?[jt]s$' },
  },
  {
    name: 'no-drawers',
    comment:
      'Folders called common, utils, shared or helpers collect what nobody placed. Put it beside its user.',
    from: {},
    to: { path: '^src/(|.*/)(common|utils|shared|helpers)/' },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: forbidden.map((rule) => ({ severity: 'error', ...rule })),
  options: {
    doNotFollow: { path: 'node_modules' },
    // Also sees what the compiler erases (`import type`), and resolves `./x.js` to `./x.ts` as nodenext does.
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
    skipAnalysisNotInRules: true,
  },
};
