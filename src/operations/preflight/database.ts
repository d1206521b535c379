/** Whether every door leads to the database of this environment, as itself, and with the structure this build knows. */
import { Client } from 'pg';
import type { Settings } from '../../config/settings.js';
import { migrationState } from '../../database/migrations.js';
import type { RunCheck } from './check.js';
import {
  failed,
  ok,
  skipped,
  type Check,
  type DatabaseFacts,
  type Finding,
  type PreflightDependencies,
} from './types.js';

const patience = 4_000;
const oldest = 15;
const newest = 18;
const doors = {
  tenant: 'bulkhead_tenant',
  entry: 'bulkhead_entry',
  platform: 'bulkhead_platform',
  queue: 'bulkhead_queue',
  direct: 'bulkhead_queue',
  owner: 'bulkhead_owner',
  readonly: 'bulkhead_readonly',
} as const;

type Dependencies = Pick<PreflightDependencies, 'inspectDatabase' | 'appliedMigrations' | 'readMongoStamp'>;

export async function checkDatabases(
  settings: Settings,
  dependencies: Dependencies,
  run: RunCheck,
): Promise<Check[]> {
  const mongo = checkMongo(settings, dependencies, run);
  const stamps = new Map<string, string | undefined>();
  const given = Object.entries(doors).flatMap(([door, role]) => {
    const url = settings.databaseUrls[door as keyof typeof doors];
    return url === undefined ? [] : [{ door, role, url }];
  });
  const reached = await Promise.all(
    given.map(async ({ door, role, url }) =>
      run(`database ${door}`, async () => {
        const facts = await dependencies.inspectDatabase(url);
        stamps.set(door, facts.stamp);
        return databaseFinding(facts, role, settings.databaseName);
      }),
    ),
  );
  const reachable = stamps.has('platform');
  const rest = await Promise.all([
    run('stamp', () => stampFinding(stamps, settings.environment)),
    run('migrations', async () =>
      reachable
        ? migrationsFinding(await dependencies.appliedMigrations(settings.databaseUrls.platform))
        : skipped('not asked: the platform door does not open'),
    ),
    mongo,
  ]);
  return [...reached, ...rest];
}

function databaseFinding({ name, role, version }: DatabaseFacts, wanted: string, database: string): Finding {
  const major = Math.floor(version / 10_000);
  if (name !== database)
    return failed(
      `leads to the database ${name}, and the settings name ${database}`,
      'mend its URL, or the pooler',
    );
  if (role !== wanted)
    return failed(`signs in as ${role}, and should as ${wanted}`, 'mend its URL, or the pooler');
  if (major < oldest || major > newest)
    return failed(
      `Postgres ${major}: this build is tested on ${oldest} to ${newest}`,
      `use ${oldest} to ${newest}`,
    );
  return ok(`${name} on Postgres ${major}, as ${role}`);
}

function stampFinding(stamps: ReadonlyMap<string, string | undefined>, environment: string): Finding {
  if (stamps.size === 0) return skipped('not read: no door opens');
  const wrong = [...stamps].filter(([, stamp]) => stamp !== environment);
  if (wrong.length === 0) return ok(`${environment}, through every door that opens`);
  const words = wrong.map(([door, stamp]) => `${door}: ${stamp ?? 'none'}`).join(', ');
  return failed(
    `the database is not stamped ${environment} (${words})`,
    'name the right database; a new one: ops provision',
  );
}

function migrationsFinding(applied: readonly string[]): Finding {
  const { pending, unknown } = migrationState(applied);
  if (unknown.length > 0)
    return failed(
      `unknown to this build: ${unknown.join(', ')}`,
      'use the build that the database was migrated by',
    );
  if (pending.length > 0) return failed(`pending: ${pending.join(', ')}`, 'npm run ops -- migrate');
  return ok(`all ${applied.length} are applied`);
}

async function checkMongo(
  settings: Settings,
  { readMongoStamp }: Dependencies,
  run: RunCheck,
): Promise<Check> {
  const { mongoUrl, environment } = settings;
  return run('archive stamp', async () => {
    if (mongoUrl === undefined) return skipped('MONGO_URL is not set: the archive is in Postgres');
    const stamp = await readMongoStamp(mongoUrl);
    if (stamp === environment) return ok(`MongoDB is stamped ${environment}`);
    return failed(
      `MongoDB is stamped ${stamp ?? 'by nobody'}, and this is ${environment}`,
      'name the right database',
    );
  });
}

/** Its own connection, which ends by itself when nobody answers. */
export async function inspectDatabase(
  connectionString: string,
  readStamp: (client: Client) => Promise<Settings['environment'] | undefined>,
): Promise<DatabaseFacts> {
  const client = new Client({
    connectionString,
    application_name: 'bulkhead preflight',
    connectionTimeoutMillis: patience,
    query_timeout: patience,
  });
  // A connection that breaks while nobody waits for it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<Omit<DatabaseFacts, 'stamp'>>(
      `SELECT current_database() AS name, current_user AS role, current_setting('server_version_num')::int AS version`,
    );
    return { ...rows[0]!, stamp: await readStamp(client) };
  } finally {
    await client.end().catch(() => undefined);
  }
}
