/** A SECURITY DEFINER function is a door of its own: only declared ones, with a fixed search_path. */
import type { ClientBase } from 'pg';
import { authAssert, ownerRole } from '../roles.js';
import type { Finding } from './finding.js';

const definers: readonly string[] = [authAssert];

interface FunctionRow {
  signature: string;
  owner: string;
  definer: boolean;
  searchPath: string | null;
}

export async function functionFindings(client: ClientBase): Promise<Finding[]> {
  const { rows } = await client.query<FunctionRow>(functions);
  return rows.flatMap(({ signature: object, owner, definer, searchPath }) => {
    const problems: string[] = [];
    if (owner !== ownerRole) problems.push(`is owned by ${owner}`);
    if (definer && !definers.includes(object))
      problems.push('is a SECURITY DEFINER function that nobody declared');
    if (definer && searchPath !== 'search_path=""')
      problems.push('is SECURITY DEFINER without an empty, fixed search_path');
    return problems.map((problem) => ({ object, problem }));
  });
}

const functions = `
  SELECT p.proname || '(' || replace(oidvectortypes(p.proargtypes), ', ', ',') || ')' AS signature,
         pg_get_userbyid(p.proowner) AS owner, p.prosecdef AS definer,
         (SELECT s FROM unnest(p.proconfig) s WHERE s LIKE 'search_path=%') AS "searchPath"
    FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace ORDER BY 1`;
