/** What preflight says of a staging that is right, and of one that is wrong in one thing (S1.1). */
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadSettings, SettingsError, type Settings } from '../../../src/config/settings.js';
import { migrationNames } from '../../../src/database/migrations.js';
import { UsageError } from '../../../src/operations/failure.js';
import { completeSettings, secrets, without } from '../../config/complete-settings.js';
import { fingerprintsOf, keyIdOf } from '../../../src/operations/preflight/fingerprints.js';
import type { PreflightDependencies } from '../../../src/operations/preflight/types.js';
import { checkIn, failedIn, fingerprintKey, names, newStaging, type Staging } from './setup.js';

let staging: Staging;
beforeEach(async () => void (staging = await newStaging()));
afterEach(() => staging.stop());
const error = (type: string) => ({ status: 400, type });
const inspected = { name: 'bulkhead_staging', version: 170_004, stamp: 'staging' as const };
const roleOf = (url: string) => new URL(url).username;

test('all is right: 0, every check in the artifact, stand-ins are skipped and never ok', async () => {
  const { code, artifact, lines } = await staging.run();
  expect([code, failedIn(artifact)]).toEqual([0, []]);
  expect(artifact).toMatchObject({
    kind: 'bulkhead-preflight',
    environment: 'staging',
    region: 'us-east-2',
    account: '012345678901',
  });
  expect(artifact.checks.filter(({ status }) => status === 'ok').map(({ name }) => name)).toEqual([
    'environment',
    'region',
    'account',
    `secret ${names.databases}`,
    `secret ${names.keys}`,
    `parameter ${names.killSwitch}`,
    'settings',
    'database tenant',
    'database entry',
    'database platform',
    'database queue',
    'stamp',
    'migrations',
  ]);
  expect(checkIn(artifact, 'account')?.detail).toBe('012345678901, as assumed-role/bulkhead-staging');
  for (const vendor of ['shopify', 'whatsapp', 'richpanel', 'openai', 'email'])
    expect(checkIn(artifact, `vendor ${vendor}`)).toMatchObject({
      status: 'skipped',
      detail: expect.stringContaining('mock'),
    });
  expect(lines).toContain('13 ok, 0 failed, 6 skipped');
});

test('the artifact is its owner’s alone, whole, and alone in its folder', async () => {
  await staging.run();
  await staging.run();
  const folder = join(staging.folder, 'made/when-needed');
  expect(readdirSync(folder)).toEqual(['preflight.json']);
  expect(statSync(join(folder, 'preflight.json')).mode & 0o777).toBe(0o600);
});

describe('the account', () => {
  test('another one: 1, its own line, and no secret or parameter is asked for', async () => {
    staging.aws.state.account = '999999999999';
    const { code, artifact } = await staging.run();
    expect([code, failedIn(artifact)]).toEqual([1, ['account', 'settings']]);
    expect(checkIn(artifact, 'account')?.detail).toMatch(/012345678901.*999999999999/);
    expect(artifact.account).toBe('999999999999');
    expect(staging.aws.asked).toEqual(['GetCallerIdentity']);
    expect(checkIn(artifact, `secret ${names.keys}`)?.status).toBe('skipped');
    expect(checkIn(artifact, 'databases')?.status).toBe('skipped');
  });

  test('compared as text: 012345678901 is not 12345678901', async () => {
    staging.aws.state.account = '12345678901';
    const { artifact } = await staging.run();
    expect(failedIn(artifact)).toContain('account');
  });

  test('refused credentials', async () => {
    staging.aws.state.errors.set('GetCallerIdentity', { status: 403, type: 'InvalidClientTokenId' });
    const { code, artifact } = await staging.run();
    expect(code).toBe(1);
    expect(checkIn(artifact, 'account')?.detail).toContain('credentials were refused');
  });

  test('none is named: failed in staging', async () => {
    const env = { ...staging.env, ...completeSettings('staging') };
    const bare = without(env, 'AWS_ACCOUNT_ID', 'AWS_REGION');
    const { code, artifact } = await staging.run({ env: bare });
    expect([code, failedIn(artifact)]).toEqual([1, ['region', 'account']]);
    expect(staging.aws.asked).toEqual([]);
  });

  test('C15: in local it is for those who have one', async () => {
    const local = {
      env: completeSettings('local'),
      inspectDatabase: async (url: string) => ({
        ...inspected,
        name: 'bulkhead_local',
        role: roleOf(url),
        stamp: 'local' as const,
      }),
    };
    const without_ = await staging.run(local, { env: 'dev' });
    expect([without_.code, failedIn(without_.artifact)]).toEqual([0, []]);
    expect(checkIn(without_.artifact, 'account')?.status).toBe('skipped');
    staging.aws.state.parameters.set('/bulkhead/local/kill-switch', 'off');
    const aws = { AWS_ACCOUNT_ID: staging.aws.state.account, AWS_REGION: 'us-east-2' };
    const withOne = await staging.run({ ...local, env: { ...local.env, ...aws } }, { env: 'local' });
    expect([withOne.code, checkIn(withOne.artifact, 'account')?.status]).toEqual([0, 'ok']);
  });
});

