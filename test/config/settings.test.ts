import { describe, expect, test } from 'vitest';
import {
  loadSettings,
  SettingsError,
  type Purpose,
  type SettingViolation,
} from '../../src/config/settings.js';
import { environments, type Environment } from '../../src/environment/environment.js';
import { policies } from '../../src/environment/policy.js';
import { completeSettings, secrets, secretsIn, urlOf, urlsOf, type Given } from './complete-settings.js';

const missing = (given: Given, ...settings: string[]): Given =>
  Object.fromEntries(Object.entries(given).filter(([setting]) => !settings.includes(setting)));

/** What is wrong with the settings; also proves of every message it sees that it gives no secret away. */
function violationsOf(given: Given, purpose?: Purpose): readonly SettingViolation[] {
  const violations = refusalOf(given, purpose);
  expect(secretsIn(JSON.stringify(violations))).toEqual([]);
  return violations;
}

function refusalOf(given: Given, purpose?: Purpose): readonly SettingViolation[] {
  try {
    loadSettings(given, purpose);
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.violations;
  }
}

const wrongIn = (given: Given, purpose?: Purpose) =>
  violationsOf(given, purpose)
    .map(({ setting }) => setting)
    .toSorted();

describe('the name of the environment (C1)', () => {
  const aliases: readonly (readonly [word: string, environment: Environment])[] = [
    ['local', 'local'],
    ['dev', 'local'],
    ['development', 'local'],
    ['test', 'local'],
    ['staging', 'staging'],
    ['sandbox', 'staging'],
    ['production', 'production'],
    ['prod', 'production'],
  ];

  test.each(aliases)('%s means %s, in APP_ENV and in NODE_ENV', (word, environment) => {
    const unnamed = missing(completeSettings(environment), 'APP_ENV');
    expect(loadSettings({ ...unnamed, APP_ENV: word }).environment).toBe(environment);
    expect(loadSettings({ ...unnamed, NODE_ENV: word }).environment).toBe(environment);
  });

  const strangers = [
    'produktion',
    'Production',
    'PROD',
    ' local',
    'stage',
    'qa',
    'constructor',
    '__proto__',
    'toString',
  ];
  test.each(strangers)('%o names none, and never means local', (word) => {
    const unnamed = missing(completeSettings('local'), 'APP_ENV');
    expect(wrongIn({ ...unnamed, APP_ENV: word })).toEqual(['APP_ENV']);
    expect(wrongIn({ ...unnamed, NODE_ENV: word })).toEqual(['NODE_ENV']);
    expect(wrongIn({ ...unnamed, NODE_ENV: word, APP_ENV: 'local' })).toEqual(['NODE_ENV']);
    expect(violationsOf({ ...unnamed, APP_ENV: word })[0]?.problem).toContain('staging');
  });

  test('APP_ENV wins over NODE_ENV, except to call production local', () => {
    const named = (APP_ENV: Environment, NODE_ENV: string) => ({ ...completeSettings(APP_ENV), NODE_ENV });
    expect(loadSettings(named('staging', 'production')).environment).toBe('staging');
    expect(loadSettings(named('staging', 'test')).environment).toBe('staging');
    expect(loadSettings(named('production', 'development')).environment).toBe('production');
    expect(loadSettings(named('local', 'staging')).environment).toBe('local');
    expect(wrongIn(named('local', 'production'))).toEqual(['APP_ENV']);
    expect(wrongIn(named('local', 'prod'))).toEqual(['APP_ENV']);
    expect(wrongIn({ ...named('local', 'prod'), APP_ENV: 'dev' })).toEqual(['APP_ENV']);
  });

  test('unset means local in a checkout, and nothing in an image', () => {
    const unnamed = missing(completeSettings('local'), 'APP_ENV');
    expect(loadSettings(unnamed).environment).toBe('local');
    expect(loadSettings({ ...unnamed, APP_ENV: '', NODE_ENV: '' }).environment).toBe('local');
    expect(wrongIn({ ...unnamed, BULKHEAD_IMAGE: '1' })).toEqual(['APP_ENV']);
    expect(wrongIn({ ...unnamed, BULKHEAD_IMAGE: '1', APP_ENV: '' })).toEqual(['APP_ENV']);
    expect(wrongIn({ ...unnamed, BULKHEAD_IMAGE: 'true' })).toEqual(['APP_ENV', 'BULKHEAD_IMAGE']);
    expect(loadSettings({ ...completeSettings('staging'), BULKHEAD_IMAGE: '1' }).environment).toBe('staging');
  });
});

