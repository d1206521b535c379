/** Whether every database that the settings name belongs to this environment, as part of what start-up says at once. */
import { Client } from 'pg';
import { postgresUrlParts } from '../config/setting.types.js';
import type { Settings } from '../config/settings.js';
import type { ProcessEnvironment, SettingViolation } from '../config/violation.js';
import { requireStamp, StampError } from '../database/stamp.js';

const databases = [
  'DATABASE_URL',
  'DATABASE_ENTRY_URL',
  'DATABASE_PLATFORM_URL',
  'DATABASE_QUEUE_URL',
  'DATABASE_DIRECT_URL',
  'DATABASE_OWNER_URL',
  'DATABASE_RETENTION_URL',
  'DATABASE_READONLY_URL',
  'DATABASE_BACKUP_URL',
];
const patience = 5_000;

/** One that cannot be asked is no violation: who needs it will say so (exit 69). */
export async function stampViolations(
  env: ProcessEnvironment,
  environment: Settings['environment'],
): Promise<SettingViolation[]> {
  const named = databases.filter((setting) => postgresUrlParts(env[setting] ?? ''));
  const found = await Promise.all(
    named.map(async (setting) => {
      const problem = await problemOf(env[setting]!, environment);
      return problem === undefined ? [] : [{ setting, problem: `leads to the wrong place: ${problem}` }];
    }),
  );
  return found.flat();
}

async function problemOf(
  connectionString: string,
  environment: Settings['environment'],
): Promise<string | undefined> {
  const client = new Client({
    connectionString,
    application_name: 'bulkhead start-up',
    connectionTimeoutMillis: patience,
    query_timeout: patience,
  });
  // A connection that breaks while nobody waits for it.
  client.on('error', () => undefined);
  try {
    if (!(await connects(client))) return undefined;
    await requireStamp(client, environment);
    return undefined;
  } catch (error) {
    // Reached, and it will not say: as bad as a wrong answer.
    return error instanceof StampError ? error.message : 'the database does not say which environment it is';
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function connects(client: Client): Promise<boolean> {
  return client.connect().then(
    () => true,
    () => false,
  );
}