test('another region: 1', async () => {
  const { code, artifact } = await staging.run({}, { region: 'eu-west-1' });
  expect([code, failedIn(artifact)]).toEqual([1, ['region']]);
});

test('--env says otherwise: 1, and nothing is asked at all', async () => {
  const { code, artifact } = await staging.run({}, { env: 'production' });
  expect([code, failedIn(artifact)]).toEqual([1, ['environment']]);
  expect(artifact.checks).toHaveLength(1);
  expect(staging.aws.asked).toEqual([]);
  await expect(staging.run({}, { env: 'nowhere' })).rejects.toThrow(UsageError);
  await expect(staging.run({ env: { APP_ENV: 'nowhere' } })).rejects.toThrow(SettingsError);
});

describe('secrets', () => {
  test.each([
    ['missing', () => staging.aws.state.secrets.delete(names.keys), 'does not exist'],
    [
      'denied',
      () => staging.aws.state.errors.set(`GetSecretValue ${names.keys}`, error('AccessDeniedException')),
      'AccessDeniedException',
    ],
    [
      'marked for deletion',
      () => staging.aws.state.errors.set(`GetSecretValue ${names.keys}`, error('InvalidRequestException')),
      'cannot be used',
    ],
  ])('one that is %s: 1, and the others are still read', async (_what, spoil, words) => {
    spoil();
    const { code, artifact } = await staging.run();
    expect([code, failedIn(artifact)]).toEqual([1, [`secret ${names.keys}`, 'settings']]);
    expect(checkIn(artifact, `secret ${names.keys}`)?.detail).toContain(words);
    expect(checkIn(artifact, `secret ${names.databases}`)?.status).toBe('ok');
    expect(checkIn(artifact, 'settings')?.detail).toContain('ACCESS_TOKEN_KEYS');
  });

  test('of another environment: 78, and never asked for', async () => {
    const env = { ...staging.env, METRICS_TOKEN: 'secretsmanager:bulkhead/production/metrics' };
    const { code, artifact } = await staging.run({ env });
    expect([code, failedIn(artifact)]).toEqual([78, ['settings', 'setting METRICS_TOKEN']]);
    expect(staging.aws.asked.join()).not.toContain('production');
  });
});

