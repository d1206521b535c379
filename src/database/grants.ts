/** Turns `roles.ts` into GRANTs, exactly: whatever a role holds beyond it is taken away in the same transaction. */
import type { ClientBase } from 'pg';
import { roleNames, roles, schemas, verbs, type Role, type TableGrant } from './roles.js';

/**
 * Applies every role's grants to the connected database. Run as `bulkhead_owner`, after migrations.
 * One transaction, so that a serving process never sees a moment without its grants.
 */
export async function applyGrants(owner: ClientBase): Promise<void> {
  const grantees = roleNames.join(', ');
  const everywhere = schemas.join(', ');
  const statements = [
    `REVOKE ALL ON ALL TABLES IN SCHEMA ${everywhere} FROM PUBLIC, ${grantees}`,
    ...(await columnRevocations(owner)),
    `REVOKE ALL ON ALL SEQUENCES IN SCHEMA ${everywhere} FROM PUBLIC, ${grantees}`,
    `REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ${everywhere} FROM PUBLIC, ${grantees}`,
    `REVOKE ALL ON SCHEMA pgboss FROM PUBLIC, ${grantees}`,
    // The owner keeps its own: without it a migration could not read what it just created.
    `GRANT ALL ON SCHEMA pgboss TO bulkhead_owner`,
    `GRANT ALL ON ALL TABLES IN SCHEMA ${everywhere} TO bulkhead_owner`,
    `GRANT ALL ON ALL SEQUENCES IN SCHEMA ${everywhere} TO bulkhead_owner`,
    `GRANT ALL ON ALL FUNCTIONS IN SCHEMA ${everywhere} TO bulkhead_owner`,
    ...roleNames.flatMap(grantStatements),
  ];
  await owner.query(`BEGIN; ${statements.join('; ')}; COMMIT`);
}

/** REVOKE on a table leaves column grants in place, so those are revoked one by one. */
async function columnRevocations(owner: ClientBase): Promise<string[]> {
  const { rows } = await owner.query<{ table: string; columns: string }>(
    `SELECT a.attrelid::regclass::text AS table, string_agg(DISTINCT quote_ident(a.attname), ', ') AS columns
       FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
      WHERE c.relnamespace::regnamespace::text = ANY ($1) AND a.attacl IS NOT NULL AND NOT a.attisdropped
      GROUP BY 1`,
    [schemas],
  );
  return rows.map(
    ({ table, columns }) => `REVOKE ALL (${columns}) ON ${table} FROM PUBLIC, ${roleNames.join(', ')}`,
  );
}

function grantStatements(name: (typeof roleNames)[number]): string[] {
  const role: Role = roles[name];
  return [
    ...(usesQueue(role) ? [`GRANT USAGE ON SCHEMA pgboss TO ${name}`] : []),
    ...Object.entries(role.tables).flatMap(([table, grant]) => tableGrants(name, table, grant)),
    ...(role.functions ?? []).map((signature) => `GRANT EXECUTE ON FUNCTION ${signature} TO ${name}`),
  ];
}

/** Every role of ours sees `public`; the queue's schema is open to those who have a table in it. */
export function usesQueue(role: Role): boolean {
  return Object.keys(role.tables).some((table) => table.startsWith('pgboss.'));
}

function tableGrants(role: string, table: string, grant: TableGrant): string[] {
  return verbs.flatMap((verb) => {
    const columns = grant[verb];
    if (!columns) return [];
    return `GRANT ${verb}${columns === '*' ? '' : ` (${columns.join(', ')})`} ON ${table} TO ${role}`;
  });
}
