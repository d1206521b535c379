/**
 * Every combination of what can be wrong about where a process runs: only the right diagonal boots, and of every other
 * one exactly the wrong settings are named, all at once, with no secret in a message. What is right is written here
 * again, from the design and not from the code. That real processes refuse likewise is in `test/operations/commands.test.ts`.
 */
import { expect, test } from 'vitest';
import { SettingsError } from '../../src/config/settings.js';
import { bootCheck } from '../../src/operations/boot-check.js';
import { completeSettings, secretsIn, secrets, urlOf, type Given } from '../config/complete-settings.js';

const dimensions = {
  environment: ['local', 'staging', 'production'],
  databaseName: ['bulkhead_local', 'bulkhead_staging', 'bulkhead'],
  postgresStamp: ['local', 'staging', 'production', 'none'],
  mongoStamp: ['no MongoDB', 'local', 'staging', 'production', 'none'],
  provider: ['mock', 'off', 'test', 'live-read', 'live'],
  key: ['none', 'of a project', 'of an administrator'],
  autoLogin: ['false', 'true'],
  password: ['strong', 'weak'],
  passwords: ['distinct', 'one for two roles'],
  roles: ['its own', 'and the owner', 'and retention', 'and backup'],
} as const;
type Dimensions = typeof dimensions;
type Combination = { readonly [Name in keyof Dimensions]: Dimensions[Name][number] };

/** What is right where. A provider that reaches its vendor is wrong everywhere, until there is an adapter. */
const right = {
  local: { databaseName: 'bulkhead_local', providers: ['mock'], strict: false },
  staging: { databaseName: 'bulkhead_staging', providers: ['mock', 'off'], strict: true },
  production: { databaseName: 'bulkhead', providers: ['off'], strict: true },
} as const;

function* combinations(): Generator<Combination> {
  const names = Object.keys(dimensions) as (keyof Dimensions)[];
  const sizes = names.map((name) => dimensions[name].length);
  const total = sizes.reduce((product, size) => product * size, 1);
  for (let number = 0; number < total; number += 1) {
    let rest = number;
    const chosen = names.map((name, index) => {
      const value = dimensions[name][rest % sizes[index]!];
      rest = Math.floor(rest / sizes[index]!);
      return [name, value];
    });
    yield Object.fromEntries(chosen) as Combination;
  }
}

const openAiKeys = {
  none: undefined,
  'of a project': `sk-proj-${secrets.metricsToken}`,
  'of an administrator': `sk-admin-${secrets.metricsToken}`,
} as const;

function settingsOf(it: Combination): Given {
  const urls = ['tenant', 'entry', 'platform', 'queue'].map((door) => {
    const setting = door === 'tenant' ? 'DATABASE_URL' : `DATABASE_${door.toUpperCase()}_URL`;
    return [setting, urlOf(`bulkhead_${door}`, it.databaseName)];
  });
  const more = {
    'its own': [],
    'and the owner': ['owner'],
    'and retention': ['retention'],
    'and backup': ['backup'],
  };
  const foreign = more[it.roles].map((role) => [
    `DATABASE_${role.toUpperCase()}_URL`,
    urlOf(`bulkhead_${role}`, it.databaseName),
  ]);
  const key = openAiKeys[it.key];
  return {
    ...completeSettings(it.environment),
    ...(Object.fromEntries([...urls, ...foreign]) as Given),
    ...(it.password === 'weak' && {
      DATABASE_ENTRY_URL: urlOf('bulkhead_entry', it.databaseName, 'passwordpassword'),
    }),
    ...(it.passwords === 'one for two roles' && {
      DATABASE_QUEUE_URL: urlOf('bulkhead_queue', it.databaseName, `${secrets.password}.bulkhead_tenant`),
    }),
    ...(it.mongoStamp !== 'no MongoDB' && { MONGO_URL: `mongodb://mongo.example/${it.databaseName}` }),
    ...(key && { OPENAI_API_KEY: key }),
    MOCKS_DIR: '/var/lib/bulkhead/mocks',
    WHATSAPP_PROVIDER: it.provider,
    DEV_AUTO_LOGIN: it.autoLogin,
  };
}

