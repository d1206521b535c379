/** `ops flags`, as it is typed: what it prints, what it sets, and how it ends. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { loadSettings } from '../../src/config/settings.js';
import { runCommand } from '../../src/operations/commands.js';
import { flagsCommand } from '../../src/operations/flag-commands.js';
import { roleUrls } from '../../src/operations/local-environment.js';
import { completeSettings } from '../config/complete-settings.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { testKeys } from '../support/database.js';
import type { SignedIn } from '../support/factory.js';

let t: TestApp;
let member: SignedIn;
let other: SignedIn;
beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

beforeEach(async () => {
  await t.admin.query('DELETE FROM platform_flags');
  await t.admin.query('DELETE FROM organization_flags');
  await t.admin.query(
    `UPDATE organizations SET slug = 'old-' || id WHERE slug IN ('first-shop', 'other-shop')`,
  );
  [member, other] = [await t.make.signedIn(), await t.make.signedIn()];
  await named(member, 'first-shop');
  await named(other, 'other-shop');
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const named = async ({ organizationId }: SignedIn, slug: string) =>
  t.admin.query('UPDATE organizations SET slug = $2 WHERE id = $1', [organizationId, slug]);

const environment = (): Record<string, string> => {
  const { adminUrl, passwords } = inject('postgres');
  const urls = roleUrls(adminUrl, t.database.name, (role) => passwords[role]!) as Record<string, string>;
  return { APP_ENV: 'local', ...urls, ...testKeys };
};

/** As from the shell. */
async function ops(args: string[], env = environment()) {
  const printed = { out: '', error: '' };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => {
    printed.out += `${line}\n`;
  });
  const error = vi.spyOn(console, 'error').mockImplementation((line: string) => {
    printed.error += `${line}\n`;
  });
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    printed.error += String(text);
    return true;
  });
  const code = await runCommand(['flags', ...args], () => undefined);
  for (const spy of [log, error, write]) spy.mockRestore();
  vi.unstubAllEnvs();
  return { code, ...printed };
}
const first = ['--organization', 'first-shop'];

/** What is stored, of the two organizations and the platform. */
async function stored() {
  const organizations = await t.admin.query(
    `SELECT o.slug, kill_switch, automation_enabled, safe_mode, ladder, f.version
       FROM organization_flags f JOIN organizations o ON o.id = f.organization_id ORDER BY o.slug`,
  );
  const platform = await t.admin.query(
    'SELECT kill_switch, automation_enabled, safe_mode, version FROM platform_flags',
  );
  return { organizations: organizations.rows as object[], platform: platform.rows as object[] };
}
const nothing = { organizations: [], platform: [] };
const effectiveOf = async ({ bearer }: SignedIn) =>
  (await t.http().get('/v1/flags').set(bearer).expect(200)).body.effective as object;
const lineOf = (out: string, level: string) => out.split('\n').find((line) => line.startsWith(`${level} `));

describe('shows', () => {
  test('every organization and the settings, and what to do next; nothing is written', async () => {
    const { code, out, error } = await ops([]);
    expect([code, error]).toEqual([0, '']);
    for (const slug of ['first-shop', 'other-shop'])
      expect(lineOf(out, slug)).toBe(
        `${slug.padEnd(24)} kill switch not set, automation not set, safe mode not set, ladder not set (routing)`,
      );
    expect(lineOf(out, 'settings')).toBe(`${'settings'.padEnd(24)} automation on, safe mode off`);
    expect(lineOf(out, 'platform')).toBeUndefined();
    expect(out).toMatch(/next: .*--kill-switch on.*\n$/);
    expect(await stored()).toEqual(nothing);
  });

  test('what was set, and the ceilings of this process', async () => {
    await ops([...first, '--automation', 'on', '--safe-mode', 'off', '--ladder', 'drafts']);
    await ops(['--platform', '--kill-switch', 'on']);
    const env = { ...environment(), AUTOMATION_ENABLED: 'false', SAFE_MODE: 'true' };
    const { out } = await ops([], env);
    expect(lineOf(out, 'first-shop')).toBe(
      `${'first-shop'.padEnd(24)} kill switch off, automation on, safe mode off, ladder drafts`,
    );
    expect(lineOf(out, 'platform')).toBe(
      `${'platform'.padEnd(24)} kill switch on, automation not set, safe mode not set`,
    );
    expect(lineOf(out, 'settings')).toBe(`${'settings'.padEnd(24)} automation off, safe mode on`);
  });

  test('--json: the same as data, on one line', async () => {
    await ops([...first, '--kill-switch', 'on']);
    const { code, out } = await ops(['--json']);
    expect(code).toBe(0);
    expect(out.trim()).not.toContain('\n');
    const { flags, settings } = JSON.parse(out) as { flags: { level: string }[]; settings: object };
    expect(settings).toEqual({ automationEnabled: true, safeMode: false });
    const unset = { killSwitch: null, automationEnabled: null, safeMode: null, ladder: null };
    expect(flags).toContainEqual({ level: 'first-shop', ...unset, killSwitch: true });
    expect(flags).toContainEqual({ level: 'other-shop', ...unset });
    expect(flags.map(({ level }) => level)).not.toContain('platform');
  });
});

