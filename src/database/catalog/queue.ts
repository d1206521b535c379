/** The queue's schema is pg-boss' own; what we hold it to is whose it is, what is in it, and that its jobs are kept apart. */
import type { ClientBase } from 'pg';
import { ownerRole, queueTables } from '../roles.js';
import { differences, type Finding } from './finding.js';

export async function queueFindings(client: ClientBase): Promise<Finding[]> {
  const { rows: tables } = await client.query<{ table: string }>(tableNames);
  const { rows: findings } = await client.query<Finding>(strayed, [ownerRole]);
  const problems = {
    undeclared: 'is a table that nobody declared',
    missing: 'is a declared table that does not exist',
  };
  const names = tables.map(({ table }) => table);
  return [...differences(names, queueTables, problems), ...findings];
}

const tableNames = `
  SELECT 'pgboss.' || relname AS table FROM pg_class
   WHERE relnamespace = to_regnamespace('pgboss') AND relkind IN ('r', 'p', 'f', 'v', 'm')`;

const strayed = `
  SELECT 'pgboss.' || relname AS object, 'is owned by ' || pg_get_userbyid(relowner) AS problem FROM pg_class
   WHERE relnamespace = to_regnamespace('pgboss') AND pg_get_userbyid(relowner) <> $1
  UNION ALL
  SELECT 'pgboss.job_common', 'has no row-level security, enabled and forced' FROM pg_class
   WHERE relnamespace = to_regnamespace('pgboss') AND relname = 'job_common' AND NOT (relrowsecurity AND relforcerowsecurity)
  UNION ALL
  SELECT 'pgboss.' || proname, 'is a function that runs as its owner, or is not of our owner' FROM pg_proc
   WHERE pronamespace = to_regnamespace('pgboss') AND (prosecdef OR pg_get_userbyid(proowner) <> $1)`;
