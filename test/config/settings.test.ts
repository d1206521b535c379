import { describe, expect, test } from 'vitest';
import { loadSettings } from '../../src/config/settings.js';
import { environments, type Environment } from '../../src/environment/environment.js';
import { policies } from '../../src/environment/policy.js';
import { completeSettings, secrets, urlOf, violationsOf, without, wrongIn } from './complete-settings.js';

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
    const unnamed = without(completeSettings(environment), 'APP_ENV');
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
    const unnamed = without(completeSettings('local'), 'APP_ENV');
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
    const unnamed = without(completeSettings('local'), 'APP_ENV');
    expect(loadSettings(unnamed).environment).toBe('local');
    expect(loadSettings({ ...unnamed, APP_ENV: '', NODE_ENV: '' }).environment).toBe('local');
    expect(wrongIn({ ...unnamed, BULKHEAD_IMAGE: '1' })).toEqual(['APP_ENV']);
    expect(wrongIn({ ...unnamed, BULKHEAD_IMAGE: '1', APP_ENV: '' })).toEqual(['APP_ENV']);
    // Which the image itself sets, for libraries.
    expect(wrongIn({ ...unnamed, BULKHEAD_IMAGE: '1', NODE_ENV: 'production' })).toEqual(['APP_ENV']);
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
    expect(column((name) => policies[name].mockControls)).toEqual([true, false, false]);
    expect(column((name) => policies[name].migrations)).toEqual(['on-start', 'by-command', 'certified']);
    expect(column((name) => policies[name].listenHost)).toEqual(['127.0.0.1', '0.0.0.0', '0.0.0.0']);
    expect(column((name) => policies[name].apiDocuments)).toEqual(['open', 'open', 'closed']);
    expect(column((name) => policies[name].autoLogin)).toEqual([true, false, false]);
    expect(column((name) => policies[name].strongSecrets)).toEqual([false, true, true]);
    expect(column((name) => policies[name].recipients)).toEqual(['captured', 'listed', 'any']);
    expect(column((name) => policies[name].outbound)).toEqual(['loopback', 'listed', 'listed']);
    expect(column((name) => policies[name].providers.whatsapp)).toEqual([
      ['mock'],
      ['mock', 'test', 'off'],
      ['off', 'live'],
    ]);
    // C3: the shop itself is only ever read.
    expect(column((name) => policies[name].providers.shopify)).toEqual([
      ['mock'],
      ['mock', 'live-read', 'off'],
      ['off', 'live'],
    ]);
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
        role: 'all',
      });
      expect(settings.listenHost).toBe(policies[name].listenHost);
    }
  });
});

