/** Where keys rotate at all: only where their settings named secrets. From the variables to the ring. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';
import { Test } from '@nestjs/testing';
import { afterEach, expect, test, vi } from 'vitest';
import { SettingsModule } from '../../src/config/config.module.js';
import { loadSettings, type Settings } from '../../src/config/settings.js';
import { completeSettings as start } from '../../src/operations/complete-settings.js';
import { KeyRing } from '../../src/providers/secrets/key-ring.provider.js';
import { lookEveryMs, RotatingKeys } from '../../src/providers/secrets/rotating-keys.js';
import { SecretsModule, type SecretsSource } from '../../src/providers/secrets/secrets.module.js';
import { completeSettings, secrets } from '../config/complete-settings.js';

const aws = { AWS_ACCOUNT_ID: '012345678901', AWS_REGION: 'us-east-2' };
const name = 'bulkhead/staging/keys';
const own = completeSettings('staging');
const given = { ...own, ...aws };
const held = { access: own['ACCESS_TOKEN_KEYS']!, refresh: own['REFRESH_TOKEN_KEYS']! };
const named = {
  ...given,
  ACCESS_TOKEN_KEYS: `secretsmanager:${name}#access`,
  REFRESH_TOKEN_KEYS: `secretsmanager:${name}#refresh`,
};
const references = {
  ACCESS_TOKEN_KEYS: { name, key: 'access' },
  REFRESH_TOKEN_KEYS: { name, key: 'refresh' },
};
afterEach(() => {
  vi.useRealTimers();
});

async function ringOf(settings: Settings) {
  const opened: string[] = [];
  const source: SecretsSource = { kind: 'mock', secrets: new Map([[name, JSON.stringify(held)]]) };
  const open = async (region: string) => {
    opened.push(region);
    return source;
  };
  const module = await Test.createTestingModule({
    imports: [SettingsModule.register(settings), SecretsModule.register(open)],
  }).compile();
  return { module, opened, ring: module.get(KeyRing) };
}

test.each([
  ['local', completeSettings('local')],
  ['staging, with keys in variables', given],
])('%s: the keys are the settings’ own; nothing is opened, nothing polled', async (_where, env) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval'] });
  const settings = loadSettings(env);
  expect(settings.keyReferences).toEqual({});
  const { module, opened, ring } = await ringOf(settings);
  expect(ring.keys('ACCESS_TOKEN_KEYS')).toBe(settings.accessTokenKeys);
  expect(ring.keys('REFRESH_TOKEN_KEYS')).toBe(settings.refreshTokenKeys);
  expect(ring.keys('CREDENTIAL_KEYS')).toBe(settings.credentialKeys);
  expect([ring instanceof RotatingKeys, opened, vi.getTimerCount()]).toEqual([false, [], 0]);
  await module.close();
});

test('where they are secrets, one timer looks, until the application is closed', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { module, opened, ring } = await ringOf(loadSettings(given, 'serve', named));
  expect([ring instanceof RotatingKeys, opened, vi.getTimerCount()]).toEqual([true, ['us-east-2'], 1]);
  await vi.advanceTimersByTimeAsync(lookEveryMs);
  expect(vi.getTimerCount()).toBe(1);
  await module.close();
  expect(vi.getTimerCount()).toBe(0);
});

test('a start remembers where the lists came from, frozen; of its own environment only', async () => {
  expect(loadSettings(given, 'serve', named).keyReferences).toEqual(references);
  const { keyReferences } = loadSettings(given, 'serve', {
    ...named,
    ACCESS_TOKEN_KEYS: 'secretsmanager:bulkhead/production/keys',
    METRICS_TOKEN: `secretsmanager:${name}#metrics`,
  });
  expect(Object.keys(keyReferences)).toEqual(['REFRESH_TOKEN_KEYS']);
  for (const each of [keyReferences, keyReferences.REFRESH_TOKEN_KEYS])
    expect(Object.isFrozen(each)).toBe(true);
});

test('from the variables of a process to its settings: resolved, and with their references', async () => {
  for (const [setting, value] of Object.entries(named)) vi.stubEnv(setting, value);
  vi.spyOn(STSClient.prototype, 'send').mockImplementation(() => ({
    Account: aws.AWS_ACCOUNT_ID,
    Arn: `arn:aws:iam::${aws.AWS_ACCOUNT_ID}:root`,
  }));
  vi.spyOn(SecretsManagerClient.prototype, 'send').mockImplementation((command: unknown) =>
    command instanceof GetSecretValueCommand ? { SecretString: JSON.stringify(held) } : {},
  );
  const { settings } = await start(
    'provision',
    () => undefined,
    () => undefined,
  );
  expect(settings.accessTokenKeys[0]!.secret).toEqual(Buffer.from(secrets.accessKey, 'base64url'));
  expect(settings.keyReferences).toEqual(references);
});
