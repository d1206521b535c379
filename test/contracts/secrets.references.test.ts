/** Settings that name a secret: what is asked for, what never is, and what a person is told. */
import { describe, expect, test } from 'vitest';
import { resolveReferences } from '../../src/config/setting-references.js';
import { SettingsError, type SettingViolation } from '../../src/config/settings.js';
import { withSecrets, type OpenAccount } from '../../src/operations/secret-references.js';
import { CloudMock } from '../../src/providers/cloud/cloud.mock.js';
import { SecretsMock } from '../../src/providers/secrets/secrets.mock.js';
import type { SecretOutcome } from '../../src/providers/secrets/secrets.provider.js';
import { completeSettings, without } from '../config/complete-settings.js';

const account = '012345678901';
const complete = completeSettings('staging');
const keys = complete['ACCESS_TOKEN_KEYS']!;
const aws = { AWS_ACCOUNT_ID: account, AWS_REGION: 'us-east-2' };
const refer = (name: string) => `secretsmanager:bulkhead/staging/${name}`;

function setUp(held: Record<string, string | SecretOutcome>, inAccount = account) {
  const secrets = new SecretsMock(
    new Map(Object.entries(held).map(([name, value]) => [`bulkhead/staging/${name}`, value])),
  );
  const arn = `arn:aws:iam::${inAccount}:root`;
  const cloud = new CloudMock({ account: inAccount, arn, parameters: new Map() });
  const regions: string[] = [];
  const open: OpenAccount = async (region) => {
    regions.push(region);
    return { cloud, secrets };
  };
  return { open, regions, asked: secrets.asked };
}

async function violationsOf(work: Promise<unknown>): Promise<readonly SettingViolation[]> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SettingsError)) throw new Error('nothing was wrong');
  return error.violations;
}
const settingsIn = (violations: readonly SettingViolation[]) =>
  violations.map(({ setting }) => setting).toSorted();

test('whole secrets and members of one are filled in; each is read once', async () => {
  const { open, asked, regions } = setUp({
    keys: JSON.stringify({ access: keys, refresh: complete['REFRESH_TOKEN_KEYS'] }),
    metrics: complete['METRICS_TOKEN']!,
  });
  const env = await withSecrets(
    {
      ...complete,
      ...aws,
      ACCESS_TOKEN_KEYS: refer('keys#access'),
      REFRESH_TOKEN_KEYS: refer('keys#refresh'),
      METRICS_TOKEN: refer('metrics'),
    },
    'serve',
    open,
  );
  expect(env).toEqual({ ...complete, ...aws });
  expect(asked.toSorted()).toEqual(['bulkhead/staging/keys', 'bulkhead/staging/metrics']);
  expect(regions).toEqual(['us-east-2']);
});

test('without a reference nothing is opened', async () => {
  const { open, regions } = setUp({});
  expect(await withSecrets(complete, 'serve', open)).toBe(complete);
  expect(await withSecrets({ ...complete, HOME: refer('keys') }, 'serve', open)).toMatchObject({
    HOME: refer('keys'),
  });
  expect(regions).toEqual([]);
});

