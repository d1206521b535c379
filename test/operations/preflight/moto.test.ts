/** Preflight as a whole against moto, somebody else's idea of AWS. Run by `test/cloud/moto.sh`, which sets MOTO_URL. */
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Artifact } from '../../../src/operations/preflight/artifact.js';
import { preflight } from '../../../src/operations/preflight/preflight.js';
import { AwsAccess } from '../../../src/providers/cloud/aws-access.js';
import { completeSettings, secretsIn } from '../../config/complete-settings.js';
import { checkIn, credentials, dependenciesOn, failedIn, fingerprintKey, names } from './setup.js';

const endpoint = process.env['MOTO_URL'] ?? '';
/** Another one than the contracts use at the same moto: its secrets and parameters are its own. */
const region = 'us-west-2';
const given = completeSettings('staging');
const env = {
  ...given,
  DATABASE_URL: `secretsmanager:${names.databases}#tenant`,
  ACCESS_TOKEN_KEYS: `secretsmanager:${names.keys}`,
  AWS_ACCOUNT_ID: '123456789012',
  AWS_REGION: region,
  FINGERPRINT_KEY: fingerprintKey,
};

describe.skipIf(!endpoint)('an account that moto plays', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-preflight-'));
  beforeAll(async () => {
    const access = new AwsAccess({ region, endpoint, credentials });
    const secrets = new SecretsManagerClient(access.clientOptions('secretsmanager'));
    const ssm = new SSMClient(access.clientOptions('ssm'));
    const databases = JSON.stringify({ tenant: given['DATABASE_URL'] });
    await secrets.send(new CreateSecretCommand({ Name: names.databases, SecretString: databases }));
    await secrets.send(
      new CreateSecretCommand({ Name: names.keys, SecretString: given['ACCESS_TOKEN_KEYS'] }),
    );
    await ssm.send(new PutParameterCommand({ Name: names.killSwitch, Value: 'off', Type: 'SecureString' }));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function run(changed: Record<string, string> = {}): Promise<{ code: number; artifact: Artifact }> {
    const out = join(folder, 'preflight.json');
    const chosen = { env: 'staging', region, out };
    const { code = 0, lines } = await preflight(chosen, dependenciesOn(endpoint, { ...env, ...changed }, []));
    const written = readFileSync(out, 'utf8');
    expect(secretsIn(written + lines.join())).toEqual([]);
    return { code, artifact: JSON.parse(written) as Artifact };
  }

  test('is right: its secrets are read, its switch is known', async () => {
    const { code, artifact } = await run();
    expect([code, failedIn(artifact)]).toEqual([0, []]);
    expect(artifact.account).toBe('123456789012');
    for (const name of [`secret ${names.databases}`, `secret ${names.keys}`, `parameter ${names.killSwitch}`])
      expect(checkIn(artifact, name)?.status, name).toBe('ok');
  });

  test('is another one: no secret is asked for', async () => {
    const { code, artifact } = await run({ AWS_ACCOUNT_ID: '999999999999' });
    expect(code).toBe(1);
    expect(failedIn(artifact)).toContain('account');
    expect(checkIn(artifact, `secret ${names.keys}`)?.status).toBe('skipped');
  });

  test('lacks a secret: the others are still read', async () => {
    const { code, artifact } = await run({ METRICS_TOKEN: 'secretsmanager:bulkhead/staging/nothing' });
    expect(code).toBe(1);
    expect(checkIn(artifact, 'secret bulkhead/staging/nothing')?.status).toBe('failed');
    expect(checkIn(artifact, `secret ${names.keys}`)?.status).toBe('ok');
  });
});
