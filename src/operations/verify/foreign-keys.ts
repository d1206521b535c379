/**
 * Rows whose foreign key points nowhere, or at a row of another organization. Postgres refuses them, unless the key was
 * added NOT VALID, its triggers were off, or rows came in as a replica's (`session_replication_role`): so they are
 * looked for. The keys come from `pg_constraint`.
 */
import type { ClientBase } from 'pg';
import type { Finding } from '../../database/catalog/catalog.js';
import { attempt } from './transaction.js';

interface ForeignKey {
  readonly name: string;
  readonly table: string;
  readonly target: string;
  /** As SQL names them. */
  readonly child: string;
  readonly parent: string;
  readonly own: readonly string[];
  readonly theirs: readonly string[];
  readonly ofOrganization: boolean;
  readonly valid: boolean;
  readonly enforced: boolean;
  readonly readable: boolean;
}

export interface ForeignKeysChecked {
  readonly checked: number;
  /** Keys of platform tables that bulkhead_readonly may not read. */
  readonly notChecked: readonly string[];
  readonly findings: readonly Finding[];
}

/** @param organizationId undefined: of all organizations, and of platform tables */
export async function checkForeignKeys(
  client: ClientBase,
  organizationId: string | undefined,
): Promise<ForeignKeysChecked> {
  const { rows } = await client.query<ForeignKey>(foreignKeys);
  const keys = rows.filter(({ ofOrganization }) => ofOrganization || organizationId === undefined);
  const readable = keys.filter((key) => key.readable);
  const unreadable = keys.filter((key) => !key.readable);
  const findings: Finding[] = rows.flatMap(disabled);
  for (const key of readable) {
    const object = objectOf(key);
    findings.push(...(await attempt(client, object, async () => orphans(client, key, organizationId))));
  }
  return {
    checked: readable.length,
    notChecked: unreadable.filter(({ ofOrganization }) => !ofOrganization).map(objectOf),
    findings: [
      ...findings,
      ...unreadable
        .filter(({ ofOrganization }) => ofOrganization)
        .map((key) => ({
          object: objectOf(key),
          problem: 'has columns that bulkhead_readonly may not read',
        })),
    ],
  };
}

function objectOf({ table, name }: ForeignKey): string {
  return `${table}.${name}`;
}

function disabled(key: ForeignKey): Finding[] {
  const object = objectOf(key);
  return [
    ...(key.valid ? [] : [{ object, problem: 'is NOT VALID: rows from before it were never compared' }]),
    ...(key.enforced ? [] : [{ object, problem: 'is not enforced: its triggers are off' }]),
  ];
}

async function orphans(
  client: ClientBase,
  key: ForeignKey,
  organizationId: string | undefined,
): Promise<Finding[]> {
  const pairs = key.own.map((own, index) => ({ own, theirs: key.theirs[index]! }));
  const matches = (some: typeof pairs) =>
    `EXISTS (SELECT FROM ${key.parent} p WHERE ${some.map(({ own, theirs }) => `p.${theirs} = c.${own}`).join(' AND ')})`;
  const withoutOrganization = pairs.filter(
    ({ own, theirs }) => own !== 'organization_id' || theirs !== 'organization_id',
  );
  const crosses = withoutOrganization.length > 0 && withoutOrganization.length < pairs.length;
  // A key with a NULL in it points at nothing, and is no orphan (MATCH SIMPLE).
  const present = key.own.map((own) => `c.${own} IS NOT NULL`);
  const scope = organizationId === undefined ? [] : ['c.organization_id = $1'];
  const { rows } = await client.query<{ orphans: string; elsewhere: string }>(
    `SELECT count(*) AS orphans, count(*) FILTER (WHERE ${crosses ? matches(withoutOrganization) : 'false'}) AS elsewhere
       FROM ${key.child} c WHERE ${[...present, ...scope].join(' AND ')} AND NOT ${matches(pairs)}`,
    organizationId === undefined ? [] : [organizationId],
  );
  const [count, elsewhere] = [Number(rows[0]?.orphans), Number(rows[0]?.elsewhere)];
  if (count === 0) return [];
  const crossing = elsewhere > 0 ? `, ${elsewhere} of them at a row of another organization` : '';
  return [
    {
      object: objectOf(key),
      problem: `${count} row(s) of ${key.table} point at no row of ${key.target}${crossing}`,
    },
  ];
}

const label = (relation: string, schema: string) =>
  `CASE ${schema}.nspname WHEN 'public' THEN '' ELSE ${schema}.nspname || '.' END || ${relation}.relname`;
const columns = (relation: string, numbers: string) =>
  `ARRAY(SELECT quote_ident(a.attname) FROM unnest(k.${numbers}) WITH ORDINALITY n(attnum, position)
          JOIN pg_attribute a ON a.attrelid = ${relation}.oid AND a.attnum = n.attnum ORDER BY n.position)`;
const mayRead = (relation: string, schema: string, numbers: string) =>
  `has_schema_privilege(${schema}.oid, 'USAGE')
   AND (SELECT bool_and(has_column_privilege(${relation}.oid, attnum, 'SELECT')) FROM unnest(k.${numbers}) attnum)`;

const foreignKeys = `
  SELECT k.conname AS name, ${label('c', 'cn')} AS table, ${label('p', 'pn')} AS target,
         format('%I.%I', cn.nspname, c.relname) AS child, format('%I.%I', pn.nspname, p.relname) AS parent,
         ${columns('c', 'conkey')} AS own, ${columns('p', 'confkey')} AS theirs,
         EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'organization_id'
                    AND a.atttypid = 'uuid'::regtype AND NOT a.attisdropped) AS "ofOrganization",
         k.convalidated AS valid,
         NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgconstraint = k.oid AND t.tgenabled NOT IN ('O', 'A')) AS enforced,
         ${mayRead('c', 'cn', 'conkey')} AND ${mayRead('p', 'pn', 'confkey')} AS readable
    FROM pg_constraint k
    JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace cn ON cn.oid = c.relnamespace
    JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace
   WHERE k.contype = 'f' AND k.conparentid = 0 AND cn.nspname <> 'pgboss'
   ORDER BY 2, 1`;
