/** What every place for secrets does, the mock, the real adapter at the stand-in, and at moto. */
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import type { SecretsProvider } from '../../src/providers/secrets/secrets.provider.js';

export interface SecretsHarness {
  readonly provider: SecretsProvider;
  /** Exists, with this text. */
  readonly name: string;
  readonly text: string;
  readonly missing: string;
}

export function secretsContract(newHarness: () => Promise<SecretsHarness>): void {
  test('reads a secret exactly as it is, and tells it only to who asks', async () => {
    const { provider, name, text } = await newHarness();
    const outcome = await provider.read(name);
    if (outcome.kind !== 'secret') throw new Error(outcome.kind);
    expect(outcome.secret.reveal()).toBe(text);
    const seen = [
      inspect(outcome, { depth: null, showHidden: true }),
      inspect(outcome.secret, { customInspect: false, showHidden: true }),
      JSON.stringify(outcome),
      String(outcome.secret),
      JSON.stringify(Object.assign({}, outcome.secret)),
    ];
    for (const each of seen) expect(each).not.toContain(text.slice(0, 8));
  });

  test('a name that does not exist is not found, and no other name stands in', async () => {
    const { provider, name, missing } = await newHarness();
    for (const each of [missing, name.slice(0, -1), `${name}-`, name.toUpperCase()])
      expect(await provider.read(each)).toEqual({ kind: 'not-found' });
  });
}
