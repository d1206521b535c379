import {
  CloudProvider,
  principalOf,
  type CloudFailure,
  type IdentityOutcome,
  type ParametersOutcome,
} from './cloud.provider.js';

/** An account with the parameters it is given, or one that fails as it is told. */
export class CloudMock extends CloudProvider {
  constructor(
    private readonly account: {
      readonly account: string;
      readonly arn: string;
      readonly parameters: ReadonlyMap<string, string>;
      readonly identityFails?: CloudFailure;
      readonly parametersFail?: CloudFailure;
    },
  ) {
    super();
  }

  async identity(): Promise<IdentityOutcome> {
    const { account, arn, identityFails } = this.account;
    return identityFails ?? { kind: 'identity', account, principal: principalOf(arn) };
  }

  async parameters(names: readonly string[]): Promise<ParametersOutcome> {
    const { parameters, parametersFail } = this.account;
    if (parametersFail) return parametersFail;
    const values = new Map([...parameters].filter(([name]) => names.includes(name)));
    return { kind: 'parameters', values, missing: names.filter((name) => !values.has(name)) };
  }
}
