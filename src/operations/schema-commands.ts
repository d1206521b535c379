/** What the operator does about the structure of the database: migrate it, and compare it with the code. */
import { exitCode } from '../config/exit-codes.js';
import type { Settings } from '../config/settings.js';
import { inspectCatalog, type Finding } from '../database/catalog/catalog.js';
import { appliedMigrations, migrateUp, migrationState } from '../database/migrations.js';
import { withClient } from '../database/provision.js';
import { MissingSettingError } from './failure.js';
import type { Outcome } from './outcome.js';

export async function migrateCommand({
  databaseUrls,
  databaseName: database,
  policy,
  environment,
}: Settings): Promise<Outcome> {
  if (!databaseUrls.owner) throw new MissingSettingError('DATABASE_OWNER_URL');
  if (policy.migrations === 'certified') {
    const lines = [
      'refused: here migrations run only under a release certificate, which this build cannot check yet (C4)',
    ];
    return { lines, data: { refused: 'certificate-required' }, code: exitCode.refused };
  }
  const { unknown } = migrationState(await appliedMigrations(databaseUrls.owner));
  if (unknown.length > 0) {
    const lines = [
      `refused: ${database} has migrations that this build does not know: ${unknown.join(', ')}`,
    ];
    return { lines, data: { refused: 'unknown-migrations', unknown }, code: exitCode.refused };
  }
  const applied = await migrateUp(databaseUrls.owner, environment);
  const lines = [
    applied.length > 0 ? `applied to ${database}: ${applied.join(', ')}` : `${database} was up to date`,
    'grants are as src/database/roles.ts declares them',
    'next: npm run ops -- catalog',
  ];
  return { lines, data: { database, applied } };
}

export async function catalogCommand({
  databaseUrls,
  databaseName: database,
  environment,
}: Settings): Promise<Outcome> {
  const findings: Finding[] = await withClient(databaseUrls.platform, inspectCatalog, environment);
  const lines = findings.map(({ object, problem }) => `${object}  ${problem}`);
  if (findings.length === 0) lines.push(`${database} is exactly what the code declares`);
  return {
    lines,
    data: { database, findings },
    code: findings.length > 0 ? exitCode.checkFailed : exitCode.ok,
  };
}
