/** Every policy equals the one declared in organization-table.ts: name, command, roles, USING and WITH CHECK. */
import type { ClientBase } from 'pg';
import { organizationPolicies, policies, type Policy } from '../organization-table.js';
import { schemas } from '../roles.js';
import type { Finding } from './finding.js';

interface PolicyRow {
  table: string;
  name: string;
  permissive: boolean;
  command: string;
  roles: string[];
  using: string | null;
  check: string | null;
}

export async function policyFindings(client: ClientBase): Promise<Finding[]> {
  const { rows } = await client.query<PolicyRow>(policyRows, [schemas]);
  const actual = new Map(rows.map((row) => [`${row.table}.${row.name}`, canonicalRow(row)]));
  const expected = new Map(
    Object.entries(policies).flatMap(([table, list]) =>
      list.map((policy) => [`${table}.${policy.name}`, canonical(policy)]),
    ),
  );
  const { rows: organizationTables } = await client.query<{ table: string }>(tablesOfOrganizations);
  return [
    ...organizationTables.flatMap(({ table }) => templateFindings(table)),
    ...[...new Set([...actual.keys(), ...expected.keys()])].toSorted().flatMap((object) => {
      const [is, declared] = [actual.get(object), expected.get(object)];
      if (is === declared) return [];
      if (is === undefined) return [{ object, problem: 'is a declared policy that is missing' }];
      if (declared === undefined) return [{ object, problem: `is a policy that nobody declared: ${is}` }];
      return [{ object, problem: `differs from its declaration:\n  is       ${is}\n  declared ${declared}` }];
    }),
  ];
}

/** An organization table declares at least the template; whatever else it declares is for roles that the template does not name. */
function templateFindings(table: string): Finding[] {
  const declared = (policies[table] ?? []).map(canonical);
  const missing = organizationPolicies().filter((policy) => !declared.includes(canonical(policy)));
  return missing.map(({ name }) => ({
    object: table,
    problem: `does not declare the template's policy ${name}`,
  }));
}

function canonical({ command, roles, using, check }: Policy): string {
  return describe(true, command, [...roles].toSorted(), using ?? null, check ?? null);
}

function canonicalRow({ permissive, command, roles, using, check }: PolicyRow): string {
  return describe(permissive, command, roles, using, check);
}

function describe(
  permissive: boolean,
  command: string,
  roles: readonly string[],
  using: string | null,
  check: string | null,
): string {
  const text = `${permissive ? 'permissive' : 'restrictive'} ${command} to ${roles.join(', ')} using ${using} with check ${check}`;
  return text.replaceAll(/\s+/g, ' ');
}

const policyRows = `
  SELECT CASE schemaname WHEN 'public' THEN '' ELSE schemaname || '.' END || tablename AS table, policyname AS name, permissive = 'PERMISSIVE' AS permissive, cmd AS command,
         ARRAY(SELECT r::text FROM unnest(roles) r ORDER BY r::text COLLATE "C") AS roles, qual AS using, with_check AS check
    FROM pg_policies WHERE schemaname = ANY ($1)`;

const tablesOfOrganizations = `
  SELECT c.relname AS table FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
   WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
     AND a.attname = 'organization_id' AND NOT a.attisdropped ORDER BY 1`;
