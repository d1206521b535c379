import { describe, expect, test } from 'vitest';
import type { Environment } from '../../src/environment/environment.js';
import {
  completeSettings,
  secrets,
  urlOf,
  urlsOf,
  violationsOf,
  without,
  wrongIn,
  type Given,
} from './complete-settings.js';

const nameIn = { local: 'bulkhead_local', staging: 'bulkhead_staging', production: 'bulkhead' } as const;
type Case = readonly [what: string, environment: Environment, change: Given, wrong: readonly string[]];
const { password } = secrets;
const providerSettings = ['SHOPIFY', 'WHATSAPP', 'RICHPANEL', 'OPENAI', 'EMAIL'].map(
  (vendor) => `${vendor}_PROVIDER`,
);
const testMode = (setting: string) => (setting === 'SHOPIFY_PROVIDER' ? 'live-read' : 'test');
const openAiKey = `sk-proj-${secrets.metricsToken}`;
const keyFor = (setting: string): Given =>
  setting === 'OPENAI_PROVIDER' ? { OPENAI_API_KEY: openAiKey } : {};
const cases: readonly Case[] = [
  ['a key that nothing may use', 'local', { OPENAI_API_KEY: openAiKey }, ['OPENAI_API_KEY']],
  ['a key that nothing may use', 'production', { OPENAI_API_KEY: openAiKey }, ['OPENAI_API_KEY']],
  [
    'a live provider without its key',
    'production',
    { OPENAI_PROVIDER: 'live' },
    ['OPENAI_API_KEY', 'OPENAI_PROVIDER'],
  ],
  [
    'the key of an administrator',
    'production',
    { OPENAI_PROVIDER: 'live', OPENAI_API_KEY: `sk-admin-${secrets.metricsToken}` },
    ['OPENAI_API_KEY', 'OPENAI_PROVIDER'],
  ],
  ...(['staging', 'production'] as const).flatMap((environment): Case[] => [
    ['auto-login (S2.8)', environment, { DEV_AUTO_LOGIN: 'true' }, ['DEV_AUTO_LOGIN']],
    ['plain http for links', environment, { APP_URL: 'http://bulkhead.example' }, ['APP_URL']],
    [
      'one password for two roles (S4.6)',
      environment,
      { DATABASE_ENTRY_URL: urlOf('bulkhead_entry', nameIn[environment], `${password}.bulkhead_tenant`) },
      ['DATABASE_ENTRY_URL'],
    ],
    [
      'a password that can be guessed',
      environment,
      { DATABASE_ENTRY_URL: urlOf('bulkhead_entry', nameIn[environment], 'passwordpassword') },
      ['DATABASE_ENTRY_URL'],
    ],
    [
      'a short password',
      environment,
      { DATABASE_ENTRY_URL: urlOf('bulkhead_entry', nameIn[environment], 'a1b2c3d4e5f6g7h') },
      ['DATABASE_ENTRY_URL'],
    ],
    [
      'the placeholder of the template',
      environment,
      {
        DATABASE_ENTRY_URL: urlOf(
          'bulkhead_entry',
          nameIn[environment],
          encodeURIComponent('<32 characters or more>'),
        ),
      },
      ['DATABASE_ENTRY_URL'],
    ],
    [
      'the token of /metrics at the archive',
      environment,
      { MONGO_URL: `mongodb://bulkhead:${secrets.metricsToken}@mongo.example/${nameIn[environment]}` },
      ['METRICS_TOKEN'],
    ],
    [
      'the token of /metrics as a key',
      environment,
      {
        ACCESS_TOKEN_KEYS: `a1:${secrets.metricsToken}abcdefgh`,
        METRICS_TOKEN: `${secrets.metricsToken}abcdefgh`,
      },
      ['METRICS_TOKEN'],
    ],
    [
      'the key of fingerprints in a serving process',
      environment,
      { FINGERPRINT_KEY: `${secrets.metricsToken}-0` },
      ['FINGERPRINT_KEY'],
    ],
    [
      'the placeholder of the template, beside several hosts',
      environment,
      {
        MONGO_URL: `mongodb://u:${encodeURIComponent('<password>')}@a.example:27017,b.example/${nameIn[environment]}`,
      },
      ['MONGO_URL'],
    ],
    [
      'a reference that was mistyped',
      environment,
      { METRICS_TOKEN: `Secretsmanager:bulkhead/${environment}/metrics-token` },
      ['METRICS_TOKEN'],
    ],
    [
      'a name of this machine that nothing leads to',
      environment,
      { DATABASE_URL: `postgresql://bulkhead_tenant:${password}@localhost/${nameIn[environment]}` },
      ['DATABASE_URL'],
    ],
    ['a proxy that connects for us', environment, { NODE_USE_ENV_PROXY: '1' }, ['NODE_USE_ENV_PROXY']],
    [
      'an archive of another environment',
      environment,
      { MONGO_URL: 'mongodb://mongo.example/bulkhead_local' },
      ['MONGO_URL'],
    ],
    ['an account without a region', environment, { AWS_ACCOUNT_ID: '012345678901' }, ['AWS_REGION']],
    ['a region without an account', environment, { AWS_REGION: 'us-east-2' }, ['AWS_ACCOUNT_ID']],
    ...['bulkhead_retention', 'bulkhead_readonly', 'bulkhead_backup'].map((role): Case => {
      const setting = `DATABASE_${role.replace('bulkhead_', '').toUpperCase()}_URL`;
      return [
        `${role} in a serving process (S3.2)`,
        environment,
        { [setting]: urlOf(role, nameIn[environment]) },
        [setting],
      ];
    }),
  ]),
  [
    'auto-login where others can come in',
    'local',
    { DEV_AUTO_LOGIN: 'true', LISTEN_HOST: '0.0.0.0' },
    ['DEV_AUTO_LOGIN'],
  ],
  [
    'auto-login where others can come in',
    'local',
    { DEV_AUTO_LOGIN: 'true', LISTEN_HOST: '::' },
    ['DEV_AUTO_LOGIN'],
  ],
  ['half a yes', 'local', { DEV_AUTO_LOGIN: '1' }, ['DEV_AUTO_LOGIN']],
  ['a list of recipients that nothing keeps', 'production', { RECIPIENTS: 'a@example.com' }, ['RECIPIENTS']],
  ['a list of recipients that nothing keeps', 'local', { RECIPIENTS: 'a@example.com' }, ['RECIPIENTS']],
  ['no account', 'staging', { AWS_ACCOUNT_ID: '12345678901', AWS_REGION: 'us-east-2' }, ['AWS_ACCOUNT_ID']],
  ['no region', 'staging', { AWS_ACCOUNT_ID: '012345678901', AWS_REGION: 'Ohio' }, ['AWS_REGION']],
  [
    'no archive',
    'staging',
    { MONGO_URL: `https://x.example:${secrets.metricsToken}@mongo.example/bulkhead_staging` },
    ['METRICS_TOKEN', 'MONGO_URL'],
  ],
  ['an archive without a database', 'local', { MONGO_URL: 'mongodb://mongo.example' }, ['MONGO_URL']],

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
    'the role of a door at the queue',
    'staging',
    { DATABASE_QUEUE_URL: urlOf('bulkhead_tenant', 'bulkhead_staging') },
    ['DATABASE_QUEUE_URL'],
  ],
  [
    'the owner at the queue',
    'local',
    { DATABASE_QUEUE_URL: urlOf('bulkhead_owner', 'bulkhead_local') },
    ['DATABASE_QUEUE_URL'],
  ],
  [
    'the queue in another database',
    'staging',
    { DATABASE_QUEUE_URL: urlOf('bulkhead_queue', 'bulkhead') },
    ['DATABASE_QUEUE_URL'],
  ],
  [
    'another role past the pooler',
    'production',
    { DATABASE_DIRECT_URL: urlOf('bulkhead_owner', 'bulkhead') },
    ['DATABASE_DIRECT_URL'],
  ],
  [
    'another database past the pooler',
    'staging',
    { DATABASE_DIRECT_URL: urlOf('bulkhead_queue', 'bulkhead') },
    ['DATABASE_DIRECT_URL'],
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
  [
    'a key that signs and encrypts',
    'production',
    { ACCESS_TOKEN_KEYS: `a1:${secrets.credentialKey}` },
    ['CREDENTIAL_KEYS'],
  ],
  [
    'a key that seals refresh tokens and encrypts',
    'staging',
    { REFRESH_TOKEN_KEYS: `r1:${secrets.refreshKey},r0:${secrets.credentialKey}` },
    ['CREDENTIAL_KEYS'],
  ],
  [
    'a retired key that encrypted and now signs',
    'staging',
    {
      CREDENTIAL_KEYS: `c2:${secrets.metricsToken}abcdef, c1:${secrets.credentialKey}`,
      ACCESS_TOKEN_KEYS: `a1:${secrets.credentialKey}`,
    },
    ['CREDENTIAL_KEYS'],
  ],
  [
    'one key for everything',
    'production',
    { ACCESS_TOKEN_KEYS: `k:${secrets.credentialKey}`, REFRESH_TOKEN_KEYS: `k:${secrets.credentialKey}` },
    ['REFRESH_TOKEN_KEYS', 'CREDENTIAL_KEYS'],
  ],
  [
    'an encryption key of 33 bytes',
    'local',
    { CREDENTIAL_KEYS: `c1:${secrets.credentialKey}d` },
    ['CREDENTIAL_KEYS'],
  ],
  [
    'an encryption key of 33 bytes after a good one',
    'production',
    { CREDENTIAL_KEYS: `c1:${secrets.credentialKey},c0:${secrets.metricsToken}abcdefg` },
    ['CREDENTIAL_KEYS'],
  ],
  [
    'a short encryption key',
    'local',
    { CREDENTIAL_KEYS: `c1:${secrets.credentialKey.slice(1)}` },
    ['CREDENTIAL_KEYS'],
  ],
  [
    'an encryption key with little in it',
    'staging',
    { CREDENTIAL_KEYS: `c1:${secrets.weakKey.slice(0, 43)}` },
    ['CREDENTIAL_KEYS'],
  ],
  [
    'an encryption key without an id',
    'local',
    { CREDENTIAL_KEYS: secrets.credentialKey },
    ['CREDENTIAL_KEYS'],
  ],
  [
    'one id for two encryption keys',
    'local',
    { CREDENTIAL_KEYS: `c1:${secrets.credentialKey},c1:${secrets.metricsToken}abcdef` },
    ['CREDENTIAL_KEYS'],
  ],
  ...providerSettings.flatMap((setting): Case[] => [
    [`${setting}: a stand-in for a vendor`, 'production', { [setting]: 'mock' }, [setting]],
    [`${setting}: nobody`, 'local', { [setting]: 'off' }, [setting]],
    ...['live', 'Mock', 'mock,off', ' off', 'constructor'].map((mode): Case => [
      `${setting}: ${mode}`,
      'staging',
      { [setting]: mode },
      [setting],
    ]),
    // Allowed there, and not built yet.
    [
      `${setting}: live, with all it asks for`,
      'production',
      { [setting]: 'live', ...keyFor(setting) },
      [setting],
    ],
    [
      `${setting}: for tests, without a list of accounts`,
      'staging',
      { [setting]: testMode(setting), ...keyFor(setting) },
      [setting, setting.replace('PROVIDER', 'ACCOUNTS')],
    ],
    [`${setting}: for tests, in production`, 'production', { [setting]: testMode(setting) }, [setting]],
  ]),
  ...['API', 'both', 'api,worker', ' all', 'constructor'].map((word): Case => [
    `ROLE: ${word}`,
    'local',
    { ROLE: word },
    ['ROLE'],
  ]),
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
  ...['user=postgres', 'host=elsewhere.example', 'port=1', 'options=-c%20role%3Dpostgres', 'password=x'].map(
    (query): Case => [
      `a parameter that overrides the URL: ${query}`,
      'staging',
      { DATABASE_URL: urlOf('bulkhead_tenant', `bulkhead_staging?${query}`) },
      ['DATABASE_URL'],
    ],
  ),
];

describe('refused', () => {
  test.each(cases)('%s (%s)', (_what, environment, change, wrong) => {
    expect([...new Set(wrongIn({ ...completeSettings(environment), ...change }))]).toEqual(
      [...wrong].toSorted(),
    );
  });

  const always = [
    ...Object.keys(urlsOf('')),
    'ACCESS_TOKEN_KEYS',
    'REFRESH_TOKEN_KEYS',
    'CREDENTIAL_KEYS',
    'METRICS_TOKEN',
    'APP_URL',
    'SERVICE_OWNER',
  ];
  test.each([
    ['staging', [...always, 'MOCKS_DIR'].toSorted()],
    ['production', always.toSorted()],
  ] as const)('%s with nothing set: every missing setting, at once', (name, needed) => {
    expect(wrongIn({ APP_ENV: name })).toEqual(needed);
    expect(wrongIn({ APP_ENV: name, ...Object.fromEntries(needed.map((setting) => [setting, ''])) })).toEqual(
      needed,
    );
    for (const setting of needed)
      expect(wrongIn(without(completeSettings(name), setting))).toEqual([setting]);
  });

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
