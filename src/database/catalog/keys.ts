/** Indexes, unique constraints and foreign keys of organization tables are led by the organization; nothing cascades. */
import type { ClientBase } from 'pg';
import type { Finding } from './finding.js';
import { platformTables } from './tables.js';

/** Indexes of organization tables that do not start with `organization_id`: what each is, and why. */
const otherIndexes: Readonly<Record<string, { readonly is: string; readonly why: string }>> = {
  connections_verified_account_key: {
    is: "UNIQUE INDEX connections_verified_account_key ON public.connections USING btree (provider, account) WHERE (status = 'verified'::text)",
    why: 'one verified connection of an account among all organizations',
  },
  members_user_id_idx: {
    is: 'INDEX members_user_id_idx ON public.members USING btree (user_id)',
    why: 'sign-in finds the organizations of a user, before one is entered',
  },
};

interface IndexRow {
  table: string;
  index: string;
  unique: boolean;
  first: string | null;
  definition: string;
}

interface ForeignKeyRow {
  table: string;
  name: string;
  target: string;
  organizationTable: boolean;
  organizationPair: boolean;
  actions: string;
}

export async function keyFindings(client: ClientBase): Promise<Finding[]> {
  const { rows: indexRows } = await client.query<IndexRow>(indexes);
  const { rows: foreignKeyRows } = await client.query<ForeignKeyRow>(foreignKeys);
  const names = new Set(indexRows.map(({ index }) => index));
  return [
    ...indexRows.flatMap(indexFindings),
    ...Object.keys(otherIndexes)
      .filter((object) => !names.has(object))
      .map((object) => ({
        object,
        problem: 'is excused from being led by organization_id but does not exist',
      })),
    ...foreignKeyRows.flatMap(foreignKeyFindings),
  ];
}

function indexFindings({ table, index, unique, first, definition }: IndexRow): Finding[] {
  const excused = otherIndexes[index];
  if (excused) {
    if (definition === `CREATE ${excused.is}`) return [];
    return [
      {
        object: `${table}.${index}`,
        problem: `differs from what is excused (${excused.why}): ${definition}`,
      },
    ];
  }
  if (first === 'organization_id') return [];
  const kind = unique ? 'unique index' : 'index';
  return [{ object: `${table}.${index}`, problem: `is a ${kind} that is not led by organization_id` }];
}

function foreignKeyFindings({
  table,
  name,
  target,
  organizationTable,
  organizationPair,
  actions,
}: ForeignKeyRow): Finding[] {
  const object = `${table}.${name}`;
  const problems: string[] = [];
  if (actions !== 'aa') problems.push('cascades: erasing or moving one row would silently change others');
  if (organizationTable && !(target in platformTables) && !organizationPair) {
    problems.push(`points at ${target} without organization_id: it could point into another organization`);
  }
  return problems.map((problem) => ({ object, problem }));
}

const indexes = `
  SELECT c.relname AS table, x.relname AS index, i.indisunique AS unique, pg_get_indexdef(i.indexrelid) AS definition,
         (SELECT a.attname FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum = i.indkey[0]) AS first
    FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
   WHERE c.relnamespace = 'public'::regnamespace
     AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped)
   ORDER BY 1, 2`;

const foreignKeys = `
  SELECT c.relname AS table, k.conname AS name, t.relname AS target, k.confdeltype::text || k.confupdtype::text AS actions,
         EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'organization_id' AND NOT a.attisdropped) AS "organizationTable",
         EXISTS (SELECT FROM unnest(k.conkey, k.confkey) AS pair(own, theirs)
                   JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = pair.own AND a.attname = 'organization_id'
                   JOIN pg_attribute b ON b.attrelid = t.oid AND b.attnum = pair.theirs AND b.attname = 'organization_id') AS "organizationPair"
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
   WHERE k.contype = 'f' AND c.relnamespace = 'public'::regnamespace
   ORDER BY 1, 2`;
