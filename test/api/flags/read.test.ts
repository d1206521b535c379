/** What holds is the safest of three levels: the organization's, the platform's and the settings of the process. */
import { randomUUID } from 'node:crypto';
import type { Agent } from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { SignedIn } from '../../support/factory.js';

let t: TestApp;
/** The same application under every pair of ceilings. */
let processes: { http: () => Agent; automation: boolean; safeMode: boolean }[];
beforeAll(async () => {
  t = await startTestApp();
  processes = [];
  for (const automation of [true, false]) {
    for (const safeMode of [true, false]) {
      const settings = { AUTOMATION_ENABLED: String(automation), SAFE_MODE: String(safeMode) };
      processes.push({ http: await t.another(settings), automation, safeMode });
    }
  }
});
afterAll(() => t.close());

interface Level {
  readonly automationEnabled: boolean | null;
  readonly safeMode: boolean | null;
  readonly killSwitch: boolean;
}
type Ladder = 'routing' | 'drafts' | 'whitelist' | null;
/** Null: the row was never made. */
type OrganizationLevel = (Level & { readonly ladder: Ladder }) | null;

const read = async ({ bearer }: SignedIn, http = t.http) =>
  (await http().get('/v1/flags').set(bearer).expect(200)).body as Record<string, unknown>;

async function setOrganization({ organizationId }: SignedIn, level: OrganizationLevel): Promise<void> {
  await t.admin.query('DELETE FROM organization_flags WHERE organization_id = $1', [organizationId]);
  if (!level) return;
  await t.admin.query(
    `INSERT INTO organization_flags (organization_id, id, automation_enabled, safe_mode, kill_switch, ladder)
     VALUES ($1, $2, $3, $4, $5, $6)`,
    [organizationId, randomUUID(), level.automationEnabled, level.safeMode, level.killSwitch, level.ladder],
  );
}

async function setPlatform(level: Level | null): Promise<void> {
  await t.admin.query('DELETE FROM platform_flags');
  if (!level) return;
  await t.admin.query(
    `INSERT INTO platform_flags (name, automation_enabled, safe_mode, kill_switch) VALUES ('platform', $1, $2, $3)`,
    [level.automationEnabled, level.safeMode, level.killSwitch],
  );
}

const unsaid = [null, false, true] as const;
/** Every level there can be, and that there is none. */
const levels: (Level | null)[] = [
  null,
  ...unsaid.flatMap((automationEnabled) =>
    unsaid.flatMap((safeMode) =>
      [false, true].map((killSwitch) => ({ automationEnabled, safeMode, killSwitch })),
    ),
  ),
];
const permissive = { automationEnabled: true, safeMode: false, killSwitch: false };
const safest = { killedBy: [], automationEnabled: false, safeMode: true, ladder: 'routing' };

test('nothing was ever set: the automation is off, safe mode is on, and a person reads everything', async () => {
  await setPlatform(null);
  const expected = { effective: safest, organization: null, platform: null };
  expect(await read(await t.make.signedIn({ role: 'viewer' }))).toEqual(expected);
});

test('organization × platform × settings: each can narrow what the others permit, and none can widen it', async () => {
  const ladders = ['whitelist', 'drafts', 'routing', null] as const;
  const organizations: { member: SignedIn; level: OrganizationLevel }[] = [];
  for (const [index, each] of levels.entries()) {
    const level = each && { ...each, ladder: ladders[index % 4]! };
    const member = await t.make.signedIn({ role: 'viewer' });
    await setOrganization(member, level);
    organizations.push({ member, level });
  }
  let permitted = 0;
  for (const platform of levels) {
    await setPlatform(platform);
    const checks = organizations.flatMap(({ member, level }) =>
      processes.map(async ({ http, automation, safeMode }) => {
        const automationEnabled =
          automation && level?.automationEnabled === true && platform?.automationEnabled === true;
        const killedBy = [
          ...(level?.killSwitch ? ['organization'] : []),
          ...(platform?.killSwitch ? ['platform'] : []),
        ];
        const unsafe = !safeMode && level?.safeMode === false && platform?.safeMode === false;
        if (automationEnabled && unsafe && killedBy.length === 0) permitted += 1;
        const ladder = level?.ladder ?? 'routing';
        const effective = { killedBy, automationEnabled, safeMode: !unsafe, ladder };
        expect(await read(member, http)).toEqual({ effective, organization: level, platform });
      }),
    );
    await Promise.all(checks);
  }
  expect(organizations.length * levels.length * processes.length).toBe(19 * 19 * 4);
  // Of all these only the one where everybody says so.
  expect(permitted).toBe(1);
});

