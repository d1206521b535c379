/** The same contracts against moto, somebody else's idea of AWS. Run by `test/cloud/moto.sh`, which sets MOTO_URL. */
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { beforeAll, describe, expect, test } from 'vitest';
import { AwsAccess } from '../../src/providers/cloud/aws-access.js';
import { CloudAws } from '../../src/providers/cloud/cloud.aws.js';
import { SecretsAws } from '../../src/providers/secrets/secrets.aws.js';
import { cloudContract } from './cloud.suite.js';
import { secretsContract } from './secrets.suite.js';

const endpoint = process.env['MOTO_URL'];
const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'not-a-secret' };
const parameter = { name: '/bulkhead/staging/kill-switch', value: 'off' };
const name = 'bulkhead/staging/database';
const text = ' {"tenant":"pässword\\n"}\n';

describe.skipIf(!endpoint)('moto', () => {
  const access = new AwsAccess({ region: 'us-east-2', ...(endpoint && { endpoint }), credentials });

  beforeAll(async () => {
    const secrets = new SecretsManagerClient(access.clientOptions('secretsmanager'));
    const ssm = new SSMClient(access.clientOptions('ssm'));
    await secrets.send(new CreateSecretCommand({ Name: name, SecretString: text }));
    await secrets.send(
      new CreateSecretCommand({ Name: `${name}-binary`, SecretBinary: new Uint8Array([1, 2, 3]) }),
    );
    await ssm.send(
      new PutParameterCommand({ Name: parameter.name, Value: parameter.value, Type: 'SecureString' }),
    );
  });

  cloudContract(async () => ({
    provider: new CloudAws(access),
    account: '123456789012',
    principal: 'user',
    parameter,
    missing: '/bulkhead/staging/nothing',
  }));

  secretsContract(async () => ({
    provider: new SecretsAws(access),
    name,
    text,
    missing: 'bulkhead/staging/nothing',
  }));

  test('a binary secret is unusable', async () => {
    const outcome = await new SecretsAws(access).read(`${name}-binary`);
    expect(outcome).toEqual({ kind: 'unusable', error: 'not text' });
  });
});
