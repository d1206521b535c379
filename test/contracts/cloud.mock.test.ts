import { expect, test } from 'vitest';
import { CloudMock } from '../../src/providers/cloud/cloud.mock.js';
import { principalOf } from '../../src/providers/cloud/cloud.provider.js';
import { cloudContract } from './cloud.suite.js';

const account = '012345678901';
const parameter = { name: '/bulkhead/staging/kill-switch', value: 'off' };

cloudContract(async () => ({
  provider: new CloudMock({
    account,
    arn: `arn:aws:sts::${account}:assumed-role/bulkhead-staging/jane@example.com`,
    parameters: new Map([[parameter.name, parameter.value]]),
  }),
  account,
  principal: 'assumed-role/bulkhead-staging',
  parameter,
  missing: '/bulkhead/staging/nothing',
}));

test.each([
  ['arn:aws:iam::012345678901:user/team/jane.doe', 'user'],
  ['arn:aws:iam::012345678901:root', 'root'],
  ['arn:aws:sts::012345678901:federated-user/jane', 'federated-user'],
  ['arn:aws-cn:sts::012345678901:assumed-role/deploy/jane@example.com', 'assumed-role/deploy'],
  ['arn:aws:sts::012345678901:assumed-role/jane@example.com/x', 'assumed-role'],
  ['nonsense', ''],
])('of %s it tells %s', (arn, principal) => {
  expect(principalOf(arn)).toBe(principal);
});
