/** Every grant equals `roles.ts`: tables, columns, sequences, functions, the schema and the database. */
import type { ClientBase } from 'pg';
import { usesQueue } from '../grants.js';
import { ownerRole, roleNames, roles, schemas, verbs, type Role } from '../roles.js';
import { differences, type Finding } from './finding.js';

/** A grant as one line, e.g. `bulkhead_tenant UPDATE members(role)` or `PUBLIC EXECUTE f(uuid)`. */
type Grant = string;

export async function grantFindings(client: ClientBase): Promise<Finding[]> {
  const { rows } = await client.query<{ grant: Grant }>(actualGrants, [ownerRole, schemas]);
  const actual = rows.map(({ grant }) => grant);
  return differences(actual, expectedGrants(), {
    undeclared: 'is granted but not declared in roles.ts',
    missing: 'is declared in roles.ts but not granted',
  });
}

function expectedGrants(): Grant[] {
  return roleNames
    .filter((name) => name !== ownerRole)
    .flatMap((name) => {
      const role: Role = roles[name];
      const tables = Object.entries(role.tables).flatMap(([table, grant]) =>
        verbs.flatMap((verb) => {
          const columns = grant[verb] ?? [];
          return columns === '*'
            ? [`${name} ${verb} ${table}`]
            : columns.map((column) => `${name} ${verb} ${table}(${column})`);
        }),
      );
      const functions = (role.functions ?? []).map((signature) => `${name} EXECUTE ${signature}`);
      const queue = usesQueue(role) ? [`${name} USAGE schema pgboss`] : [];
      return [`${name} CONNECT database`, `${name} USAGE schema public`, ...queue, ...tables, ...functions];
    });
}

/** No ACL at all means the defaults, which for functions and databases include PUBLIC: hence acldefault. */
const actualGrants = `
  WITH namespace AS (
    SELECT oid, CASE nspname WHEN 'public' THEN '' ELSE nspname || '.' END AS prefix FROM pg_namespace WHERE nspname = ANY ($2)
  ), acl AS (
    SELECT n.prefix || c.relname AS object, coalesce(c.relacl, acldefault(CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END, c.relowner)) AS acl
      FROM pg_class c JOIN namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    UNION ALL
    SELECT n.prefix || c.relname || '(' || a.attname || ')', a.attacl
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN namespace n ON n.oid = c.relnamespace
     WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
    UNION ALL
    SELECT n.prefix || p.proname || '(' || replace(oidvectortypes(p.proargtypes), ', ', ',') || ')', coalesce(p.proacl, acldefault('f', p.proowner))
      FROM pg_proc p JOIN namespace n ON n.oid = p.pronamespace
    UNION ALL
    SELECT 'schema ' || nspname, coalesce(nspacl, acldefault('n', nspowner)) FROM pg_namespace WHERE nspname = ANY ($2)
    UNION ALL
    SELECT 'database', coalesce(datacl, acldefault('d', datdba)) FROM pg_database WHERE datname = current_database()
  )
  SELECT DISTINCT CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_get_userbyid(g.grantee) END || ' ' || g.privilege_type || ' ' || acl.object
         || CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS grant
    FROM acl, aclexplode(acl.acl) g
   WHERE g.grantee = 0 OR pg_get_userbyid(g.grantee) <> $1`;