function wrongOf(it: Combination): string[] {
  const { databaseName, providers, strict } = right[it.environment];
  const wrong = {
    DATABASE_URL: it.databaseName !== databaseName || it.postgresStamp !== it.environment,
    MONGO_URL: it.mongoStamp !== 'no MongoDB' && it.mongoStamp !== it.environment,
    WHATSAPP_PROVIDER: !providers.some((mode) => mode === it.provider),
    // What tells test accounts from real ones is asked for where a test provider is allowed at all.
    WHATSAPP_ACCOUNTS: it.environment === 'staging' && it.provider === 'test',
    OPENAI_API_KEY: it.key !== 'none',
    DEV_AUTO_LOGIN: it.autoLogin === 'true' && it.environment !== 'local',
    DATABASE_ENTRY_URL: strict && it.password === 'weak',
    DATABASE_QUEUE_URL: strict && it.passwords === 'one for two roles',
    DATABASE_OWNER_URL: it.roles === 'and the owner' && it.environment !== 'local',
    DATABASE_RETENTION_URL: it.roles === 'and retention',
    DATABASE_BACKUP_URL: it.roles === 'and backup',
  };
  return Object.entries(wrong)
    .filter(([, isWrong]) => isWrong)
    .map(([setting]) => setting)
    .toSorted();
}

/** @returns the wrong settings, in order; none: it boots */
async function refusedFor(it: Combination): Promise<string[]> {
  const stamp = (setting: string, stamped: string) =>
    stamped === it.environment || stamped === 'no MongoDB'
      ? []
      : [{ setting, problem: `is stamped ${stamped}` }];
  try {
    const settings = await bootCheck(settingsOf(it), 'serve', async () => [
      ...stamp('DATABASE_URL', it.postgresStamp),
      ...stamp('MONGO_URL', it.mongoStamp),
    ]);
    return settings.environment === it.environment ? [] : ['another environment'];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    if (secretsIn(error.message).length > 0) throw new Error('told a secret', { cause: error });
    if (error.violations.some(({ problem }) => problem.length < 10)) throw error;
    return [...new Set(error.violations.map(({ setting }) => setting))].toSorted();
  }
}

test(
  'only the right diagonal boots, and everything else says all that is wrong',
  { timeout: 180_000 },
  async () => {
    const count = { combinations: 0, booted: 0, refused: 0, named: 0 };
    const surprises: object[] = [];
    for (const it of combinations()) {
      const [found, expected] = [await refusedFor(it), wrongOf(it)];
      count.combinations += 1;
      count.named += found.length;
      count[found.length === 0 ? 'booted' : 'refused'] += 1;
      if (found.join() !== expected.join()) surprises.push({ ...it, found, expected });
    }
    console.log(
      `boot matrix: ${count.combinations} combinations, ${count.booted} boot, ${count.refused} are refused, ${count.named} wrong settings named`,
    );
    expect(surprises.slice(0, 5)).toEqual([]);
    // local: 2 of MongoDB × 2 of the password × 2 of the passwords × 2 of auto-login × 2 of the roles; staging: 2 of
    // MongoDB × 2 providers; production: 2 of MongoDB.
    expect(count).toMatchObject({ combinations: 86_400, booted: 32 + 4 + 2 });
  },
);

test('an image without an environment boots nothing, whatever else is right', async () => {
  for (const environment of dimensions.environment) {
    const { APP_ENV: _, ...unnamed } = completeSettings(environment) as Record<string, string>;
    // The image itself sets NODE_ENV=production.
    for (const NODE_ENV of ['', 'production', 'staging', 'local']) {
      const env = { ...unnamed, NODE_ENV, BULKHEAD_IMAGE: '1' };
      await expect(bootCheck(env, 'serve', async () => [])).rejects.toThrow(/APP_ENV is not set/);
    }
  }
});
