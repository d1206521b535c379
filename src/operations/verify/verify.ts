/**
 * `ops verify organization [slug]`: the one command production allows freely (S0.3). It reads as `bulkhead_readonly` in a
 * READ ONLY transaction and cannot write (`transaction.ts`). It prints counts, a slug, and names of tables, keys
 * and roles: nobody's data.
 */
import type { ClientBase } from 'pg';
import { exitCode } from '../../config/exit-codes.js';
import type { Settings } from '../../config/settings.js';
import { inspectCatalog, type Finding } from '../../database/catalog/catalog.js';
import { MigrationsError, MissingSettingError, UsageError } from '../failure.js';
import type { Outcome } from '../outcome.js';
import { checkForeignKeys } from './foreign-keys.js';
import { withProgress } from './progress.js';
import { checkRules, rules } from './rules.js';
import { countRows } from './tables.js';
import { attempt, reader, readOnly } from './transaction.js';

interface Organization {
  readonly id: string;
  readonly slug: string;
  readonly kind: string;
  readonly status: string;
}

/**
 * @param slug undefined: every organization, and what belongs to none
 * @throws MissingSettingError; UnfitRoleError; StampError; UsageError when there is no such organization
 */
export async function verifyOrganization(
  { databaseUrls, databaseName, environment }: Settings,
  slug?: string,
  onProgress: (line: string) => void = () => undefined,
): Promise<Outcome> {
  const url = databaseUrls.readonly;
  if (!url) throw new MissingSettingError('DATABASE_READONLY_URL');
  const found = await withProgress(onProgress, async (doing) =>
    readOnly(url, environment, async (client) => examine(client, slug, doing)),
  );
  const { organization, organizations, rows, keys, findings } = found;
  const lines = [
    `${organization ? `organization ${organization.slug} (${organization.kind}, ${organization.status})` : `every organization, ${organizations} of them,`} in ${databaseName}, which is stamped ${environment}`,
    `read as ${reader}, in one READ ONLY transaction`,
    ...Object.entries(rows).map(([table, count]) => `  ${table.padEnd(24)} ${count}`),
    `checked: ${keys.checked} foreign keys, ${rules.length} rules between rows, policies, grants and owners of every table`,
    ...keys.notChecked.map((key) => `not checked, because ${reader} may not read it: ${key}`),
    ...findings.map(({ object, problem }) => `${object}  ${problem}`),
    findings.length === 0
      ? 'nothing is wrong'
      : `${findings.length} finding(s). Rows are corrected through platform-admin, never by hand (S0.8); structure: npm run ops -- catalog`,
  ];
  const { checked: foreignKeys, notChecked } = keys;
  const data = {
    environment,
    database: databaseName,
    organization: organization && {
      slug: organization.slug,
      kind: organization.kind,
      status: organization.status,
    },
    organizations,
    rows,
    foreignKeys,
    notChecked,
    rules: rules.map(({ table, proves }) => `${table}: ${proves}`),
    findings,
  };
  return { lines, data, code: findings.length > 0 ? exitCode.checkFailed : exitCode.ok };
}

async function examine(client: ClientBase, slug: string | undefined, doing: (what: string) => void) {
  const { rows: there } = await client.query<{ is: boolean }>(
    `SELECT to_regclass('public.organizations') IS NOT NULL AS is`,
  );
  if (!there[0]?.is) throw new MigrationsError('the database has no tables yet: npm run ops -- migrate');
  const organization = slug === undefined ? null : await organizationCalled(client, slug);
  const { rows: all } = await client.query<{ count: string }>('SELECT count(*) FROM organizations');
  doing('counting rows');
  const { rows, findings: uncounted } = await countRows(client, organization?.id);
  doing('looking for rows that point nowhere');
  const keys = await checkForeignKeys(client, organization?.id);
  doing('holding rows against each other');
  const broken = await checkRules(client, organization?.id);
  doing('comparing policies and grants');
  const differing = await attempt(client, 'catalog', async () => inspectCatalog(client));
  const findings: Finding[] = [...uncounted, ...keys.findings, ...broken, ...differing];
  return { organization, organizations: Number(all[0]?.count), rows, keys, findings };
}

/** @throws UsageError */
async function organizationCalled(client: ClientBase, slug: string): Promise<Organization> {
  const { rows } = await client.query<Organization>(
    'SELECT id, slug, kind, status FROM organizations WHERE slug = $1',
    [slug],
  );
  if (!rows[0]) throw new UsageError(`there is no organization ${slug}`);
  return rows[0];
}
