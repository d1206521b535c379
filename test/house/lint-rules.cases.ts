/** What each ban of `.oxlintrc.json` refuses, and where. */
export type Ban =
  | 'typeorm'
  | 'pg'
  | 'network'
  | 'sockets'
  | 'fetch'
  | 'environment'
  | 'built-ins'
  | 'console';

const imports = (specifier: string): readonly string[] => [
  `import * as x from '${specifier}';\nexport const y: unknown = x;`,
  `import x from '${specifier}';\nexport const y: unknown = x;`,
  `import type { X } from '${specifier}';\nexport type Y = X;`,
  `export * from '${specifier}';`,
  `export const x: unknown = await import('${specifier}');`,
];

const doors = ['DataSource', 'EntityManager', 'Repository', 'TreeRepository', 'QueryRunner', 'BaseEntity'];
const injectors = ['InjectRepository', 'InjectDataSource', 'InjectEntityManager', 'getRepositoryToken'];
const named = (names: readonly string[], specifier: string): readonly string[] =>
  names.flatMap((name) => [
    `import { ${name} } from '${specifier}';\nexport const x: unknown = ${name};`,
    `import { type ${name} } from '${specifier}';\nexport type X = ${name};`,
    `export { ${name} as x } from '${specifier}';`,
  ]);

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

export const bans: Readonly<Record<Ban, { readonly code: string; readonly texts: readonly string[] }>> = {
  typeorm: {
    code: 'eslint(no-restricted-imports)',
    // A dynamic import and `import('typeorm').X` carry no name: `typeorm-only-by-name` of dependency-cruiser.
    texts: [
      ...imports('typeorm').slice(0, 2),
      ...named(doors, 'typeorm'),
      ...named(injectors, '@nestjs/typeorm'),
    ],
  },
  pg: { code: 'eslint(no-restricted-imports)', texts: [...imports('pg'), ...imports('pg-pool')] },
  network: { code: 'eslint(no-restricted-imports)', texts: [...clients, ...vendors].flatMap(imports) },
  sockets: { code: 'eslint(no-restricted-imports)', texts: imports('node:net') },
  fetch: {
    code: 'eslint(no-restricted-globals)',
    texts: ['fetch', 'globalThis.fetch', 'global.fetch', 'WebSocket', 'EventSource'].map(
      (client) => `export const x: unknown = ${client};`,
    ),
  },
  environment: {
    code: 'eslint(no-restricted-properties)',
    texts: [
      'export const x: unknown = process.env.X;',
      "export const x: unknown = process?.['env'];",
      'export const { env } = process;',
    ],
  },
  'built-ins': {
    code: 'eslint(no-restricted-properties)',
    texts: ["export const x: unknown = process.getBuiltinModule('net');"],
  },
  console: { code: 'eslint(no-console)', texts: ["console.log('x');\nexport const z = 0;"] },
};

/** Where a ban does not hold. Every other pair of zone and ban must be refused. */
export const zones: Readonly<Record<string, readonly Ban[]>> = {
  'src/support/': [],
  'src/webhooks/deep/': [],
  'src/database/': ['typeorm', 'pg'],
  'src/jobs/': ['typeorm', 'pg'],
  'src/archive/': ['typeorm'],
  'src/local-postgres/': ['pg', 'sockets'],
  'src/operations/': ['pg', 'console'],
  'src/providers/openai/': ['network', 'sockets', 'fetch'],
  'src/config/': ['environment', 'console'],
  'src/main.ts': ['sockets', 'console'],
  'src/ops.ts': ['console'],
  'test/': ['typeorm', 'pg', 'network', 'sockets', 'fetch', 'environment', 'built-ins', 'console'],
};

const promise = 'declare function later(): Promise<boolean>;\n';
const lines = (count: number, line: string) => `${line}\n`.repeat(count);

/** One violation of every other rule the configuration names, by the rule's name there. */
export const rules: Readonly<Record<string, string>> = {
  eqeqeq: 'export const same = (a: string, b: string): boolean => a == b;',
  'no-var': 'export var x = 1;',
  'prefer-const': 'let x = 1;\nexport const y = x;',
  'typescript/no-explicit-any': 'export type X = any;',
  'typescript/no-floating-promises': `${promise}later();\nexport const z = 0;`,
  'typescript/no-misused-promises': `${promise}export const x = later() ? 1 : 2;`,
  'typescript/await-thenable': 'declare const n: number;\nexport const x = await n;',
  'typescript/return-await': `${promise}export async function x(): Promise<boolean> {
  try {
    return later();
  } catch {
    return false;
  }
}`,
  'typescript/switch-exhaustiveness-check': `export function x(a: 'a' | 'b'): void {
  switch (a) {
    case 'a':
  }
}`,
  'typescript/only-throw-error': "export function x(): never {\n  throw 'x';\n}",
  'typescript/ban-ts-comment': '// @ts-ignore\nexport const x: number = 1;',
  'typescript/no-require-imports': "export const x: unknown = require('x');",
  'unicorn/prefer-node-protocol': "import fs from 'fs';\nexport const x: unknown = fs;",
  'typescript/no-extraneous-class': 'export class X {\n  static y = 1;\n}',
  'vitest/expect-expect': "import { it } from 'vitest';\nit('proves nothing', () => {});",
  'typescript/require-array-sort-compare': 'export const x = [2, 10].toSorted();',
  'vitest/valid-expect': "import { expect, it } from 'vitest';\nit('x', () => {\n  expect(1);\n});",
  'import/no-unassigned-import': "import 'some-effect';",
  'max-lines': `export const z = 0;\n${lines(251, '// a line')}`,
  'max-lines-per-function': `export function x(): void {\n${lines(50, '  void 0;')}}`,
  // From the categories, and from the options.
  'no-unused-vars': 'const x = 1;\nexport const z = 0;',
  'no-shadow': 'const x = 1;\nexport const y = (x: number): number => x;\nexport const z = x;',
  'no-debugger': 'debugger;\nexport const z = 0;',
  'unused disable directive': `${['// oxlint', 'disable-next-line no-debugger'].join('-')}\nexport const z = 0;`,
};

/** What Nest needs and the rules must leave alone. */
export const allowed: Readonly<Record<string, string>> = {
  'src/support/empty.module.ts': `declare const Module: (of: object) => ClassDecorator;
@Module({})
export class EmptyModule {}`,
  'src/support/contact.entity.ts':
    "import { Column, Entity } from 'typeorm';\nexport const x: unknown = [Column, Entity];",
  'src/support/query.ts':
    "import type { SelectQueryBuilder } from 'typeorm';\nexport type X = SelectQueryBuilder<object>;",
  'src/support/metadata.ts': "import 'reflect-metadata';",
  'src/database/migrations/1-long.ts': `export function up(): void {\n${lines(260, '  void 0;')}}`,
};
