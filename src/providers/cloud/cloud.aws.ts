/** STS and SSM, through the SDK; wire facts in vendors.md, 6. */
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { AwsAccess } from './aws-access.js';
import {
  CloudProvider,
  principalOf,
  type CloudFailure,
  type IdentityOutcome,
  type ParametersOutcome,
} from './cloud.provider.js';

/** More in one call is an error. */
const namesPerCall = 10;

export class CloudAws extends CloudProvider {
  private readonly sts: STSClient;
  private readonly ssm: SSMClient;

  constructor(private readonly access: AwsAccess) {
    super();
    this.sts = new STSClient(access.clientOptions('sts'));
    this.ssm = new SSMClient(access.clientOptions('ssm'));
  }

  async identity(): Promise<IdentityOutcome> {
    const heard = await this.access.ask((options) => this.sts.send(new GetCallerIdentityCommand(), options));
    if ('failure' in heard) return heard.failure;
    const { Account: account, Arn: arn } = heard.answer;
    if (!account || !arn) return { kind: 'unavailable', reason: 'unexpected' };
    return { kind: 'identity', account, principal: principalOf(arn) };
  }

  async parameters(names: readonly string[]): Promise<ParametersOutcome> {
    const batches = Array.from({ length: Math.ceil(names.length / namesPerCall) }, (_, i) =>
      names.slice(i * namesPerCall, (i + 1) * namesPerCall),
    );
    const values = new Map<string, string>();
    for (const found of await Promise.all(batches.map((batch) => this.batch(batch)))) {
      if ('kind' in found) return found;
      for (const [name, value] of found) values.set(name, value);
    }
    return { kind: 'parameters', values, missing: names.filter((name) => !values.has(name)) };
  }

  private async batch(names: readonly string[]): Promise<readonly [string, string][] | CloudFailure> {
    const command = new GetParametersCommand({ Names: [...names], WithDecryption: true });
    const heard = await this.access.ask((options) => this.ssm.send(command, options));
    if ('failure' in heard) return heard.failure;
    return (heard.answer.Parameters ?? []).flatMap(({ Name: name, Value: value }) =>
      name !== undefined && value !== undefined ? [[name, value] as [string, string]] : [],
    );
  }
}
