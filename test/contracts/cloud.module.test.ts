/** Where the second kill switch is polled at all; and that the real account opens without asking anything. */
import { Test } from '@nestjs/testing';
import { expect, test, vi } from 'vitest';
import { SettingsModule } from '../../src/config/config.module.js';
import { loadSettings } from '../../src/config/settings.js';
import { openAwsAccount } from '../../src/operations/secret-references.js';
import { CloudModule } from '../../src/providers/cloud/cloud.module.js';
import { KillSwitchParameter } from '../../src/providers/cloud/kill-switch.provider.js';
import { completeSettings } from '../config/complete-settings.js';

const aws = { AWS_ACCOUNT_ID: '012345678901', AWS_REGION: 'us-east-2' };

test.each([
  ['local, even with an account (C15)', { ...completeSettings('local'), ...aws }],
  ['staging without an account', completeSettings('staging')],
])('%s: there is none, and the row decides alone', async (_where, given) => {
  const settings = loadSettings(given);
  const module = await Test.createTestingModule({
    imports: [SettingsModule.register(settings), CloudModule],
  }).compile();
  const parameter = module.get(KillSwitchParameter);
  expect([parameter.isOn(), parameter.ageMs()]).toEqual([false, undefined]);
  await module.close();
});

test('the real account, with no credentials at hand', async () => {
  for (const name of [
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_PROFILE',
    'AWS_WEB_IDENTITY_TOKEN_FILE',
  ])
    vi.stubEnv(name, undefined);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
  vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
  const { cloud, secrets } = await openAwsAccount('us-east-2');
  expect(await cloud.identity()).toEqual({ kind: 'no-credentials' });
  expect(await secrets.read('bulkhead/staging/x')).toEqual({ kind: 'no-credentials' });
});
