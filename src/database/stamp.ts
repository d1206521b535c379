/**
 * A database says itself which environment it belongs to: one row, written when it is provisioned and never changed.
 * Start-up, every command and every new connection of a pool compare it, because a name or a URL can be mistaken, and a
 * restored dump brings the stamp of where it was made (S0.1, S0.4).
 */
import type { ClientBase } from 'pg';
import { environments, type Environment } from '../environment/environment.js';

/** The database belongs to another environment, or nobody has said to which. */
export class StampError extends Error {
  /**
   * @param found undefined: it has no stamp
   * @param sibling the database of the same server that is in the way, when it is not the one that was named
   */
  constructor(
    readonly expected: Environment,
    readonly found: Environment | undefined,
    sibling?: string,
  ) {
    super(problemOf(expected, found, sibling));
  }
}

function problemOf(expected: Environment, found: Environment | undefined, sibling?: string): string {
  if (sibling !== undefined)
    return `the server has ${sibling}, a database of ${String(found)}, and this is ${expected}: roles and their passwords are the server's, so each environment has one of its own`;
  return found === undefined
    ? `the database has no stamp, and this is ${expected}: npm run ops -- provision gives it one`
    : `the stamp of the database says ${found}, and this is ${expected}: name the right database`;
}

/** As much of a client, a pool or a data source as it takes to ask. */
export interface Asked {
  query(text: string): Promise<{ readonly rows: readonly unknown[] }>;
}

/** @returns undefined when it has none, or one that no environment of ours has */
export async function readStamp(database: Asked): Promise<Environment | undefined> {
  const { rows: tables } = await database.query(
    `SELECT to_regclass('public.environment_stamp') IS NOT NULL AS there`,
  );
  if (!(tables as { there: boolean }[])[0]?.there) return undefined;
  const { rows } = await database.query('SELECT environment FROM public.environment_stamp');
  const [row] = rows as { environment: string }[];
  return environments.find((name) => name === row?.environment);
}

/** @throws StampError */
export async function requireStamp(database: Asked, expected: Environment): Promise<void> {
  const found = await readStamp(database);
  if (found !== expected) throw new StampError(expected, found);
}

/** For `pg.Pool`: nobody is handed a connection to a database of another environment. */
export function stampVerifier(expected: Environment) {
  return (client: ClientBase, handOver: (error?: Error) => void): void => {
    const problem = requireStamp(client, expected).then(
      () => undefined,
      (error: Error) => error,
    );
    void problem.then(handOver);
  };
}

/**
 * Writes it where there is none. Run as a superuser, inside the database.
 *
 * @throws StampError when there is another
 */
export async function writeStamp(admin: ClientBase, environment: Environment): Promise<void> {
  await admin.query(createStamp);
  await admin.query('INSERT INTO public.environment_stamp (environment) VALUES ($1) ON CONFLICT DO NOTHING', [
    environment,
  ]);
  await requireStamp(admin, environment);
}

/** Not a migration: it is there before the first, and must not be the same in every environment. */
const createStamp = `
  CREATE TABLE IF NOT EXISTS public.environment_stamp (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    environment text NOT NULL,
    stamped_at timestamptz(3) NOT NULL DEFAULT now()
  );
  ALTER TABLE public.environment_stamp OWNER TO bulkhead_owner`;
