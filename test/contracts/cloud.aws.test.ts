import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { AwsAccess, awsEndpoint } from '../../src/providers/cloud/aws-access.js';
import { CloudAws } from '../../src/providers/cloud/cloud.aws.js';
import { startAwsStandIn, type StandIn } from '../cloud/aws-stand-in.js';
import { cloudContract } from './cloud.suite.js';

const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'not-a-secret' };
const parameter = { name: '/bulkhead/staging/kill-switch', value: 'off' };
let aws: StandIn;
beforeAll(async () => {
  aws = await startAwsStandIn();
  aws.state.parameters.set(parameter.name, parameter.value);
});
afterAll(() => aws.stop());
afterEach(() => aws.state.errors.clear());

const open = (options: Partial<ConstructorParameters<typeof AwsAccess>[0]> = {}) =>
  new CloudAws(new AwsAccess({ region: 'us-east-2', endpoint: aws.endpoint, credentials, ...options }));

cloudContract(async () => ({
  provider: open(),
  account: aws.state.account,
  principal: 'assumed-role/bulkhead-staging',
  parameter,
  missing: '/bulkhead/staging/nothing',
}));

describe('failures', () => {
  const fail = (operation: string, status: number, type: string) =>
    aws.state.errors.set(operation, { status, type });

  test.each([
    ['AccessDeniedException', 400, { kind: 'denied', error: 'AccessDeniedException' }],
    ['UnrecognizedClientException', 400, { kind: 'refused', error: 'UnrecognizedClientException' }],
    ['ExpiredTokenException', 400, { kind: 'refused', error: 'ExpiredTokenException' }],
    ['ThrottlingException', 400, { kind: 'unavailable', reason: 'throttled' }],
    ['InternalServerError', 500, { kind: 'unavailable', reason: 'server-error' }],
    ['SomethingNew', 400, { kind: 'unavailable', reason: 'unexpected' }],
  ] as const)('SSM: %s, once and without its message', async (type, status, outcome) => {
    fail('GetParameters', status, type);
    aws.asked.length = 0;
    expect(await open().parameters([parameter.name])).toEqual(outcome);
    expect(aws.asked).toEqual(['GetParameters']);
  });

  test.each([
    ['ExpiredToken', 403],
    ['InvalidClientTokenId', 403],
  ])('STS: %s', async (type, status) => {
    fail('GetCallerIdentity', status, type);
    expect(await open().identity()).toEqual({ kind: 'refused', error: expect.stringMatching(type) });
  });

  test('nobody answers, the connection is cut, nobody listens', async () => {
    aws.state.errors.set('GetParameters', 'hang');
    const began = performance.now();
    const hung = await open({ deadlineMs: 200 }).parameters([parameter.name]);
    expect(hung).toEqual({ kind: 'unavailable', reason: 'timeout' });
    expect(performance.now() - began).toBeLessThan(2_000);
    aws.state.errors.set('GetParameters', 'cut');
    const cut = await open().parameters([parameter.name]);
    expect(cut).toEqual({ kind: 'unavailable', reason: 'connection-lost' });
    const nowhere = await open({ endpoint: 'http://127.0.0.1:1' }).parameters([parameter.name]);
    expect(nowhere).toEqual({ kind: 'unavailable', reason: 'unreachable' });
  });

  test('no credentials: said so, and nothing is asked', async () => {
    for (const name of [
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_PROFILE',
      'AWS_WEB_IDENTITY_TOKEN_FILE',
      'AWS_CONTAINER_CREDENTIALS_FULL_URI',
      'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    ])
      vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nonexistent');
    vi.stubEnv('AWS_CONFIG_FILE', '/nonexistent');
    aws.asked.length = 0;
    const access = new AwsAccess({ region: 'us-east-2', endpoint: aws.endpoint });
    expect(await new CloudAws(access).identity()).toEqual({ kind: 'no-credentials' });
    expect(aws.asked).toEqual([]);
  });
});

describe('where it asks', () => {
  /** The host a client would ask, without asking it. */
  const hostAskedBy = async (options: NonNullable<ConstructorParameters<typeof STSClient>[0]>) => {
    let host = '';
    const handle = async (request: { hostname: string }) => {
      host = request.hostname;
      throw new Error('not asked');
    };
    const requestHandler = { handle } as unknown as NonNullable<typeof options.requestHandler>;
    const client = new STSClient({ ...options, credentials, requestHandler, maxAttempts: 1 });
    await expect(client.send(new GetCallerIdentityCommand())).rejects.toThrow('not asked');
    return host;
  };

  test('the address is made here, of the region, whatever variables say', async () => {
    for (const name of ['AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_STS'])
      vi.stubEnv(name, 'http://elsewhere.example');
    const ours = new AwsAccess({ region: 'us-east-2' }).clientOptions('sts');
    const { endpoint: _, ...without } = ours;
    expect(await hostAskedBy(without)).toBe('elsewhere.example');
    for (const name of ['AWS_USE_FIPS_ENDPOINT', 'AWS_USE_DUALSTACK_ENDPOINT']) vi.stubEnv(name, 'true');
    vi.stubEnv('AWS_REGION', 'eu-west-1');
    expect(await hostAskedBy(ours)).toBe('sts.us-east-2.amazonaws.com');
  });

  test.each([
    ['sts', 'us-east-2', 'sts.us-east-2.amazonaws.com'],
    ['secretsmanager', 'eu-central-1', 'secretsmanager.eu-central-1.amazonaws.com'],
    ['ssm', 'cn-north-1', 'ssm.cn-north-1.amazonaws.com.cn'],
  ] as const)('%s in %s is %s, over TLS that is checked', (service, region, host) => {
    const { protocol, hostname } = new URL(awsEndpoint(service, region));
    expect([protocol, hostname]).toEqual(['https:', host]);
    const { requestHandler, maxAttempts } = new AwsAccess({ region }).clientOptions(service);
    expect(requestHandler.httpsAgent.rejectUnauthorized).toBe(true);
    expect(maxAttempts).toBe(1);
  });
});