describe('sets', () => {
  test('an organization’s: stored, shown, and what its members see; nobody else’s', async () => {
    await ops(['--platform', '--automation', 'on', '--safe-mode', 'off']);
    const before = await effectiveOf(other);
    const options = ['--automation', 'on', '--safe-mode', 'off', '--ladder', 'whitelist'];
    const { code, out } = await ops([...first, ...options]);
    expect(code).toBe(0);
    expect(lineOf(out, 'first-shop')).toContain('automation on, safe mode off, ladder whitelist');
    expect(out).toMatch(/set; it holds for every claim from now on\n$/);
    expect((await stored()).organizations).toEqual([
      {
        slug: 'first-shop',
        kill_switch: false,
        automation_enabled: true,
        safe_mode: false,
        ladder: 'whitelist',
        version: 1,
      },
    ]);
    const open = { killedBy: [], automationEnabled: true, safeMode: false, ladder: 'whitelist' };
    expect(await effectiveOf(member)).toEqual(open);
    expect(await effectiveOf(other)).toEqual(before);
  });

  test('the platform’s, above every organization’s', async () => {
    const { code, out } = await ops(['--platform', '--kill-switch', 'on', '--safe-mode', 'off']);
    expect(code).toBe(0);
    expect(lineOf(out, 'platform')).toContain('kill switch on, automation not set, safe mode off');
    const row = { kill_switch: true, automation_enabled: null, safe_mode: false, version: 1 };
    expect(await stored()).toEqual({ organizations: [], platform: [row] });
    for (const each of [member, other])
      expect(await effectiveOf(each)).toMatchObject({ killedBy: ['platform'] });
  });

  test('what is named, and leaves the rest as it is', async () => {
    await ops([...first, '--automation', 'on', '--ladder', 'drafts']);
    await ops([...first, '--kill-switch', 'on']);
    await ops([...first, '--kill-switch', 'off', '--automation', 'off']);
    await ops(['--platform', '--automation', 'on']);
    await ops(['--platform', '--kill-switch', 'on']);
    await ops(['--platform', '--safe-mode', 'off']);
    expect(await stored()).toEqual({
      organizations: [
        {
          slug: 'first-shop',
          kill_switch: false,
          automation_enabled: false,
          safe_mode: null,
          ladder: 'drafts',
          version: 3,
        },
      ],
      platform: [{ kill_switch: true, automation_enabled: true, safe_mode: false, version: 3 }],
    });
  });

  test('a kill switch stays on whatever else is set, until it is named', async () => {
    for (const whose of [first, ['--platform']]) {
      await ops([...whose, '--kill-switch', 'on']);
      await ops([...whose, '--automation', 'on']);
      await ops([...whose, '--safe-mode', 'off']);
    }
    await ops([...first, '--ladder', 'whitelist']);
    expect(await effectiveOf(member)).toEqual({
      killedBy: ['organization', 'platform'],
      automationEnabled: true,
      safeMode: false,
      ladder: 'whitelist',
    });
    await ops([...first, '--kill-switch', 'off']);
    expect(await effectiveOf(member)).toMatchObject({ killedBy: ['platform'] });
  });

  test('--json: what holds after it', async () => {
    const { out } = await ops(['--platform', '--automation', 'off', '--json']);
    const { flags } = JSON.parse(out) as { flags: object[] };
    const platform = { level: 'platform', killSwitch: false, automationEnabled: false };
    expect(flags).toContainEqual({ ...platform, safeMode: null, ladder: null });
  });

  test('twice at once: both hold', async () => {
    const settings = t.database.settings();
    const of = { organization: 'first-shop' };
    await Promise.all([
      flagsCommand(settings, { ...of, automation: 'on' }),
      flagsCommand(settings, { ...of, ladder: 'drafts' }),
      flagsCommand(settings, { platform: true, automation: 'on' }),
      flagsCommand(settings, { platform: true, safeMode: 'off' }),
    ]);
    expect(await stored()).toMatchObject({
      organizations: [{ automation_enabled: true, ladder: 'drafts', version: 2 }],
      platform: [{ automation_enabled: true, safe_mode: false, version: 2 }],
    });
  });
});

