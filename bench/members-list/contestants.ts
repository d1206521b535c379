/** Who takes part: the application or a bare server, each with a key of its own and tokens signed with it. */
import { join } from 'node:path';
import type { BenchDatabase } from '../bench-database.js';
import type { Entry, Field } from '../field.js';
import { keySettingsWith, newKey } from '../keys.js';
import { checkMembers } from './answer.js';
import { membersRequests } from './data.js';

export type Variant = 'awaited' | 'joined';

export async function addApp(field: Field, name: string, database: BenchDatabase): Promise<void> {
  const key = newKey();
  const entry = await entryOf(name, database, key);
  await field.addApp(entry, database, keySettingsWith({ ACCESS_TOKEN_KEYS: key }));
}

export async function addBare(
  field: Field,
  name: string,
  database: BenchDatabase,
  variant: Variant,
): Promise<void> {
  const key = newKey();
  const environment = { DATABASE_URL: database.superuserUrl, TOKEN_KEY: key, BARE_VARIANT: variant };
  const entry = await entryOf(name, database, key);
  await field.add(entry, join(import.meta.dirname, 'bare.process.js'), environment);
}

async function entryOf(name: string, { superuserUrl }: BenchDatabase, key: string): Promise<Entry> {
  const requests = await membersRequests(superuserUrl, key);
  return { name, requests, check: checkMembers(requests) };
}