describe('the vendors (S4.1, S4.2)', () => {
  const names = ['shopify', 'whatsapp', 'richpanel', 'openai', 'email'];
  const allOf = (mode: string) => Object.fromEntries(names.map((name) => [name, mode]));

  test('nobody stands in for a vendor unless the environment, or in staging a person, says so', () => {
    expect(loadSettings(completeSettings('local')).providers).toEqual(allOf('mock'));
    expect(loadSettings(completeSettings('staging')).providers).toEqual(allOf('mock'));
    expect(loadSettings(completeSettings('production')).providers).toEqual(allOf('off'));
  });

  test('each is chosen by itself', () => {
    const settings = loadSettings({
      ...completeSettings('staging'),
      WHATSAPP_PROVIDER: 'off',
    });
    expect(settings.providers).toEqual({ ...allOf('mock'), whatsapp: 'off' });
    const off = Object.fromEntries(names.map((name) => [`${name.toUpperCase()}_PROVIDER`, 'off']));
    expect(loadSettings({ ...completeSettings('production'), ...off }).providers).toEqual(allOf('off'));
  });

  test('mocks remember in one place: that of the checkout in local, one that is named elsewhere', () => {
    const mocking = without(completeSettings('staging'), 'MOCKS_DIR');
    expect(wrongIn(mocking)).toEqual(['MOCKS_DIR']);
    const off = Object.fromEntries(names.map((name) => [`${name.toUpperCase()}_PROVIDER`, 'off']));
    expect(wrongIn({ ...mocking, ...off })).toEqual([]);
    expect(wrongIn({ ...mocking, ...off, EMAIL_PROVIDER: 'mock' })).toEqual(['MOCKS_DIR']);
    expect(wrongIn({ ...mocking, MOCKS_DIR: 'mocks' })).toEqual(['MOCKS_DIR']);
    expect(loadSettings({ ...mocking, MOCKS_DIR: '/srv/mocks' }).mocksDir).toBe('/srv/mocks');
    expect(loadSettings(completeSettings('local')).mocksDir).toMatch(/\/\.data\/mocks$/);
    expect(loadSettings(completeSettings('production')).mocksDir).toBeUndefined();
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
      'DATABASE_DIRECT_URL',
      'SHOPIFY_PROVIDER',
      'WHATSAPP_PROVIDER',
      'RICHPANEL_PROVIDER',
      'OPENAI_PROVIDER',
      'EMAIL_PROVIDER',
      'MOCKS_DIR',
      'ROLE',
      'DEV_AUTO_LOGIN',
      'APP_URL',
      'AWS_ACCOUNT_ID',
      'AWS_REGION',
      'MONGO_URL',
      'RECIPIENTS',
      'EGRESS_HOSTS',
      'SERVICE_OWNER',
      'COST_CENTER',
      'OPENAI_API_KEY',
      'OTEL_EXPORTER_OTLP_ENDPOINT',
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
      role: 'all',
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

  test('auto-login in local, on loopback only', () => {
    const local = { ...completeSettings('local'), DEV_AUTO_LOGIN: 'true' };
    expect(loadSettings(local).autoLogin).toBe(true);
    expect(loadSettings({ ...local, LISTEN_HOST: '127.0.0.2' }).autoLogin).toBe(true);
    expect(loadSettings({ ...local, LISTEN_HOST: '::1' }).autoLogin).toBe(true);
    expect(loadSettings({ ...completeSettings('staging'), DEV_AUTO_LOGIN: 'false' }).autoLogin).toBe(false);
  });

  test('lists, links, accounts and tags', () => {
    const settings = loadSettings({
      ...completeSettings('staging'),
      RECIPIENTS: ' a@example.com, +12025550143,whatsapp:US.1,, a@example.com',
      EGRESS_HOSTS: 'api.example.com,10.0.0.7:9000',
      WHATSAPP_ACCOUNTS: '1,2',
      APP_URL: 'https://bulkhead.example/app//',
      AWS_ACCOUNT_ID: '012345678901',
      AWS_REGION: 'us-east-2',
      COST_CENTER: 'cc-7',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.example:4318',
      MONGO_URL: 'mongodb://one.example,two.example:27018/bulkhead_staging?replicaSet=a',
    });
    expect(settings).toMatchObject({
      recipients: ['a@example.com', '+12025550143', 'whatsapp:US.1'],
      accounts: { whatsapp: ['1', '2'], shopify: undefined },
      appUrl: 'https://bulkhead.example/app',
      aws: { accountId: '012345678901', region: 'us-east-2' },
      tags: { owner: 'support-tools', costCenter: 'cc-7' },
      tracesUrl: 'http://collector.example:4318',
    });
    expect(settings.mongoUrl).toContain('two.example');
    expect(loadSettings(completeSettings('production'))).toMatchObject({ recipients: [], aws: undefined });
  });

  test('values arrive as what they mean', () => {
    const given = {
      PORT: '65535',
      LISTEN_HOST: '::',
      DATABASE_POOL_SIZE: '200',
      LOG_LEVEL: 'warn',
      DB_NAME: 'bulkhead',
      ROLE: 'worker',
      DATABASE_DIRECT_URL: urlOf('bulkhead_queue', 'bulkhead', secrets.otherPassword),
    };
    const rotating = {
      ACCESS_TOKEN_KEYS: `new:${secrets.accessKey}, old:${secrets.metricsToken}abcdefgh`,
      CREDENTIAL_KEYS: `new:${secrets.credentialKey}, old:${secrets.metricsToken}abcdef`,
    };
    const settings = loadSettings({ ...completeSettings('production'), ...given, ...rotating });
    expect(settings).toMatchObject({
      port: 65535,
      listenHost: '::',
      databasePoolSize: 200,
      logLevel: 'warn',
      role: 'worker',
    });
    expect(settings.accessTokenKeys.map(({ kid }) => kid)).toEqual(['new', 'old']);
    expect(settings.accessTokenKeys[0]?.secret).toEqual(Buffer.from(secrets.accessKey, 'base64url'));
    expect(settings.credentialKeys.map(({ kid }) => kid)).toEqual(['new', 'old']);
    expect(settings.credentialKeys.map(({ secret }) => secret.length)).toEqual([32, 32]);
    expect(settings.databaseUrls).toMatchObject({
      tenant: completeSettings('production')['DATABASE_URL'],
      queue: completeSettings('production')['DATABASE_QUEUE_URL'],
      direct: given.DATABASE_DIRECT_URL,
    });
  });

  test.each(['api', 'worker', 'all'])('a process may be %s', (role) => {
    expect(loadSettings({ ...completeSettings('staging'), ROLE: role }).role).toBe(role);
  });

  test('a command needs the doors, but none of the keys', () => {
    const unkeyed = without(
      completeSettings('staging'),
      'ACCESS_TOKEN_KEYS',
      'REFRESH_TOKEN_KEYS',
      'CREDENTIAL_KEYS',
    );
    expect(wrongIn(unkeyed, 'operate')).toEqual([]);
    expect(wrongIn(without(unkeyed, 'DATABASE_QUEUE_URL'), 'operate')).toEqual(['DATABASE_QUEUE_URL']);
  });

  test('nothing in the result can be changed afterwards', () => {
    const settings = loadSettings(completeSettings('staging'));
    const keys = [settings.accessTokenKeys, settings.refreshTokenKeys, settings.credentialKeys];
    const parts = [
      settings,
      settings.databaseUrls,
      settings.policy,
      settings.policy.databaseName,
      settings.policy.providers,
      settings.policy.providers.shopify,
      settings.policy.ownOrganization,
      settings.providers,
      settings.accounts,
      settings.tags,
      ...keys,
      ...keys.flat(),
    ];
    expect(parts.map((part) => Object.isFrozen(part))).toEqual(parts.map(() => true));
  });
});