test.each(['routing', 'drafts', 'whitelist', null] as const)(
  'the ladder is the organization’s: %s',
  async (ladder) => {
    await setPlatform(permissive);
    const member = await t.make.signedIn();
    await setOrganization(member, { ...permissive, ladder });
    const { effective } = await read(member);
    const expected = { killedBy: [], automationEnabled: true, safeMode: false, ladder: ladder ?? 'routing' };
    expect(effective).toEqual(expected);
  },
);

test('local settings are no ceiling; AUTOMATION_ENABLED=false and SAFE_MODE=true are, each for itself', async () => {
  await setPlatform(permissive);
  const member = await t.make.signedIn();
  await setOrganization(member, { ...permissive, ladder: 'whitelist' });
  const open = { killedBy: [], automationEnabled: true, safeMode: false, ladder: 'whitelist' };
  const shown = { organization: { ...permissive, ladder: 'whitelist' }, platform: permissive };
  expect(await read(member)).toEqual({ effective: open, ...shown });
  const off = await t.another({ AUTOMATION_ENABLED: 'false' });
  expect(await read(member, off)).toEqual({ effective: { ...open, automationEnabled: false }, ...shown });
  const safe = await t.another({ SAFE_MODE: 'true' });
  expect(await read(member, safe)).toEqual({ effective: { ...open, safeMode: true }, ...shown });
});

test('what is set is answered by the next request, and nobody else’s is', async () => {
  await setPlatform(permissive);
  const [member, stranger] = [await t.make.signedIn(), await t.make.signedIn()];
  await setOrganization(stranger, { ...permissive, killSwitch: true, ladder: 'whitelist' });
  expect(await read(member)).toEqual({ effective: safest, organization: null, platform: permissive });
  await setOrganization(member, { ...permissive, ladder: 'drafts' });
  expect(await read(member)).toMatchObject({ effective: { automationEnabled: true, ladder: 'drafts' } });
  await setPlatform({ ...permissive, killSwitch: true });
  expect(await read(member)).toMatchObject({ effective: { killedBy: ['platform'] } });
  await setPlatform({ ...permissive, killSwitch: false });
  expect(await read(member)).toMatchObject({ effective: { killedBy: [] } });
  expect(await read(stranger)).toMatchObject({
    effective: { killedBy: ['organization'], ladder: 'whitelist' },
  });
});

test('a ladder that is none we know, or a second platform, cannot be stored', async () => {
  await setPlatform(permissive);
  const member = await t.make.signedIn();
  const ladder = 'everything' as Ladder;
  await expect(setOrganization(member, { ...permissive, ladder })).rejects.toMatchObject({ code: '23514' });
  const second = t.admin.query(
    `INSERT INTO platform_flags (name, automation_enabled) VALUES ('second', true)`,
  );
  await expect(second).rejects.toMatchObject({ code: '23514' });
});

test.each(['viewer', 'agent', 'admin', 'owner'] as const)(
  'who may read: %s; nobody may write',
  async (role) => {
    const member = await t.make.signedIn({ role });
    await read(member);
    for (const method of ['post', 'put', 'patch', 'delete'] as const) {
      const answer = await t.http()[method]('/v1/flags').set(member.bearer).send({ automationEnabled: true });
      expect(answer.status).toBe(404);
    }
  },
);