describe('the kill switch', () => {
  const parameter = `parameter ${names.killSwitch}`;
  test.each([
    ['missing', () => staging.aws.state.parameters.delete(names.killSwitch), 'does not exist'],
    ['unknown', () => staging.aws.state.parameters.set(names.killSwitch, 'perhaps'), 'neither on nor off'],
    [
      'denied',
      () => staging.aws.state.errors.set('GetParameters', error('AccessDeniedException')),
      'access denied',
    ],
    ['away', () => staging.aws.state.errors.set('GetParameters', 'cut'), 'did not answer'],
  ])('%s: 1', async (_what, spoil, words) => {
    spoil();
    const { code, artifact } = await staging.run();
    expect([code, failedIn(artifact)]).toEqual([1, [parameter]]);
    expect(checkIn(artifact, parameter)?.detail).toContain(words);
  });

  test('on is a known word, and said', async () => {
    staging.aws.state.parameters.set(names.killSwitch, 'on');
    const { code, artifact } = await staging.run();
    expect([code, checkIn(artifact, parameter)?.detail]).toEqual([
      0,
      expect.stringContaining('nothing leaves'),
    ]);
  });
});

describe('databases', () => {
  test.each([
    ['another database', { name: 'bulkhead' }, 'bulkhead, and the settings name bulkhead_staging'],
    ['another role', { role: 'postgres' }, 'signs in as postgres'],
    ['Postgres 14', { version: 140_010 }, 'Postgres 14'],
    ['Postgres 19', { version: 190_000 }, 'Postgres 19'],
  ])('%s behind one door: 1', async (_what, spoilt, words) => {
    const { code, artifact } = await staging.run({
      inspectDatabase: async (url) => ({
        ...inspected,
        role: roleOf(url),
        ...(roleOf(url) === 'bulkhead_entry' && spoilt),
      }),
    });
    expect([code, failedIn(artifact)]).toEqual([1, ['database entry']]);
    expect(checkIn(artifact, 'database entry')?.detail).toContain(words);
  });

  test.each([['production' as const], [undefined]])('stamped %s behind one door: 1', async (stamp) => {
    const { code, artifact } = await staging.run({
      inspectDatabase: async (url) => ({
        ...inspected,
        role: roleOf(url),
        ...(roleOf(url) === 'bulkhead_queue' && { stamp }),
      }),
    });
    expect([code, failedIn(artifact)]).toEqual([1, ['stamp']]);
    expect(checkIn(artifact, 'stamp')?.detail).toContain(`queue: ${stamp ?? 'none'}`);
  });

  test('a migration that is pending, or unknown to this build: 1', async () => {
    const pending = await staging.run({ appliedMigrations: async () => migrationNames.slice(0, -1) });
    expect([pending.code, failedIn(pending.artifact)]).toEqual([1, ['migrations']]);
    expect(checkIn(pending.artifact, 'migrations')?.detail).toContain(migrationNames.at(-1));
    const unknown = await staging.run({ appliedMigrations: async () => [...migrationNames, 'Later1'] });
    expect(checkIn(unknown.artifact, 'migrations')?.detail).toContain('Later1');
  });

  test('out of reach: by its code, never by a message that holds its URL', async () => {
    const { code, artifact } = await staging.run({
      inspectDatabase: async (url) => {
        throw Object.assign(new Error(`connect ${url}`), { code: 'ECONNREFUSED' });
      },
    });
    expect(code).toBe(1);
    expect(checkIn(artifact, 'database tenant')?.detail).toBe('did not work (ECONNREFUSED)');
    expect(checkIn(artifact, 'stamp')?.status).toBe('skipped');
    expect(checkIn(artifact, 'migrations')?.status).toBe('skipped');
  });

  test('one that hangs ends after its time, and is announced meanwhile', async () => {
    const { artifact, progress } = await staging.run({
      inspectDatabase: async () => new Promise(() => {}),
      timeoutMs: 2_300,
    });
    expect(checkIn(artifact, 'database tenant')).toMatchObject({
      status: 'failed',
      detail: 'no answer within 2.3 s',
    });
    expect(progress).toContain('still waiting for database tenant');
  });

  test('the archive in MongoDB is stamped too', async () => {
    const env = {
      ...staging.env,
      MONGO_URL: `mongodb://u:${secrets.otherPassword}@a.test,b.test/bulkhead_staging`,
    };
    expect((await staging.run({ env })).code).toBe(0);
    for (const stamp of ['production', undefined]) {
      const { artifact } = await staging.run({ env, readMongoStamp: async () => stamp });
      expect(failedIn(artifact)).toEqual(['archive stamp']);
    }
  });
});

