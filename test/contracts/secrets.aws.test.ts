import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { AwsAccess } from '../../src/providers/cloud/aws-access.js';
import { SecretsAws } from '../../src/providers/secrets/secrets.aws.js';
import { startAwsStandIn, type StandIn } from '../cloud/aws-stand-in.js';
import { secretsContract } from './secrets.suite.js';

const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'not-a-secret' };
const name = 'bulkhead/staging/database';
const text = ' {"tenant":"pässword\\n"}\n';
let aws: StandIn;
beforeAll(async () => {
  aws = await startAwsStandIn();
  aws.state.secrets.set(name, text);
});
afterAll(() => aws.stop());
afterEach(() => aws.state.errors.clear());

const open = (deadlineMs = 4_000) =>
  new SecretsAws(new AwsAccess({ region: 'us-east-2', endpoint: aws.endpoint, credentials, deadlineMs }));

secretsContract(async () => ({ provider: open(), name, text, missing: 'bulkhead/staging/nothing' }));

test.each([
  ['AccessDeniedException', { kind: 'denied', error: 'AccessDeniedException' }],
  ['DecryptionFailure', { kind: 'denied', error: 'DecryptionFailure' }],
  ['InvalidRequestException', { kind: 'unusable', error: 'InvalidRequestException' }],
  ['ExpiredTokenException', { kind: 'refused', error: 'ExpiredTokenException' }],
  ['UnrecognizedClientException', { kind: 'refused', error: 'UnrecognizedClientException' }],
  ['ThrottlingException', { kind: 'unavailable', reason: 'throttled' }],
] as const)('%s is told apart, asked once, without its message', async (type, outcome) => {
  aws.state.errors.set(`GetSecretValue ${name}`, { status: 400, type });
  aws.asked.length = 0;
  expect(await open().read(name)).toEqual(outcome);
  expect(aws.asked).toEqual([`GetSecretValue ${name}`]);
});

test('a binary secret is unusable; a hung call ends; a variable leads nowhere else', async () => {
  aws.state.secrets.set('bulkhead/staging/binary', Buffer.from([1, 2, 3]));
  expect(await open().read('bulkhead/staging/binary')).toEqual({ kind: 'unusable', error: 'not text' });
  aws.state.errors.set('GetSecretValue', 'hang');
  expect(await open(200).read(name)).toEqual({ kind: 'unavailable', reason: 'timeout' });
  aws.state.errors.clear();
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', 'http://127.0.0.1:1');
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1');
  expect(await open().read(name)).toMatchObject({ kind: 'secret' });
});
