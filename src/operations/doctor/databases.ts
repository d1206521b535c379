/**
 * Whether environment, database name and stamp are one and the same behind every URL of the settings (S0.1), and whether
 * who signs in there is who should, without powers beyond its door (S3.2).
 */
import { Client } from 'pg';
import { mongoDatabase } from '../../config/setting.types.js';
import type { Settings } from '../../config/settings.js';
import { requireFitRoles, UnfitRoleError } from '../../database/door-role.js';
import { readStamp } from '../../database/stamp.js';
import { errorWord, right, wrong, type DoctorCheck } from './check.js';
import { maskedUrl } from './masked.js';
import type { DoctorDependencies } from './types.js';

const patience = 5_000;

/** The owner alone owns tables. */
const doors = {
  tenant: { setting: 'DATABASE_URL', role: 'bulkhead_tenant', owns: false },
  entry: { setting: 'DATABASE_ENTRY_URL', role: 'bulkhead_entry', owns: false },
  platform: { setting: 'DATABASE_PLATFORM_URL', role: 'bulkhead_platform', owns: false },
  queue: { setting: 'DATABASE_QUEUE_URL', role: 'bulkhead_queue', owns: false },
  direct: { setting: 'DATABASE_DIRECT_URL', role: 'bulkhead_queue', owns: false },
  readonly: { setting: 'DATABASE_READONLY_URL', role: 'bulkhead_readonly', owns: false },
  owner: { setting: 'DATABASE_OWNER_URL', role: 'bulkhead_owner', owns: true },
} as const;
type Door = (typeof doors)[keyof typeof doors];

interface Facts {
  readonly database: string;
  readonly role: string;
  readonly superuser: boolean;
  readonly bypass: boolean;
  readonly stamp: string | undefined;
  readonly unfit: string | undefined;
}

export interface Databases {
  readonly checks: readonly DoctorCheck[];
  /** Whether the platform's door, through which the rest is asked, leads to this environment. */
  readonly entered: boolean;
}

export async function checkDatabases(
  settings: Settings,
  { readMongoStamp }: Pick<DoctorDependencies, 'readMongoStamp'>,
): Promise<Databases> {
  const { databaseName, policy, environment } = settings;
  const named = policy.databaseName.pattern.test(databaseName)
    ? right('environment', 'database name', `${databaseName}, a name of ${environment}`)
    : wrong(
        'environment',
        'database name',
        `${databaseName} is no name of ${environment}`,
        `here it is ${policy.databaseName.words}`,
      );
  const given = (Object.keys(doors) as (keyof typeof doors)[]).flatMap((door) => {
    const url = settings.databaseUrls[door];
    return url === undefined ? [] : [checkDoor(settings, doors[door], url)];
  });
  const checks = (await Promise.all(given)).flat();
  const platform = placeOf(doors.platform, settings.databaseUrls.platform);
  return {
    checks: [named, ...checks, ...adminChecks(settings), await checkMongo(settings, readMongoStamp)],
    entered: checks.some(({ what, where, ok }) => what === 'stamp' && where === platform && ok),
  };
}

function placeOf({ setting }: Door, url: string): string {
  return `${setting} ${maskedUrl(url)}`;
}

async function checkDoor(
  { databaseName, environment }: Settings,
  door: Door,
  url: string,
): Promise<DoctorCheck[]> {
  const where = placeOf(door, url);
  let facts: Facts;
  try {
    facts = await ask(url, door);
  } catch (error) {
    return [
      wrong(
        'database',
        where,
        `cannot be asked (${errorWord(error)})`,
        'start it, or name the right address',
      ),
    ];
  }
  const problems = [
    ...(facts.role === door.role ? [] : [`signs in as ${facts.role}, and must as ${door.role}`]),
    ...(facts.superuser ? [`${facts.role} is a superuser`] : []),
    ...(facts.bypass ? [`${facts.role} has BYPASSRLS`] : []),
    ...(facts.unfit && !facts.superuser ? [facts.unfit] : []),
  ];
  return [
    facts.database === databaseName
      ? right('database', where, `leads to ${databaseName}`)
      : wrong(
          'database',
          where,
          `leads to ${facts.database}, not ${databaseName}`,
          'mend the URL or the pooler',
        ),
    facts.stamp === environment
      ? right('stamp', where, `stamped ${environment}`)
      : wrong(
          'stamp',
          where,
          facts.stamp === undefined
            ? `none, and this is ${environment}`
            : `says ${facts.stamp}, and this is ${environment}`,
          facts.stamp === undefined ? 'npm run ops -- provision' : 'name the right database',
        ),
    problems.length === 0
      ? right('role', where, `${facts.role} with no power beyond its door`)
      : wrong('role', where, problems.join('; '), 'npm run ops -- provision, then npm run ops -- migrate'),
  ];
}

async function ask(connectionString: string, { owns }: Door): Promise<Facts> {
  const client = new Client({
    connectionString,
    application_name: 'bulkhead doctor',
    connectionTimeoutMillis: patience,
    query_timeout: patience,
  });
  // A connection that breaks while nobody waits for it.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<Omit<Facts, 'stamp' | 'unfit'>>(
      `SELECT current_database() AS database, rolname AS role, rolsuper AS superuser, rolbypassrls AS bypass
         FROM pg_roles WHERE rolname = current_user`,
    );
    return { ...rows[0]!, stamp: await readStamp(client), unfit: owns ? undefined : await unfitness(client) };
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function unfitness(client: Client): Promise<string | undefined> {
  try {
    await requireFitRoles([{ query: async <Rows>(text: string) => (await client.query(text)).rows as Rows }]);
    return undefined;
  } catch (error) {
    // What follows the first sentence is a mend, and the check has its own.
    if (error instanceof UnfitRoleError) return error.message.split('. ', 1)[0];
    throw error;
  }
}

/** Only shown: it is `ops provision`'s, which compares the stamp itself. */
function adminChecks({ databaseUrls: { admin } }: Settings): DoctorCheck[] {
  return admin === undefined
    ? []
    : [right('database', `DATABASE_ADMIN_URL ${maskedUrl(admin)}`, 'a superuser, for ops provision only')];
}

async function checkMongo(
  { mongoUrl, databaseName, environment }: Settings,
  readMongoStamp: DoctorDependencies['readMongoStamp'],
): Promise<DoctorCheck> {
  if (mongoUrl === undefined) return right('stamp', 'MONGO_URL', 'not set: the archive is in Postgres');
  const where = `MONGO_URL ${maskedUrl(mongoUrl)}`;
  if (mongoDatabase(mongoUrl) !== databaseName)
    return wrong('stamp', where, `names another database than ${databaseName}`, 'mend the URL');
  if (!readMongoStamp)
    return wrong(
      'stamp',
      where,
      'was not asked: this build has no reader',
      'unset it, or use a build that has',
    );
  try {
    const stamp = await readMongoStamp(mongoUrl);
    if (stamp === environment) return right('stamp', where, `stamped ${environment}`);
    return wrong('stamp', where, `${stamp ?? 'none'}, and this is ${environment}`, 'name the right database');
  } catch (error) {
    return wrong(
      'stamp',
      where,
      `cannot be asked (${errorWord(error)})`,
      'start it, or name the right address',
    );
  }
}