describe('vendors', () => {
  /** Settings as they will be when there is an adapter. */
  const withOpenAi =
    (mode: string, accounts?: readonly string[]): PreflightDependencies['complete'] =>
    async (env) => {
      const settings = loadSettings(env, 'operate');
      const providers = { ...settings.providers, openai: mode };
      const changed = { ...settings, providers, accounts: { ...settings.accounts, openai: accounts } };
      return { settings: changed as Settings };
    };

  test.each([
    [{ kind: 'account', account: 'proj_1', scopes: ['model.request'] }, 'ok', 'proj_1, may model.request'],
    [{ kind: 'account', account: 'proj_2' }, 'failed', 'not on the list'],
    [{ kind: 'refused' }, 'failed', 'refused'],
    [{ kind: 'unavailable' }, 'failed', 'did not answer'],
  ] as const)('%j is %s', async (answer, status, words) => {
    const { artifact } = await staging.run({
      complete: withOpenAi('test', ['proj_1']),
      whoAmI: { openai: async () => answer },
    });
    const check = checkIn(artifact, 'vendor openai');
    expect(check).toMatchObject({ status, detail: expect.stringContaining(words) });
  });

  test('one that cannot be asked is not ok', async () => {
    const { code, artifact } = await staging.run({ complete: withOpenAi('live') });
    expect([code, failedIn(artifact)]).toEqual([1, ['vendor openai']]);
  });
});

test('a setting that is wrong by itself: 78, with everything else still checked', async () => {
  const env = { ...without(staging.env, 'SERVICE_OWNER', 'FINGERPRINT_KEY') };
  staging.aws.state.parameters.clear();
  const { code, artifact } = await staging.run({ env });
  expect(code).toBe(78);
  expect(failedIn(artifact)).toEqual([
    `parameter ${names.killSwitch}`,
    'settings',
    'setting FINGERPRINT_KEY',
    'setting SERVICE_OWNER',
  ]);
});

test('whatever a check puts into its words, the artifact holds no secret, no person and no user of a URL', async () => {
  const given = completeSettings('staging');
  const { artifact } = await staging.run({
    whoAmI: {},
    appliedMigrations: async () => [
      ...migrationNames,
      `${given['DATABASE_ENTRY_URL']} ${secrets.accessKey} ${secrets.metricsToken} jo@example.com //me:pw1@host`,
    ],
  });
  expect(checkIn(artifact, 'migrations')?.detail).toBe(
    'unknown to this build: [withheld] [withheld] [withheld] [e-mail withheld] //[withheld]host',
  );
});

test('--compare: a secret that production has too is 1; none is ok', async () => {
  const other = join(staging.folder, 'preflight_production.json');
  const production = (env: Record<string, string>) =>
    writeFileSync(
      other,
      JSON.stringify({
        kind: 'bulkhead-preflight',
        version: 1,
        environment: 'production',
        at: '2026-11-20T10:00:00Z',
        fingerprints: {
          keyId: keyIdOf(fingerprintKey),
          complete: true,
          of: fingerprintsOf(env, fingerprintKey),
        },
      }),
    );
  production({ METRICS_TOKEN: 'only-in-production-0123456789' });
  expect((await staging.run({}, { compare: other })).code).toBe(0);
  // In staging it comes out of Secrets Manager.
  production({ DATABASE_OWNER_URL: completeSettings('staging')['DATABASE_URL']! });
  const { code, artifact } = await staging.run({}, { compare: other });
  expect([code, failedIn(artifact)]).toEqual([1, ['shared secrets']]);
  expect(checkIn(artifact, 'shared secrets')?.detail).toContain('DATABASE_URL is DATABASE_OWNER_URL');
});
