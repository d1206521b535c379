/**
 * How the doors talk to Postgres: one transaction, entered in the same write that opens it.
 * `pg` is in pipeline mode: statements leave without waiting for the one before. When one fails, Postgres refuses the
 * rest of the transaction (25P02) and answers COMMIT with the tag `ROLLBACK`, so nothing that follows a failed
 * assertion can take effect. Source: PostgreSQL documentation, "Pipeline Mode"; performance.md for the figures.
 */
import type { Writable } from 'node:stream';
import {
  types,
  type CustomTypesConfig,
  type Pool,
  type PoolClient,
  type QueryConfig,
  type QueryResult,
} from 'pg';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';

/** The statement that binds a transaction to an organization or a user; sent right behind BEGIN. */
export type Entrance = QueryConfig;

/** A statement that can be sent as text: a query builder, or text and values. */
export type Statement = QueryConfig | { getQueryAndParameters(): [string, unknown[]] };

/** One read-only statement, in one write: BEGIN, entrance, statement, COMMIT. @returns the rows as they come */
export async function readOnce<Row>(
  source: DataSource,
  entrance: Entrance,
  statement: Statement,
): Promise<Row[]> {
  // Before a connection is taken: what cannot be built must not leave one behind, in an open transaction.
  const query = asQuery(statement);
  const [, , result] = await sendOnce(source, [
    { text: 'BEGIN READ ONLY' },
    entrance,
    query,
    { text: 'COMMIT' },
  ]);
  return result!.rows as Row[];
}

/** Statements that ask nothing of each other, in one write: BEGIN, all of them, COMMIT. @returns their results, once committed */
export async function writeOnce(
  source: DataSource,
  statements: readonly QueryConfig[],
): Promise<QueryResult[]> {
  const results = await sendOnce(source, [{ text: 'BEGIN' }, ...statements, { text: 'COMMIT' }]);
  if (results.at(-1)?.command !== 'COMMIT') throw new Error('the transaction was rolled back');
  return results.slice(1, -1);
}

/** @throws the first failure, after which Postgres has refused the rest */
async function sendOnce(source: DataSource, statements: readonly QueryConfig[]): Promise<QueryResult[]> {
  const client = await poolOf(source).connect();
  // The queries below tell of a lost connection; without a listener its event would end the process.
  client.on('error', ignore);
  const { stream } = (client as unknown as Wired).connection;
  stream.cork();
  const answers = Promise.allSettled(statements.map(async (statement) => client.query(statement)));
  stream.uncork();
  const outcomes = await answers;
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  const lost = failure !== undefined && connectionIsLost(failure.reason);
  if (!lost) client.off('error', ignore);
  client.release(lost);
  if (failure) throw failure.reason;
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<QueryResult>).value);
}

/** The same statement inside a transaction that is open already. */
export async function readWithin<Row>(manager: EntityManager, statement: Statement): Promise<Row[]> {
  const client = (await manager.queryRunner!.connect()) as PoolClient;
  return (await client.query<Row & object>(asQuery(statement))).rows;
}

/**
 * Runs `work` in a transaction. BEGIN and the entrance travel in front of its first statement.
 * @throws whatever the entrance raised, before anything `work` met because of it
 */
export async function runOnce<Result>(
  source: DataSource,
  entrance: Entrance,
  work: (manager: EntityManager) => Promise<Result>,
): Promise<Result> {
  const runner = source.createQueryRunner();
  const client = (await runner.connect()) as PoolClient;
  const { stream } = (client as unknown as Wired).connection;
  stream.cork();
  // By then the first statement has been made, if it depends on nothing else.
  setImmediate(() => stream.uncork());
  const entering = Promise.all([client.query('BEGIN'), client.query(entrance)]);
  entering.catch(ignore); // read below; until then it must not count as unhandled
  tellTransactionIsOpen(runner);
  try {
    const result = await work(runner.manager);
    await entering;
    refuseFurtherStatements(runner);
    const { command } = await client.query('COMMIT');
    if (command !== 'COMMIT')
      throw new Error('the transaction was rolled back: a statement in it had failed');
    await runner.release();
    return result;
  } catch (error) {
    await abandon(runner, client);
    await entering;
    throw error;
  }
}

/** Rolls back and gives the connection back; a connection that cannot even roll back is thrown away. */
async function abandon(runner: QueryRunner, client: PoolClient): Promise<void> {
  refuseFurtherStatements(runner);
  try {
    await client.query('ROLLBACK');
    await runner.release();
  } catch (error) {
    await (runner as unknown as ThrowsAway).releasePostgresConnection(error);
  }
}

/** A statement that somebody forgot to wait for would run behind COMMIT, outside of any transaction. */
function refuseFurtherStatements(runner: QueryRunner): void {
  runner.query = async () => Promise.reject(new Error('the transaction has ended'));
}

/** What `pg` writes to. Corked, it keeps what is written for one packet: a packet each wakes the server as often. */
interface Wired {
  readonly connection: { readonly stream: Writable };
}

function ignore(): void {}

/** What TypeORM's Postgres runner has and its interface does not tell. */
interface ThrowsAway {
  releasePostgresConnection(error: unknown): Promise<void>;
}

/** BEGIN did not pass through TypeORM, which would otherwise open a transaction of its own around a `save`. */
function tellTransactionIsOpen(runner: QueryRunner): void {
  const state = runner as unknown as { isTransactionActive: boolean; transactionDepth: number };
  state.isTransactionActive = true;
  state.transactionDepth = 1;
}

function asQuery(statement: Statement): QueryConfig {
  if (!('getQueryAndParameters' in statement)) return { ...statement, types: rowTypes };
  const [text, values] = statement.getQueryAndParameters();
  return { text, values, types: rowTypes };
}

/** Rows go out as JSON: a time stays text, because making it a Date and text again costs more than the query. */
const rowTypes: CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text') =>
    oid === (types.builtins.TIMESTAMPTZ as number) ? isoTime : types.getTypeParser(oid, format)) as never,
};

/** `2026-11-21 08:30:00.5+00` → `2026-11-21T08:30:00.500Z`; our roles' time zone is UTC. */
export function isoTime(text: string): string {
  const [, date, time, fraction = '.'] =
    /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d{1,3})?\+00$/.exec(text) ?? [];
  return date ? `${date}T${time}${fraction.padEnd(4, '0')}Z` : new Date(text).toISOString();
}

export function poolOf(source: DataSource): Pool {
  if (!(source.driver instanceof PostgresDriver)) throw new Error('the data source is not a Postgres one');
  return source.driver.master as Pool;
}

/** Anything but a server's own error (which has a SQLSTATE) leaves the connection in an unknown state. */
function connectionIsLost(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return (
    typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || code.startsWith('57P') || code.startsWith('08')
  );
}
