/** What the database is made of, and what may leave by itself: migrations, catalog, provider modes, flags in force. */
import type { ClientBase } from 'pg';
import type { Settings } from '../../config/settings.js';
import { inspectCatalog } from '../../database/catalog/catalog.js';
import { appliedMigrations, migrationState } from '../../database/migrations.js';
import { providerVendors } from '../../environment/policy.js';
import { right, wrong, type DoctorCheck } from './check.js';

export async function checkMigrations({ databaseUrls, databaseName }: Settings): Promise<DoctorCheck[]> {
  const applied = await appliedMigrations(databaseUrls.platform);
  const { pending, unknown } = migrationState(applied);
  const ahead = unknown.map((name) =>
    wrong('migrations', databaseName, `${name} is unknown to this build`, 'use the build that applied it'),
  );
  const behind = pending.map((name) =>
    wrong('migrations', databaseName, `${name} is pending`, 'npm run ops -- migrate'),
  );
  if (ahead.length + behind.length > 0) return [...ahead, ...behind];
  return [right('migrations', databaseName, `all ${applied.length} are applied`)];
}

/** More than a person reads at once is counted: `ops catalog` lists all. */
const shown = 10;

export async function checkCatalog(client: ClientBase, { databaseName }: Settings): Promise<DoctorCheck[]> {
  const findings = await inspectCatalog(client);
  const where = `tables of ${databaseName}`;
  if (findings.length === 0) return [right('catalog', where, 'exactly what the code declares')];
  const mend = 'npm run ops -- migrate sets grants right; the rest is a migration';
  const more = findings.length - shown;
  return [
    ...findings
      .slice(0, shown)
      .map(({ object, problem }) => wrong('catalog', `${databaseName} ${object}`, problem, mend)),
    ...(more > 0 ? [wrong('catalog', where, `${more} more`, 'npm run ops -- catalog lists them')] : []),
  ];
}

export function checkProviders({ providers, policy }: Settings): DoctorCheck[] {
  return providerVendors.map((vendor) => {
    const [mode, allowed] = [providers[vendor], policy.providers[vendor]];
    const where = `${vendor.toUpperCase()}_PROVIDER`;
    return allowed.includes(mode)
      ? right('provider', where, mode)
      : wrong('provider', where, `${mode} is not allowed here`, `one of ${allowed.join(', ')}`);
  });
}

interface FlagRow {
  readonly killSwitch: boolean | null;
  readonly automationEnabled: boolean | null;
  readonly safeMode: boolean | null;
}

/** None of them is wrong: what is not set is the safer value. */
export async function checkFlags(client: ClientBase, { ceilings }: Settings): Promise<DoctorCheck[]> {
  const { rows } = await client.query<FlagRow>(platformFlags);
  const { rows: organizations } = await client.query<{ all: string; killed: string }>(killedOrganizations);
  const { killSwitch, automationEnabled, safeMode } = rows[0] ?? {
    killSwitch: null,
    automationEnabled: null,
    safeMode: null,
  };
  return [
    right(
      'flags',
      'settings',
      `automation ${word(ceilings.automationEnabled)}, safe mode ${word(ceilings.safeMode)}`,
    ),
    right(
      'flags',
      'platform',
      `kill switch ${word(killSwitch)}, automation ${word(automationEnabled)}, safe mode ${word(safeMode)}`,
    ),
    right(
      'flags',
      'organizations',
      `kill switch on for ${organizations[0]?.killed} of ${organizations[0]?.all}`,
    ),
  ];
}

function word(flag: boolean | null): string {
  return flag === null ? 'not set' : flag ? 'on' : 'off';
}

const platformFlags = `
  SELECT kill_switch AS "killSwitch", automation_enabled AS "automationEnabled", safe_mode AS "safeMode" FROM platform_flags`;

const killedOrganizations = `
  SELECT count(*) AS all, count(*) FILTER (WHERE f.kill_switch) AS killed
    FROM organizations o LEFT JOIN organization_flags f ON f.organization_id = o.id`;