test.each([
  ['a flag that is neither on nor off', [...first, '--automation', 'yes'], '--automation is on or off'],
  ['safe mode in capitals', [...first, '--safe-mode', 'ON'], '--safe-mode is on or off'],
  ['an empty kill switch', [...first, '--kill-switch', ''], '--kill-switch is on or off'],
  ['an unknown step', [...first, '--ladder', 'all'], '--ladder is one of routing, drafts, whitelist'],
  ['nobody’s flag', ['--automation', 'on'], 'say whose'],
  ['everybody’s flag', [...first, '--platform', '--automation', 'on'], 'say whose'],
  ['a ladder of the platform', ['--platform', '--ladder', 'drafts'], 'the platform has no ladder'],
  [
    'an organization that is not there',
    ['--organization', 'no-shop', '--automation', 'on'],
    'there is no organization no-shop',
  ],
  ['an option without a value', [...first, '--automation'], 'argument missing'],
  ['an unknown option', ['--colour', 'red'], 'unknown option'],
])('who says %s is told so, with 2, and sets nothing', async (_what, args, said) => {
  const { code, out, error } = await ops(args);
  expect([code, out]).toEqual([2, '']);
  expect(error).toContain(said);
  expect(await stored()).toEqual(nothing);
});

test('one that is not there is said so when it is only asked for', async () => {
  const { code, error } = await ops(['--organization', 'no-shop']);
  expect([code, error]).toEqual([2, expect.stringContaining('there is no organization no-shop')]);
});

test('an organization by its id instead of its slug is not there', async () => {
  const { code, error } = await ops(['--organization', member.organizationId, '--kill-switch', 'on']);
  expect([code, error]).toEqual([2, expect.stringContaining('there is no organization')]);
});

describe('S0.3: in production', () => {
  test.each([
    ['an organization’s', { organization: 'first-shop', killSwitch: 'off' }],
    ['the platform’s', { platform: true, automation: 'on' }],
  ])('sets nothing by command: %s', async (_whose, options) => {
    // Its database is nowhere: it is refused before anybody asks for one.
    const production = loadSettings(completeSettings('production'), 'operate');
    expect(await flagsCommand(production, options)).toEqual({
      lines: [expect.stringContaining('refused')],
      data: { refused: 'platform-admin-only' },
      code: 77,
    });
  });

  test('but a kill switch is turned on: to stop is always safe', async () => {
    // Let through, and then in vain: that database is nowhere.
    const production = loadSettings(completeSettings('production'), 'operate');
    await expect(flagsCommand(production, { platform: true, killSwitch: 'on' })).rejects.toThrow(
      'ECONNREFUSED',
    );
    const more = { platform: true, killSwitch: 'on', automation: 'on' };
    expect(await flagsCommand(production, more)).toMatchObject({ code: 77 });
  });

  test('ends with 77, as lines and as data; what is wrong anyway still ends with 2', async () => {
    const env = completeSettings('production');
    const lines = await ops(['--platform', '--automation', 'on'], env);
    expect(lines).toMatchObject({ code: 77, out: expect.stringContaining('platform-admin') });
    const data = await ops(['--platform', '--automation', 'on', '--json'], env);
    expect([data.code, JSON.parse(data.out)]).toEqual([77, { refused: 'platform-admin-only' }]);
    expect((await ops(['--platform', '--automation', 'yes'], env)).code).toBe(2);
    expect(await stored()).toEqual(nothing);
  });
});
