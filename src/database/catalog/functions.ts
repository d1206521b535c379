/** A function is code that runs inside the database: only declared ones, with the declared body, and no triggers or rules. */
import type { ClientBase } from 'pg';
import { authAssertBody } from '../auth-assert.js';
import { authAssert, ownerRole } from '../roles.js';
import type { Finding } from './finding.js';

/** Signature → body of every function there may be. Each is SECURITY DEFINER with an empty search_path. */
const declared: Readonly<Record<string, string>> = { [authAssert]: authAssertBody };

interface FunctionRow {
  signature: string;
  owner: string;
  definer: boolean;
  language: string;
  settings: string;
  body: string;
}

export async function functionFindings(client: ClientBase): Promise<Finding[]> {
  const { rows } = await client.query<FunctionRow>(functions);
  const { rows: hidden } = await client.query<Finding>(hiddenCode);
  const missing = Object.keys(declared).filter((signature) =>
    rows.every((row) => row.signature !== signature),
  );
  return [
    ...rows.flatMap(findingsOf),
    ...missing.map((object) => ({ object, problem: 'is a declared function that does not exist' })),
    ...hidden,
  ];
}

function findingsOf({ signature: object, owner, definer, language, settings, body }: FunctionRow): Finding[] {
  const expected = declared[object];
  if (expected === undefined) return [{ object, problem: 'is a function that nobody declared' }];
  const problems: string[] = [];
  if (owner !== ownerRole) problems.push(`is owned by ${owner}`);
  if (!definer || language !== 'plpgsql') problems.push('is not a SECURITY DEFINER function in plpgsql');
  if (settings !== 'search_path=""')
    problems.push(`has the settings {${settings}}, not an empty search_path alone`);
  if (body !== expected) problems.push('has another body than the declared one');
  return problems.map((problem) => ({ object, problem }));
}

const functions = `
  SELECT p.proname || '(' || replace(oidvectortypes(p.proargtypes), ', ', ',') || ')' AS signature,
         pg_get_userbyid(p.proowner) AS owner, p.prosecdef AS definer, l.lanname AS language,
         coalesce(array_to_string(p.proconfig, ', '), '') AS settings, p.prosrc AS body
    FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
   WHERE p.pronamespace = 'public'::regnamespace ORDER BY 1`;

/** What would change or copy rows without being called. */
const hiddenCode = `
  SELECT t.tgrelid::regclass || '.' || t.tgname AS object, 'is a trigger that nobody declared' AS problem
    FROM pg_trigger t WHERE NOT t.tgisinternal
  UNION ALL
  SELECT r.ev_class::regclass || '.' || r.rulename, 'is a rule that nobody declared'
    FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class
   WHERE c.relnamespace IN ('public'::regnamespace, to_regnamespace('pgboss')) AND r.rulename <> '_RETURN'
  UNION ALL SELECT evtname, 'is an event trigger that nobody declared' FROM pg_event_trigger
  UNION ALL SELECT pubname, 'is a publication: it copies past row-level security' FROM pg_publication`;