describe('the policy', () => {
  test('only local may make things by itself, and only production closes its documents', () => {
    const column = (of: (environment: Environment) => unknown) => environments.map(of);
    expect(column((name) => policies[name].embeddedDatabase)).toEqual([true, false, false]);
    expect(column((name) => policies[name].generatedKeys)).toEqual([true, false, false]);
    expect(column((name) => policies[name].demoData)).toEqual([true, false, false]);
    expect(column((name) => policies[name].openMetrics)).toEqual([true, false, false]);
    expect(column((name) => policies[name].migrations)).toEqual(['on-start', 'by-command', 'certified']);
    expect(column((name) => policies[name].listenHost)).toEqual(['127.0.0.1', '0.0.0.0', '0.0.0.0']);
    expect(column((name) => policies[name].apiDocuments)).toEqual(['open', 'open', 'closed']);
  });

  test('a database name fits one environment alone', () => {
    const fitting = (name: string) =>
      environments.filter((env) => policies[env].databaseName.pattern.test(name));
    expect(fitting('bulkhead_local')).toEqual(['local']);
    expect(fitting('bulkhead_local_a1')).toEqual(['local']);
    expect(fitting('bulkhead_staging')).toEqual(['staging']);
    expect(fitting('bulkhead')).toEqual(['production']);
    const strangers = [
      'bulkhead_production',
      'bulkhead_staging_2',
      'bulkhead_local\n',
      'bulkhead_local_',
      'postgres',
      '',
    ];
    expect(strangers.flatMap(fitting)).toEqual([]);
  });

  test('comes with the settings', () => {
    for (const name of environments) {
      const settings = loadSettings(completeSettings(name));
      expect(settings).toMatchObject({
        environment: name,
        policy: policies[name],
        port: undefined,
        databasePoolSize: 10,
      });
      expect(settings.listenHost).toBe(policies[name].listenHost);
    }
  });
});

