/** Every table is an organization's, made by the template, or is listed as a platform table with its reason. */
import type { ClientBase } from 'pg';
import { policies } from '../organization-table.js';
import { ownerRole, schemas } from '../roles.js';
import type { Finding } from './finding.js';

/** Tables without `organization_id`, and why. */
export const platformTables: Readonly<Record<string, string>> = {
  organizations: 'is the organization itself; its row-level security compares id',
  users: 'a person may be a member of several organizations; members see only those they share one with',
  endpoints: 'chosen by its key before an organization is known; the platform owns some, for all of them',
  webhook_deliveries: 'one request may hold facts of several organizations; only platform roles read it',
  webhook_unclaimed: 'belongs to nobody: that is what it says',
  platform_enrolments: 'how the first platform admin gets in; platform admins belong to no organization',
  platform_flags: 'the platform’s own switches, above every organization’s, which each may read',
  sessions: 'belongs to a user and can move between organizations; only the entry role reaches it',
  environment_stamp: 'says of the whole database which environment it belongs to',
  migrations: 'written by TypeORM; holds names of migrations',
};

/** The only columns that are not ours to type: TypeORM's own table. */
const foreignTables = ['migrations'];

interface TableRow {
  table: string;
  kind: string;
  owner: string;
  secured: boolean;
  forced: boolean;
  organization: string | null;
  primaryKey: string | null;
  invoker: boolean;
}

export async function tableFindings(client: ClientBase): Promise<Finding[]> {
  const { rows } = await client.query<TableRow>(tables);
  const findings = rows.flatMap((row) =>
    row.kind === 'v' || row.kind === 'm' ? viewFindings(row) : findingsOf(row),
  );
  const missing = Object.keys(platformTables).filter((name) => rows.every(({ table }) => table !== name));
  const { rows: strange } = await client.query<{ nspname: string }>(strangeSchemas, [schemas]);
  const { rows: columns } = await client.query<{ column: string; type: string }>(timeColumns, [
    foreignTables,
  ]);
  return [
    ...findings,
    ...missing.map((object) => ({ object, problem: 'is listed as a platform table but does not exist' })),
    ...strange.map(({ nspname }) => ({ object: nspname, problem: 'is a schema that nobody declared' })),
    ...columns.map(({ column, type }) => ({
      object: column,
      problem: `is ${type}; times are timestamptz(3)`,
    })),
  ];
}

function findingsOf(row: TableRow): Finding[] {
  const problems: string[] = [];
  if (row.owner !== ownerRole) problems.push(`is owned by ${row.owner}`);
  const reason = platformTables[row.table];
  if (row.organization === null) {
    if (!reason) problems.push('has no organization_id and is not listed as a platform table');
  } else {
    if (reason) problems.push('has organization_id and is listed as a platform table');
    if (row.organization !== 'uuid not null')
      problems.push(`has organization_id ${row.organization}, not uuid not null`);
    if (row.primaryKey !== 'organization_id, id')
      problems.push(`has the primary key (${row.primaryKey ?? 'none'}), not (organization_id, id)`);
  }
  if (row.organization !== null || row.table in policies || row.secured) {
    if (!row.secured) problems.push('has no row-level security (ENABLE is missing)');
    if (!row.forced) problems.push('has row-level security that its owner escapes (FORCE is missing)');
  }
  return problems.map((problem) => ({ object: row.table, problem }));
}

function viewFindings({ table, kind, invoker }: TableRow): Finding[] {
  if (kind === 'm')
    return [{ object: table, problem: 'is a materialized view: it would hold rows of every organization' }];
  return invoker
    ? []
    : [{ object: table, problem: 'is a view without security_invoker: it would read as its owner' }];
}

const tables = `
  SELECT c.relname AS table, c.relkind AS kind, pg_get_userbyid(c.relowner) AS owner,
         c.relrowsecurity AS secured, c.relforcerowsecurity AS forced,
         (SELECT format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE ' null' END
            FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped) AS organization,
         (SELECT string_agg(a.attname, ', ' ORDER BY k.position)
            FROM pg_index i, unnest(i.indkey) WITH ORDINALITY k(attnum, position), pg_attribute a
           WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid AND a.attnum = k.attnum) AS "primaryKey",
         coalesce('security_invoker=true' = ANY (c.reloptions) OR 'security_invoker=on' = ANY (c.reloptions), false) AS invoker
    FROM pg_class c
   WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.relnamespace = 'public'::regnamespace
   ORDER BY 1`;

const strangeSchemas = `
  SELECT nspname FROM pg_namespace
   WHERE nspname <> ALL ($1) AND nspname <> 'information_schema' AND nspname !~ '^pg_'`;

const timeColumns = `
  SELECT c.relname || '.' || a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
   WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
     AND c.relname <> ALL ($1::text[])
     AND a.atttypid IN ('timestamp'::regtype, 'timestamptz'::regtype, 'date'::regtype)
     AND format_type(a.atttypid, a.atttypmod) <> 'timestamp(3) with time zone'`;
