/** No role of ours can rise above its grants, by attribute or by membership. */
import type { ClientBase } from 'pg';
import { roleNames } from '../roles.js';
import type { Finding } from './finding.js';

interface RoleRow {
  role: string;
  powers: string[];
  memberOf: string[];
}

export async function roleFindings(client: ClientBase): Promise<Finding[]> {
  const { rows } = await client.query<RoleRow>(roleRows, [roleNames]);
  const missing = roleNames.filter((name) => rows.every(({ role }) => role !== name));
  return [
    ...missing.map((object) => ({ object, problem: 'is a declared role that does not exist' })),
    ...rows.flatMap(({ role: object, powers, memberOf }) => [
      ...powers.map((power) => ({ object, problem: `has ${power}` })),
      ...memberOf.map((group) => ({ object, problem: `is a member of ${group}` })),
    ]),
  ];
}

const roleRows = `
  SELECT r.rolname AS role,
         array_remove(ARRAY[
           CASE WHEN r.rolsuper THEN 'SUPERUSER' END, CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END,
           CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END, CASE WHEN r.rolcreatedb THEN 'CREATEDB' END,
           CASE WHEN r.rolreplication THEN 'REPLICATION' END], NULL) AS powers,
         ARRAY(SELECT pg_get_userbyid(m.roleid)::text FROM pg_auth_members m WHERE m.member = r.oid) AS "memberOf"
    FROM pg_roles r WHERE r.rolname = ANY ($1) ORDER BY 1`;