describe('refused before anything is asked', () => {
  test.each([
    ['another environment', 'secretsmanager:bulkhead/production/keys'],
    ['a prefix that only looks alike', 'secretsmanager:bulkhead/staging-2/keys'],
    ['no name', 'secretsmanager:bulkhead/staging/'],
    ['an ARN', `secretsmanager:arn:aws:secretsmanager:us-east-2:${account}:secret:bulkhead/staging/keys`],
    ['a name with a space', 'secretsmanager:bulkhead/staging/my keys'],
    ['an empty key', refer('keys#')],
  ])('%s', async (_what, reference) => {
    const { open, asked } = setUp({ keys });
    const given = { ...complete, ...aws, ACCESS_TOKEN_KEYS: reference };
    const violations = await violationsOf(withSecrets(given, 'serve', open));
    expect(settingsIn(violations)).toEqual(['ACCESS_TOKEN_KEYS']);
    expect(asked).toEqual([]);
  });

  test('a reference in local', async () => {
    const { open, regions } = setUp({ keys });
    const given = {
      ...completeSettings('local'),
      ...aws,
      ACCESS_TOKEN_KEYS: 'secretsmanager:bulkhead/local/keys',
    };
    expect(settingsIn(await violationsOf(withSecrets(given, 'serve', open)))).toEqual(['ACCESS_TOKEN_KEYS']);
    expect(regions).toEqual([]);
  });

  test('no account or region is named, or a variable leads elsewhere', async () => {
    const { open, regions } = setUp({ keys });
    const given = { ...complete, ACCESS_TOKEN_KEYS: refer('keys') };
    expect(settingsIn(await violationsOf(withSecrets(given, 'serve', open)))).toEqual([
      'AWS_ACCOUNT_ID',
      'AWS_REGION',
    ]);
    const led = { ...given, ...aws, AWS_ENDPOINT_URL: 'x', AWS_ENDPOINT_URL_STS: 'x' };
    expect(settingsIn(await violationsOf(withSecrets(led, 'serve', open)))).toEqual([
      'AWS_ENDPOINT_URL',
      'AWS_ENDPOINT_URL_STS',
    ]);
    expect(regions).toEqual([]);
  });

  // The second is the right one to whoever compares numbers.
  test.each(['999999999999', '12345678901'])(
    'the credentials are of the account %s: no secret is read',
    async (other) => {
      const { open, asked } = setUp({ keys }, other);
      const given = { ...complete, ...aws, ACCESS_TOKEN_KEYS: refer('keys') };
      expect(await violationsOf(withSecrets(given, 'serve', open))).toEqual([
        { setting: 'AWS_ACCOUNT_ID', problem: expect.stringContaining(other) },
      ]);
      expect(asked).toEqual([]);
    },
  );
});

test('every failure at once, with what else is wrong, naming setting and secret and no value', async () => {
  const { open } = setUp({
    object: '{"other":"hunter2-member","number":7}',
    text: 'hunter2-text',
    empty: ' \n',
    chain: refer('text'),
    denied: { kind: 'denied', error: 'AccessDeniedException' },
  });
  const given = {
    ...without(complete, 'SERVICE_OWNER'),
    ...aws,
    DATABASE_URL: refer('missing'),
    DATABASE_ENTRY_URL: refer('denied'),
    DATABASE_PLATFORM_URL: refer('object#platform'),
    DATABASE_QUEUE_URL: refer('text#queue'),
    ACCESS_TOKEN_KEYS: refer('empty'),
    REFRESH_TOKEN_KEYS: refer('object#number'),
    METRICS_TOKEN: refer('chain'),
    CREDENTIAL_KEYS: 'secretsmanager:hunter2-as-a-name!',
  };
  const violations = await violationsOf(withSecrets(given, 'serve', open));
  expect(settingsIn(violations)).toEqual(
    [
      ...Object.keys(given).filter((setting) => /DATABASE|KEYS|TOKEN/.test(setting)),
      'SERVICE_OWNER',
    ].toSorted(),
  );
  const problems = Object.fromEntries(violations.map(({ setting, problem }) => [setting, problem]));
  expect(problems).toMatchObject({
    DATABASE_URL: expect.stringMatching(/bulkhead\/staging\/missing.*does not exist/),
    DATABASE_ENTRY_URL: expect.stringMatching(/bulkhead\/staging\/denied.*may not be read/),
    DATABASE_PLATFORM_URL: expect.stringContaining('key platform'),
    METRICS_TOKEN: expect.stringContaining('holds a reference itself'),
  });
  expect(JSON.stringify(violations)).not.toContain('hunter2');
});

test('what could not be resolved is left out, never left as it was', async () => {
  const read = async () => ({ problem: 'does not exist' });
  const { env } = await resolveReferences({ METRICS_TOKEN: refer('metrics') }, 'staging', read);
  expect(env).toEqual({});
});

test.each(['constructor', '__proto__', 'toString'])(
  'a key %s that nobody wrote is not there',
  async (key) => {
    const read = async () => ({ text: '{"a":"b"}' });
    const { violations } = await resolveReferences(
      { METRICS_TOKEN: refer(`metrics#${key}`) },
      'staging',
      read,
    );
    expect(violations).toHaveLength(1);
  },
);
