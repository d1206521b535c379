import { Secret, SecretsProvider, type SecretOutcome } from './secrets.provider.js';

/** Holds the secrets it is given; a value that is an outcome is answered as it is. Remembers what it was asked. */
export class SecretsMock extends SecretsProvider {
  readonly asked: string[] = [];

  constructor(private readonly secrets: ReadonlyMap<string, string | SecretOutcome>) {
    super();
  }

  async read(name: string): Promise<SecretOutcome> {
    this.asked.push(name);
    const held = this.secrets.get(name);
    if (held === undefined) return { kind: 'not-found' };
    return typeof held === 'string' ? { kind: 'secret', secret: new Secret(held) } : held;
  }
}