type Case = readonly [what: string, environment: Environment, change: Given, wrong: readonly string[]];
const { password } = secrets;
const cases: readonly Case[] = [
  ['a database of another environment', 'staging', urlsOf('bulkhead'), ['DATABASE_URL']],
  ['the database of production in local', 'local', urlsOf('bulkhead'), ['DATABASE_URL']],
  ['a DB_NAME that no URL names', 'local', { DB_NAME: 'bulkhead_local_a' }, Object.keys(urlsOf(''))],
  [
    'one URL of another database',
    'staging',
    { DATABASE_ENTRY_URL: urlOf('bulkhead_entry', 'x') },
    ['DATABASE_ENTRY_URL'],
  ],
  ['a superuser', 'local', { DATABASE_URL: urlOf('postgres', 'bulkhead_local') }, ['DATABASE_URL']],
  [
    'the role of another door',
    'staging',
    { DATABASE_ENTRY_URL: urlOf('bulkhead_platform', 'bulkhead_staging') },
    ['DATABASE_ENTRY_URL'],
  ],
  [
    'the owner at a door',
    'local',
    { DATABASE_PLATFORM_URL: urlOf('bulkhead_owner', 'bulkhead_local') },
    ['DATABASE_PLATFORM_URL'],
  ],
  [
    'another kind of database',
    'local',
    { DATABASE_URL: `mysql://bulkhead_tenant:${password}@db/bulkhead_local` },
    ['DATABASE_URL'],
  ],
  ['no URL at all', 'local', { DATABASE_URL: password }, ['DATABASE_URL']],
  [
    'a password with a raw slash',
    'staging',
    { DATABASE_URL: urlOf('bulkhead_tenant', 'x', `1/${password}`) },
    ['DATABASE_URL'],
  ],
  [
    'a password with a raw hash',
    'staging',
    { DATABASE_URL: urlOf('bulkhead_tenant', 'x', `1#${password}`) },
    ['DATABASE_URL'],
  ],
  [
    'a password without a user',
    'local',
    { DATABASE_URL: `postgres://${password}@db.example/bulkhead_local` },
    ['DATABASE_URL'],
  ],
  [
    'a raw % in the user',
    'local',
    { DATABASE_URL: `postgres://%zz:${password}@db/bulkhead_local` },
    ['DATABASE_URL'],
  ],
  [
    'a raw % in the database',
    'local',
    { DATABASE_ENTRY_URL: urlOf('bulkhead_entry', '%zz') },
    ['DATABASE_ENTRY_URL'],
  ],
  [
    'the owner in a serving process',
    'staging',
    { DATABASE_OWNER_URL: urlOf('bulkhead_owner', 'bulkhead_staging') },
    ['DATABASE_OWNER_URL'],
  ],
  [
    'the same in production',
    'production',
    { DATABASE_OWNER_URL: urlOf('bulkhead_owner', 'bulkhead') },
    ['DATABASE_OWNER_URL'],
  ],
  [
    'the admin, even in local',
    'local',
    { DATABASE_ADMIN_URL: urlOf('postgres', 'postgres') },
    ['DATABASE_ADMIN_URL'],
  ],
  ['a key with little in it', 'local', { ACCESS_TOKEN_KEYS: `k:${secrets.weakKey}` }, ['ACCESS_TOKEN_KEYS']],
  [
    'a short key',
    'local',
    { ACCESS_TOKEN_KEYS: `k:${secrets.accessKey.slice(0, 42)}` },
    ['ACCESS_TOKEN_KEYS'],
  ],
  ['a key without an id', 'local', { REFRESH_TOKEN_KEYS: secrets.refreshKey }, ['REFRESH_TOKEN_KEYS']],
  [
    'a weak key after a good one',
    'local',
    { ACCESS_TOKEN_KEYS: `a:${secrets.accessKey},b:${secrets.weakKey}` },
    ['ACCESS_TOKEN_KEYS'],
  ],
  [
    'one id for two keys',
    'local',
    { ACCESS_TOKEN_KEYS: `a:${secrets.accessKey},a:${secrets.metricsToken}abcdefgh` },
    ['ACCESS_TOKEN_KEYS'],
  ],
  ['equal keys', 'local', { REFRESH_TOKEN_KEYS: `a1:${secrets.accessKey}` }, ['REFRESH_TOKEN_KEYS']],
  [
    'equal keys under two ids',
    'staging',
    { REFRESH_TOKEN_KEYS: `r1:${secrets.accessKey}` },
    ['REFRESH_TOKEN_KEYS'],
  ],
  [
    'a retired key used for the other purpose',
    'local',
    { REFRESH_TOKEN_KEYS: `r1:${secrets.refreshKey},r0:${secrets.accessKey}` },
    ['REFRESH_TOKEN_KEYS'],
  ],
  ['a short token', 'staging', { METRICS_TOKEN: secrets.shortToken }, ['METRICS_TOKEN']],
  ['a name for an address', 'local', { LISTEN_HOST: 'localhost' }, ['LISTEN_HOST']],
  ['no address', 'local', { LISTEN_HOST: '127.0.0.256' }, ['LISTEN_HOST']],
  ['port 0', 'local', { PORT: '0' }, ['PORT']],
  ['a port too high', 'local', { PORT: '70000' }, ['PORT']],
  ['a port in letters', 'local', { PORT: 'abc' }, ['PORT']],
  ['half a port', 'local', { PORT: '3000.5' }, ['PORT']],
  ['a port with a space', 'local', { PORT: ' 3000' }, ['PORT']],
  ['no connections', 'local', { DATABASE_POOL_SIZE: '0' }, ['DATABASE_POOL_SIZE']],
  ['an unknown level', 'local', { LOG_LEVEL: 'verbose' }, ['LOG_LEVEL']],
];

