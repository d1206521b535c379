/** No role of ours can rise above its grants: by attribute, membership, setting, or by privileges on things to come. */
import type { ClientBase } from 'pg';
import { roleNames, roles, type Role } from '../roles.js';
import { differences, type Finding } from './finding.js';

interface RoleRow {
  role: string;
  powers: string[];
  memberOf: string[];
  members: string[];
}

export async function roleFindings(client: ClientBase): Promise<Finding[]> {
  const { rows } = await client.query<RoleRow>(roleRows, [roleNames]);
  const missing = roleNames.filter((name) => rows.every(({ role }) => role !== name));
  return [
    ...missing.map((object) => ({ object, problem: 'is a declared role that does not exist' })),
    ...rows.flatMap(({ role: object, powers, memberOf, members }) => [
      ...powers.map((power) => ({ object, problem: `has ${power}` })),
      ...memberOf.map((group) => ({ object, problem: `is a member of ${group}` })),
      ...members.map((member) => ({ object, problem: `has the member ${member}, who can act as it` })),
    ]),
    ...(await settingFindings(client)),
    ...(await defaultPrivilegeFindings(client)),
  ];
}

/** A setting of a role could put every session of it into an organization, or lift its limits. */
async function settingFindings(client: ClientBase): Promise<Finding[]> {
  const { rows } = await client.query<{ setting: string }>(settingRows, [roleNames]);
  const expected = roleNames.flatMap((name) => {
    const role: Role = roles[name];
    return Object.entries(role.settings).map(([key, value]) => `${name} ${key.toLowerCase()}=${value}`);
  });
  const actual = rows.map(({ setting }) => setting);
  return differences(actual, expected, {
    undeclared: 'is a setting that nobody declared',
    missing: 'is a declared setting that is not set',
  });
}

/** The one that `provision` makes: functions of the owner start closed. */
const declaredDefault = 'functions: {bulkhead_owner=X/bulkhead_owner}';

async function defaultPrivilegeFindings(client: ClientBase): Promise<Finding[]> {
  const { rows } = await client.query<{ privileges: string }>(defaultPrivileges);
  const strange = rows.filter(({ privileges }) => privileges !== declaredDefault);
  return strange.map(({ privileges: object }) => ({
    object,
    problem: 'are default privileges that nobody declared',
  }));
}

const roleRows = `
  SELECT r.rolname AS role,
         array_remove(ARRAY[
           CASE WHEN r.rolsuper THEN 'SUPERUSER' END, CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END,
           CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END, CASE WHEN r.rolcreatedb THEN 'CREATEDB' END,
           CASE WHEN r.rolreplication THEN 'REPLICATION' END], NULL) AS powers,
         ARRAY(SELECT pg_get_userbyid(m.roleid)::text FROM pg_auth_members m WHERE m.member = r.oid) AS "memberOf",
         ARRAY(SELECT pg_get_userbyid(m.member)::text FROM pg_auth_members m WHERE m.roleid = r.oid) AS members
    FROM pg_roles r WHERE r.rolname = ANY ($1) ORDER BY 1`;

/** Of our roles anywhere, and of everybody in this database. */
const settingRows = `
  SELECT CASE WHEN s.setrole = 0 THEN 'everybody' ELSE pg_get_userbyid(s.setrole) END
         || CASE WHEN s.setdatabase = 0 THEN '' ELSE ' in this database' END
         || ' ' || lower(split_part(c, '=', 1)) || '=' || substr(c, strpos(c, '=') + 1) AS setting
    FROM pg_db_role_setting s, unnest(s.setconfig) c
   WHERE (s.setrole = 0 OR pg_get_userbyid(s.setrole) = ANY ($1))
     AND (s.setdatabase = 0 OR s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()))`;

const defaultPrivileges = `
  SELECT CASE d.defaclobjtype WHEN 'f' THEN 'functions' WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences'
              WHEN 'T' THEN 'types' ELSE 'schemas' END
         || CASE d.defaclnamespace WHEN 0 THEN '' ELSE ' in ' || d.defaclnamespace::regnamespace END
         || ': ' || d.defaclacl::text AS privileges
    FROM pg_default_acl d`;
