/** Creates what migrations cannot: the roles, the database and who may enter it. Repeatable. */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { Client, escapeIdentifier, escapeLiteral, type ClientBase } from 'pg';
import type { Settings } from '../config/settings.js';
import { policies } from '../environment/policy.js';
import { readStamp, requireStamp, StampError, writeStamp } from './stamp.js';
import { ownerRole, roleNames, roles, type Role, type RoleName } from './roles.js';

const attributes = 'LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION NOINHERIT';

/** Roles belong to the whole server; two provisions at once must not race to create one. Held until the client ends. */
const lock = `SELECT pg_advisory_lock(hashtext('bulkhead provision'))`;

/**
 * Creates or mends every role. A role without a password in `passwords` keeps the one it has, and a new one cannot
 * sign in until it is given one.
 */
export async function createRoles(
  admin: ClientBase,
  passwords: Partial<Record<RoleName, string>>,
): Promise<void> {
  const { rows } = await admin.query<{ name: string; declared: boolean }>(roleAttributes);
  const existing = new Set(rows.map(({ name }) => name));
  // Only a superuser may name some attributes at all, even to leave them as they are.
  const asDeclared = new Set(rows.filter(({ declared }) => declared).map(({ name }) => name));
  const statements = roleNames.flatMap((name) => {
    const role: Role = roles[name];
    const password = passwords[name];
    return [
      ...(existing.has(name) ? [] : [`CREATE ROLE ${name}`]),
      ...(asDeclared.has(name) ? [] : [`ALTER ROLE ${name} ${attributes}`]),
      `ALTER ROLE ${name} RESET ALL`,
      ...(password === undefined
        ? []
        : [`ALTER ROLE ${name} PASSWORD ${escapeLiteral(scramVerifier(password))}`]),
      ...Object.entries(role.settings).map(
        ([key, value]) => `ALTER ROLE ${name} SET ${key} = ${escapeLiteral(value)}`,
      ),
    ];
  });
  await admin.query(`BEGIN; ${statements.join('; ')}; COMMIT`);
}

const roleAttributes = `
  SELECT rolname AS name, rolcanlogin AND NOT (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication OR rolinherit)
      AS declared FROM pg_roles`;

/** SCRAM-SHA-256 verifier (RFC 5803) as Postgres stores it, so that no statement, and no server log, holds a password. */
function scramVerifier(password: string): string {
  const [salt, iterations] = [randomBytes(16), 4096];
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, 32, 'sha256');
  const key = (name: string) => createHmac('sha256', salted).update(name).digest();
  const storedKey = createHash('sha256').update(key('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${key('Server Key').toString('base64')}`;
}

/** Creates the database, owned by `bulkhead_owner`, unless it is there. @returns whether it was created */
export async function createDatabase(admin: ClientBase, name: string): Promise<boolean> {
  if (await isThere(admin, name)) return false;
  await admin.query(
    `CREATE DATABASE ${escapeIdentifier(name)} OWNER ${ownerRole} TEMPLATE template0 ENCODING 'UTF8'`,
  );
  return true;
}

/** Makes it this environment's: who may enter, and its stamp. Run inside that database. */
export async function claimDatabase(
  admin: ClientBase,
  database: string,
  environment: Settings['environment'],
): Promise<void> {
  await closeToStrangers(admin, database);
  await writeStamp(admin, environment);
  await admin.query(`GRANT SELECT ON environment_stamp TO ${roleNames.join(', ')}`);
}

/** Lets our roles, and nobody else, connect to the database and see its schema. */
async function closeToStrangers(admin: ClientBase, database: string): Promise<void> {
  const name = escapeIdentifier(database);
  const everyone = roleNames.join(', ');
  await admin.query(`
    BEGIN;
    REVOKE ALL ON DATABASE ${name} FROM PUBLIC;
    GRANT CONNECT ON DATABASE ${name} TO ${everyone};
    ALTER SCHEMA public OWNER TO ${ownerRole};
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    GRANT USAGE ON SCHEMA public TO ${everyone};
    ALTER DEFAULT PRIVILEGES FOR ROLE ${ownerRole} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
    COMMIT`);
}

export interface ProvisionOptions {
  readonly environment: Settings['environment'];
  /** A superuser's URL; its database is ignored. */
  readonly adminUrl: string;
  readonly database: string;
  readonly passwords: Partial<Record<RoleName, string>>;
}

/**
 * Roles, database, its stamp and the doors to it.
 *
 * @returns whether the database is new
 * @throws StampError before anything is changed, when it, or another database of the server, is another environment's
 */
export async function provision(options: ProvisionOptions): Promise<boolean> {
  const { adminUrl, database, environment, passwords } = options;
  return withClient(databaseUrl(adminUrl, 'postgres'), async (admin) => {
    await admin.query(lock);
    const inside = databaseUrl(adminUrl, database);
    await requireOwnServer(admin, options);
    await createRoles(admin, passwords);
    const created = await createDatabase(admin, database);
    await withClient(inside, (it) => claimDatabase(it, database, environment));
    return created;
  });
}

/**
 * Roles belong to the whole server: an environment that has one to itself keeps its passwords.
 *
 * @throws StampError when a database of the server is, or is called like, another environment's
 */
async function requireOwnServer(
  admin: ClientBase,
  { adminUrl, database, environment }: ProvisionOptions,
): Promise<void> {
  const { rows } = await admin.query<{ name: string; ours: boolean }>(
    `SELECT datname AS name, pg_get_userbyid(datdba) = $1 AS ours FROM pg_database WHERE datallowconn AND NOT datistemplate
      ORDER BY datname <> $2, datname`,
    [ownerRole, database],
  );
  for (const { name, ours } of rows) {
    const called = environmentsCalled(name);
    const other = called.find((each) => each !== environment);
    if (other !== undefined && name !== database) throw new StampError(environment, other, name);
    // Siblings of a local database come and go while we look.
    if (name !== database && (called.length > 0 || !ours)) continue;
    const found = await withClient(databaseUrl(adminUrl, name), readStamp);
    if (found !== undefined && found !== environment)
      throw new StampError(environment, found, name === database ? undefined : name);
  }
}

function environmentsCalled(database: string) {
  return Object.entries(policies)
    .filter(([, { databaseName }]) => databaseName.pattern.test(database))
    .map(([name]) => name as Settings['environment']);
}

async function isThere(admin: ClientBase, database: string): Promise<boolean> {
  return Boolean((await admin.query('SELECT FROM pg_database WHERE datname = $1', [database])).rowCount);
}

export function databaseUrl(
  url: string,
  database: string,
  user?: { name: string; password: string },
): string {
  const result = new URL(url);
  result.pathname = `/${encodeURIComponent(database)}`;
  if (user) [result.username, result.password] = [user.name, encodeURIComponent(user.password)];
  return result.href;
}

/** @param environment compared with the stamp before anything is asked: a command works on no other database (S0.1) */
export async function withClient<Result>(
  url: string,
  use: (client: Client) => Promise<Result>,
  environment?: Settings['environment'],
): Promise<Result> {
  const client = new Client({ connectionString: url, application_name: 'bulkhead operations' });
  await client.connect();
  try {
    if (environment !== undefined) await requireStamp(client, environment);
    return await use(client);
  } finally {
    await client.end();
  }
}
