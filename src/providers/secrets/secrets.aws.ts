/** AWS Secrets Manager, through the SDK; wire facts in vendors.md, 6. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Secret, SecretsProvider, type SecretOutcome } from './secrets.provider.js';

type Failure = Exclude<SecretOutcome, { kind: 'secret' | 'not-found' | 'unusable' }>;
type ClientOptions = NonNullable<ConstructorParameters<typeof SecretsManagerClient>[0]>;

/** How AWS is asked (`cloud/aws-access.ts`): with one attempt, a deadline, and an endpoint that no variable changes. */
export interface SecretsAccess {
  clientOptions(service: 'secretsmanager'): ClientOptions;
  ask<Result>(
    send: (options: { abortSignal: AbortSignal }) => Promise<Result>,
  ): Promise<{ readonly answer: Result } | { readonly failure: Failure; readonly error: string }>;
}

export class SecretsAws extends SecretsProvider {
  private readonly client: SecretsManagerClient;

  constructor(private readonly access: SecretsAccess) {
    super();
    this.client = new SecretsManagerClient(access.clientOptions('secretsmanager'));
  }

  async read(name: string): Promise<SecretOutcome> {
    const command = new GetSecretValueCommand({ SecretId: name });
    const heard = await this.access.ask((options) => this.client.send(command, options));
    if ('answer' in heard) {
      const { SecretString: text } = heard.answer;
      return text === undefined
        ? { kind: 'unusable', error: 'not text' }
        : { kind: 'secret', secret: new Secret(text) };
    }
    if (heard.error === 'ResourceNotFoundException') return { kind: 'not-found' };
    // So it names a secret that is marked for deletion.
    if (heard.error === 'InvalidRequestException') return { kind: 'unusable', error: heard.error };
    return heard.failure;
  }
}
