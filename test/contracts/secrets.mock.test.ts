import { SecretsMock } from '../../src/providers/secrets/secrets.mock.js';
import { secretsContract } from './secrets.suite.js';

const name = 'bulkhead/staging/database';
const text = '{"tenant":"postgres-password"}';

secretsContract(async () => ({
  provider: new SecretsMock(new Map([[name, text]])),
  name,
  text,
  missing: 'bulkhead/staging/nothing',
}));
