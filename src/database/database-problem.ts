/** What Postgres says, in the words of the API. Unknown errors pass as they are and end as `internal`. */
import { QueryFailedError } from 'typeorm';
import { Problem, type ProblemCode } from '../http/problem.js';

/** Raised by `auth_assert` (SQLSTATE class BK is ours; see the foundation migration). */
const assertions: Readonly<Record<string, ProblemCode>> = {
  BK001: 'session-ended',
  BK002: 'membership-ended',
  BK003: 'organization-suspended',
  BK004: 'token-stale',
};

/** Unique constraints that a caller can meet, by the problem it is told. */
const conflicts: Readonly<Record<string, ProblemCode>> = {
  connections_account_key: 'connection-exists',
  connections_verified_account_key: 'account-taken',
  templates_name_key: 'template-exists',
  // Keys are random but for the demo's: whoever has that one made the same connection.
  endpoints_key_key: 'connection-exists',
};

/** Class 08 connection, 40 deadlock or serialization, 53 resources, 57P shutdown, 55P03 lock timeout, 57014 statement timeout (PostgreSQL, appendix A). */
const unavailable = /^(08|40|53|57P|55P03|57014)/;

/** Codes of Node and messages of `pg` for a connection that could not be made or was lost. */
const lost =
  /ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH|timeout exceeded|Connection terminated|not queryable/;

export function databaseProblem(error: unknown): unknown {
  if (error instanceof Problem) return error;
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (!(cause instanceof Error)) return error;
  const { code, constraint } = cause as { code?: unknown; constraint?: unknown };
  const state = typeof code === 'string' ? code : '';
  const assertion = assertions[state];
  if (assertion) return new Problem(assertion);
  const conflict = state === '23505' && typeof constraint === 'string' ? conflicts[constraint] : undefined;
  if (conflict) return new Problem(conflict);
  // FATAL ends the connection, or never let it begin: the database is closed, restarting or full.
  const fatal = (cause as { severity?: unknown }).severity === 'FATAL';
  if (fatal || unavailable.test(state) || lost.test(`${state} ${cause.message}`)) {
    return new Problem('unavailable', { retryAfter: 2 }, { cause });
  }
  return error;
}
