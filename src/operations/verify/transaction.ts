/**
 * The only way `ops verify` reads: as bulkhead_readonly, in one READ ONLY snapshot, in the database of this environment.
 * Each is asked of the server and not assumed, because production allows this command freely for these reasons (S0.3).
 */
import { DatabaseError, type ClientBase } from 'pg';
import type { Settings } from '../../config/settings.js';
import type { Finding } from '../../database/catalog/catalog.js';
import { UnfitRoleError } from '../../database/door-role.js';
import { withClient } from '../../database/provision.js';
import type { RoleName } from '../../database/roles.js';
import { requireStamp } from '../../database/stamp.js';

export const reader: RoleName = 'bulkhead_readonly';

/** @throws UnfitRoleError, StampError before `work` sees anything */
export async function readOnly<Result>(
  url: string,
  environment: Settings['environment'],
  work: (client: ClientBase) => Promise<Result>,
): Promise<Result> {
  return withClient(url, async (client) => {
    // First of all, so that whoever it turns out to be can write nothing. A failure ends it with the connection.
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    await requireReader(client);
    await requireReadOnly(client);
    await requireStamp(client, environment);
    const result = await work(client);
    await client.query('ROLLBACK');
    return result;
  });
}

interface Reader {
  readonly role: string;
  readonly superuser: boolean;
  readonly bypass: boolean;
}

/** @throws UnfitRoleError when it is anybody else, or could step over row-level security */
export async function requireReader(client: ClientBase): Promise<void> {
  const { rows } = await client.query<Reader>(
    `SELECT rolname AS role, rolsuper AS superuser, rolbypassrls AS bypass FROM pg_roles WHERE rolname = current_user`,
  );
  const [{ role, superuser, bypass }] = rows as [Reader];
  const problems = [
    ...(role === reader ? [] : [`signs in as ${role}, and must as ${reader}`]),
    ...(superuser ? [`${role} is a superuser`] : []),
    ...(bypass ? [`${role} has BYPASSRLS`] : []),
  ];
  if (problems.length > 0) throw new UnfitRoleError(`DATABASE_READONLY_URL: ${problems.join('; ')}`);
}

/** @throws UnfitRoleError when the server would take a write, or show another state with every statement */
export async function requireReadOnly(client: ClientBase): Promise<void> {
  const show = async (setting: string) =>
    (await client.query<Record<string, string>>(`SHOW ${setting}`)).rows[0]?.[setting];
  const [readOnlyState, isolation] = [
    await show('transaction_read_only'),
    await show('transaction_isolation'),
  ];
  if (readOnlyState === 'on' && isolation === 'repeatable read') return;
  throw new UnfitRoleError(
    'DATABASE_READONLY_URL: the transaction is not READ ONLY, REPEATABLE READ, though it was begun so',
  );
}

/** What cannot be checked is itself a finding, and the other checks go on. Reads nothing of the error but its code. */
export async function attempt(
  client: ClientBase,
  object: string,
  check: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  await client.query('SAVEPOINT attempt');
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    await client.query('ROLLBACK TO SAVEPOINT attempt');
    return [{ object, problem: `could not be checked (SQLSTATE ${error.code ?? 'unknown'})` }];
  }
}