describe('refused', () => {
  test.each(cases)('%s (%s)', (_what, environment, change, wrong) => {
    expect([...new Set(wrongIn({ ...completeSettings(environment), ...change }))]).toEqual(
      [...wrong].toSorted(),
    );
  });

  const needed = [
    ...Object.keys(urlsOf('')),
    'ACCESS_TOKEN_KEYS',
    'REFRESH_TOKEN_KEYS',
    'METRICS_TOKEN',
  ].toSorted();
  test.each(['staging', 'production'] as const)(
    '%s with nothing set: every missing setting, at once',
    (name) => {
      expect(wrongIn({ APP_ENV: name })).toEqual(needed);
      expect(
        wrongIn({ APP_ENV: name, ...Object.fromEntries(needed.map((setting) => [setting, ''])) }),
      ).toEqual(needed);
      for (const setting of needed)
        expect(wrongIn(missing(completeSettings(name), setting))).toEqual([setting]);
    },
  );

  test('everything that is wrong is said at once, each with how to mend it', () => {
    const everything = cases
      .filter(([, environment]) => environment === 'local')
      .map(([, , change]) => change);
    const given = Object.assign({}, completeSettings('local'), ...everything) as Given;
    const found = violationsOf({ ...given, DB_NAME: 'bulkhead' });
    const settings = new Set(found.map(({ setting }) => setting));
    for (const setting of [
      'DATABASE_URL',
      'DATABASE_ADMIN_URL',
      'ACCESS_TOKEN_KEYS',
      'LISTEN_HOST',
      'PORT',
      'DB_NAME',
    ]) {
      expect(settings).toContain(setting);
    }
    expect(found.every(({ problem }) => problem.length > 15)).toBe(true);
  });
});

describe('accepted', () => {
  test('an empty string counts as unset', () => {
    const optional = [
      'DB_NAME',
      'PORT',
      'LISTEN_HOST',
      'LOG_LEVEL',
      'DATABASE_POOL_SIZE',
      'DATABASE_OWNER_URL',
      'NODE_ENV',
    ];
    const settings = loadSettings({
      ...completeSettings('local'),
      ...Object.fromEntries(
        [...optional, 'METRICS_TOKEN', 'DATABASE_ADMIN_URL', 'BULKHEAD_IMAGE'].map((name) => [name, '']),
      ),
    });
    expect(settings).toMatchObject({
      port: undefined,
      listenHost: '127.0.0.1',
      logLevel: 'info',
      databasePoolSize: 10,
    });
    expect(settings).toMatchObject({ metricsToken: undefined, databaseName: 'bulkhead_local' });
  });

  test('the owner in local, and for an operator everywhere; the admin for an operator', () => {
    const owner = { DATABASE_OWNER_URL: urlOf('bulkhead_owner', 'bulkhead_local') };
    expect(wrongIn({ ...completeSettings('local'), ...owner })).toEqual([]);
    const staging = {
      DATABASE_OWNER_URL: urlOf('bulkhead_owner', 'bulkhead_staging', secrets.otherPassword),
    };
    const admin = { DATABASE_ADMIN_URL: urlOf('postgres', 'postgres') };
    expect(wrongIn({ ...completeSettings('staging'), ...staging, ...admin }, 'operate')).toEqual([]);
  });

  test('values arrive as what they mean', () => {
    const given = {
      PORT: '65535',
      LISTEN_HOST: '::',
      DATABASE_POOL_SIZE: '200',
      LOG_LEVEL: 'warn',
      DB_NAME: 'bulkhead',
    };
    const rotating = { ACCESS_TOKEN_KEYS: `new:${secrets.accessKey}, old:${secrets.metricsToken}abcdefgh` };
    const settings = loadSettings({ ...completeSettings('production'), ...given, ...rotating });
    expect(settings).toMatchObject({
      port: 65535,
      listenHost: '::',
      databasePoolSize: 200,
      logLevel: 'warn',
    });
    expect(settings.accessTokenKeys.map(({ kid }) => kid)).toEqual(['new', 'old']);
    expect(settings.accessTokenKeys[0]?.secret).toEqual(Buffer.from(secrets.accessKey, 'base64url'));
    expect(settings.databaseUrls.tenant).toBe(completeSettings('production')['DATABASE_URL']);
  });

  test('nothing in the result can be changed afterwards', () => {
    const settings = loadSettings(completeSettings('staging'));
    const keys = [settings.accessTokenKeys, settings.refreshTokenKeys];
    const parts = [
      settings,
      settings.databaseUrls,
      settings.policy,
      settings.policy.databaseName,
      ...keys,
      ...keys.flat(),
    ];
    expect(parts.map((part) => Object.isFrozen(part))).toEqual(parts.map(() => true));
  });
});
