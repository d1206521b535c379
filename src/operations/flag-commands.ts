/** Reads and sets flags and kill switches, until platform-admin does. Outside production only. */
import { v7 as uuidv7 } from 'uuid';
import { ladderSteps } from '../automation/effective-state.js';
import { exitCode } from '../config/exit-codes.js';
import type { Settings } from '../config/settings.js';
import { withClient } from '../database/provision.js';
import { UsageError } from './failure.js';
import type { Outcome } from './outcome.js';

export interface FlagOptions {
  readonly organization?: string;
  readonly platform?: boolean;
  readonly automation?: string;
  readonly safeMode?: string;
  readonly ladder?: string;
  readonly killSwitch?: string;
}

/** Undefined: leave as it is. */
interface Change {
  readonly automationEnabled: boolean | undefined;
  readonly safeMode: boolean | undefined;
  readonly ladder: string | undefined;
  readonly killSwitch: boolean | undefined;
}

interface Row {
  readonly level: string;
  readonly killSwitch: boolean | null;
  readonly automationEnabled: boolean | null;
  readonly safeMode: boolean | null;
  readonly ladder: string | null;
}

export async function flagsCommand(settings: Settings, options: FlagOptions): Promise<Outcome> {
  const change = changeIn(options);
  const changes = Object.values(change).some((value) => value !== undefined);
  if (changes) {
    if (settings.policy.migrations === 'certified' && !isBrake(change)) {
      const lines = [
        'refused: here flags are set through platform-admin, which this build has not yet (S0.3); only a kill switch is turned on',
      ];
      return { lines, data: { refused: 'platform-admin-only' }, code: exitCode.refused };
    }
    if (options.platform) await setPlatform(settings, change);
    else await setOrganization(settings, options.organization, change);
  }
  const rows = await withClient(
    settings.databaseUrls.platform,
    async (client) => (await client.query<Row>(allFlags, [options.organization ?? null])).rows,
    settings.environment,
  );
  if (options.organization && rows.every(({ level }) => level !== options.organization))
    throw new UsageError(`there is no organization ${options.organization}`);
  const lines = rows.map(
    ({ level, killSwitch, automationEnabled, safeMode, ladder }) =>
      `${level.padEnd(24)} kill switch ${word(killSwitch)}, automation ${word(automationEnabled)}, safe mode ${word(safeMode)}${level === 'platform' ? '' : `, ladder ${ladder ?? 'not set (routing)'}`}`,
  );
  const { automationEnabled, safeMode } = settings.ceilings;
  lines.push(`${'settings'.padEnd(24)} automation ${word(automationEnabled)}, safe mode ${word(safeMode)}`);
  if (changes) lines.push('set; it holds for every claim from now on');
  else
    lines.push(
      'next: npm run ops -- flags --organization <slug> --kill-switch on (or --platform, --automation, --safe-mode, --ladder)',
    );
  return { lines, data: { flags: rows, settings: settings.ceilings } };
}

/** To stop everything is always safe, and must not wait for an approval. */
function isBrake({ killSwitch, automationEnabled, safeMode, ladder }: Change): boolean {
  return killSwitch === true && [automationEnabled, safeMode, ladder].every((each) => each === undefined);
}

/** @throws UsageError */
function changeIn({ automation, safeMode, ladder, killSwitch, organization, platform }: FlagOptions): Change {
  if (ladder !== undefined && !ladderSteps.some((step) => step === ladder))
    throw new UsageError(`--ladder is one of ${ladderSteps.join(', ')}`);
  const change = {
    automationEnabled: onOff('--automation', automation),
    safeMode: onOff('--safe-mode', safeMode),
    killSwitch: onOff('--kill-switch', killSwitch),
    ladder,
  };
  const any = Object.values(change).some((value) => value !== undefined);
  if (any && Boolean(organization) === Boolean(platform))
    throw new UsageError('say whose: --organization <slug>, or --platform');
  if (platform && ladder !== undefined) throw new UsageError('the platform has no ladder; organizations do');
  return change;
}

function onOff(option: string, given: string | undefined): boolean | undefined {
  if (given !== undefined && given !== 'on' && given !== 'off')
    throw new UsageError(`${option} is on or off`);
  return given === undefined ? undefined : given === 'on';
}

async function setPlatform({ databaseUrls, environment }: Settings, change: Change): Promise<void> {
  const { killSwitch, automationEnabled, safeMode } = change;
  await withClient(
    databaseUrls.platform,
    async (client) => {
      await client.query(
        `INSERT INTO platform_flags AS f (name, kill_switch, automation_enabled, safe_mode)
       VALUES ('platform', coalesce($1, false), $2, $3)
       ON CONFLICT (name) DO UPDATE SET kill_switch = coalesce($1, f.kill_switch),
         automation_enabled = coalesce($2, f.automation_enabled), safe_mode = coalesce($3, f.safe_mode),
         version = f.version + 1, updated_at = now()`,
        [killSwitch ?? null, automationEnabled ?? null, safeMode ?? null],
      );
    },
    environment,
  );
}

/** Through the organization's own door: row-level security holds for commands too. */
async function setOrganization(
  { databaseUrls, environment }: Settings,
  slug: string | undefined,
  { killSwitch, automationEnabled, safeMode, ladder }: Change,
): Promise<void> {
  const found = await withClient(
    databaseUrls.platform,
    async (client) => {
      const text = 'SELECT id, status FROM organizations WHERE slug = $1';
      return (await client.query<{ id: string; status: string }>(text, [slug])).rows[0];
    },
    environment,
  );
  if (!found) throw new UsageError(`there is no organization ${slug}`);
  // Nothing of it leaves as it is: its door is closed to jobs too.
  if (found.status !== 'active') throw new UsageError(`${slug} is ${found.status}: activate it first`);
  const { id } = found;
  await withClient(
    databaseUrls.tenant,
    async (client) => {
      await client.query('BEGIN');
      await client.query('SELECT auth_assert($1, NULL, NULL, NULL)', [id]);
      await client.query(
        `INSERT INTO organization_flags AS f (organization_id, id, kill_switch, automation_enabled, safe_mode, ladder)
       VALUES ($1, $2, coalesce($3, false), $4, $5, $6)
       ON CONFLICT (organization_id) DO UPDATE SET kill_switch = coalesce($3, f.kill_switch),
         automation_enabled = coalesce($4, f.automation_enabled), safe_mode = coalesce($5, f.safe_mode),
         ladder = coalesce($6, f.ladder), version = f.version + 1, updated_at = now()`,
        [id, uuidv7(), killSwitch ?? null, automationEnabled ?? null, safeMode ?? null, ladder ?? null],
      );
      await client.query('COMMIT');
    },
    environment,
  );
}

function word(flag: boolean | null): string {
  return flag === null ? 'not set' : flag ? 'on' : 'off';
}

const allFlags = `
  SELECT 'platform' AS level, kill_switch AS "killSwitch", automation_enabled AS "automationEnabled",
         safe_mode AS "safeMode", NULL AS ladder FROM platform_flags
  UNION ALL
  SELECT o.slug, f.kill_switch, f.automation_enabled, f.safe_mode, f.ladder
    FROM organizations o LEFT JOIN organization_flags f ON f.organization_id = o.id
   WHERE $1::text IS NULL OR o.slug = $1
   ORDER BY level`;
