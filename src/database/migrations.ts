/** Migrations: structure only, run as `bulkhead_owner`, followed by the grants of `roles.ts`. */
import type { Client } from 'pg';
import { DataSource } from 'typeorm';
import type { Settings } from '../config/settings.js';
import { dataSourceOptions } from './doors.js';
import { applyGrants } from './grants.js';
import { withClient } from './provision.js';
import { Foundation1763712000000 } from './migrations/1763712000000-foundation.js';
import { Receipt1763726400000 } from './migrations/1763726400000-receipt.js';
import { PackedBodies1763733600000 } from './migrations/1763733600000-packed-bodies.js';
import { Support1763737200000 } from './migrations/1763737200000-support.js';
import { Automation1763740800000 } from './migrations/1763740800000-automation.js';
import { Environment1763744400000 } from './migrations/1763744400000-environment.js';

export const migrations = [
  Foundation1763712000000,
  Receipt1763726400000,
  PackedBodies1763733600000,
  Support1763737200000,
  Automation1763740800000,
  Environment1763744400000,
];

/** In the order they are applied; TypeORM records a migration under its class name. */
export const migrationNames: readonly string[] = migrations.map(({ name }) => name);

export interface MigrationState {
  readonly pending: readonly string[];
  /** Applied, but not known to this build: the database is ahead of the code. */
  readonly unknown: readonly string[];
}

export function migrationState(applied: readonly string[]): MigrationState {
  return {
    pending: migrationNames.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !migrationNames.includes(name)),
  };
}

/** Applies what is pending, each migration in a transaction of its own. @returns the names applied */
export async function migrateUp(ownerUrl: string, environment: Settings['environment']): Promise<string[]> {
  return alone(ownerUrl, async (client) => {
    const applied = await withMigrations(ownerUrl, environment, (source) =>
      source.runMigrations({ transaction: 'each' }),
    );
    await applyGrants(client);
    return applied.map(({ name }) => name);
  });
}

/** Reverts the newest migration. */
export async function migrateDown(ownerUrl: string, environment: Settings['environment']): Promise<void> {
  await alone(ownerUrl, () =>
    withMigrations(ownerUrl, environment, (source) => source.undoLastMigration({ transaction: 'each' })),
  );
}

/** One process migrates at a time; the others wait, however long it takes, and then find nothing pending. */
async function alone<Result>(ownerUrl: string, work: (client: Client) => Promise<Result>): Promise<Result> {
  return withClient(ownerUrl, async (client) => {
    await client.query('SET lock_timeout = 0');
    await client.query(`SELECT pg_advisory_lock(hashtext('bulkhead migrations'))`);
    await client.query('RESET lock_timeout');
    return work(client);
  });
}

async function withMigrations<Result>(
  ownerUrl: string,
  environment: Settings['environment'],
  work: (source: DataSource) => Promise<Result>,
): Promise<Result> {
  const source = new DataSource({ ...dataSourceOptions(ownerUrl, { poolSize: 1, environment }), migrations });
  await source.initialize();
  try {
    return await work(source);
  } finally {
    await source.destroy();
  }
}

/** The names recorded in the database. @param url of a role that may read `migrations` */
export async function appliedMigrations(url: string): Promise<string[]> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ there: boolean }>(
      `SELECT to_regclass('public.migrations') IS NOT NULL AS there`,
    );
    if (!rows[0]?.there) return [];
    const applied = await client.query<{ name: string }>('SELECT name FROM migrations ORDER BY id');
    return applied.rows.map(({ name }) => name);
  });
}
