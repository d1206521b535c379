/** Every table with `organization_id`, found in `pg_catalog` and never in a list of ours, with how many rows it has. */
import type { ClientBase } from 'pg';
import type { Finding } from '../../database/catalog/catalog.js';
import { attempt } from './transaction.js';

interface TableRow {
  readonly table: string;
  /** As SQL names it. */
  readonly source: string;
  readonly readable: boolean;
  readonly uuid: boolean;
  /** No policy hides a row of it from us: a count would be too low, and say nothing. */
  readonly open: boolean;
}

export interface Counts {
  readonly rows: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}

/** @param organizationId undefined: of all organizations together */
export async function countRows(client: ClientBase, organizationId: string | undefined): Promise<Counts> {
  const { rows: tables } = await client.query<TableRow>(organizationTables);
  const rows: Record<string, number> = {};
  const findings: Finding[] = [];
  for (const { table, source, readable, uuid, open } of tables) {
    const problem = !readable
      ? 'has an organization_id that bulkhead_readonly may not read: its rows are not counted'
      : !uuid
        ? 'has an organization_id that is no uuid: its rows are not counted'
        : undefined;
    if (problem) {
      findings.push({ object: table, problem });
      continue;
    }
    if (!open)
      findings.push({
        object: table,
        problem: 'has no policy that shows bulkhead_readonly every row: there may be more than counted',
      });
    const failed = await attempt(client, table, async () => {
      rows[table] = await countOf(client, source, organizationId);
      return [];
    });
    findings.push(...failed);
  }
  return { rows, findings };
}

async function countOf(
  client: ClientBase,
  source: string,
  organizationId: string | undefined,
): Promise<number> {
  const { rows } = await client.query<{ count: string }>(
    `SELECT count(*) FROM ${source} ${organizationId === undefined ? '' : 'WHERE organization_id = $1'}`,
    organizationId === undefined ? [] : [organizationId],
  );
  return Number(rows[0]?.count);
}

const forReader = `p.polcmd IN ('r', '*') AND (p.polroles @> ARRAY[0::oid] OR p.polroles @> ARRAY[current_user::regrole::oid])`;

const organizationTables = `
  SELECT CASE n.nspname WHEN 'public' THEN '' ELSE n.nspname || '.' END || c.relname AS table,
         format('%I.%I', n.nspname, c.relname) AS source,
         has_schema_privilege(n.oid, 'USAGE') AND has_column_privilege(c.oid, a.attnum, 'SELECT') AS readable,
         a.atttypid = 'uuid'::regtype AS uuid,
         NOT c.relrowsecurity OR (
           EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive AND ${forReader}
                      AND pg_get_expr(p.polqual, p.polrelid) = 'true')
           AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND NOT p.polpermissive AND ${forReader})) AS open
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped
   WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
     AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
   ORDER BY 1`;
