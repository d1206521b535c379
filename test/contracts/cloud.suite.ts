/** What every cloud account does, the mock, the real adapter at the stand-in, and at moto. */
import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import type { CloudProvider } from '../../src/providers/cloud/cloud.provider.js';

export interface CloudHarness {
  readonly provider: CloudProvider;
  readonly account: string;
  readonly principal: string;
  /** Exists, with this value. */
  readonly parameter: { readonly name: string; readonly value: string };
  readonly missing: string;
}

export function cloudContract(newHarness: () => Promise<CloudHarness>): void {
  test('identity: the account as text, and of the identity no person', async () => {
    const { provider, account, principal } = await newHarness();
    const outcome = await provider.identity();
    expect(outcome).toEqual({ kind: 'identity', account, principal });
    expect(account).toMatch(/^\d{12}$/);
    expect(inspect(outcome, { depth: null, showHidden: true })).not.toContain('jane');
  });

  test('parameters: what exists, and by name what does not, which is no error', async () => {
    const { provider, parameter, missing } = await newHarness();
    expect(await provider.parameters([missing, parameter.name])).toEqual({
      kind: 'parameters',
      values: new Map([[parameter.name, parameter.value]]),
      missing: [missing],
    });
    expect(await provider.parameters([missing])).toEqual({
      kind: 'parameters',
      values: new Map(),
      missing: [missing],
    });
    expect(await provider.parameters([])).toEqual({ kind: 'parameters', values: new Map(), missing: [] });
  });

  test('parameters: more than the ten that one call takes', async () => {
    const { provider, parameter, missing } = await newHarness();
    const many = Array.from({ length: 24 }, (_, i) => `${missing}-${i}`);
    expect(await provider.parameters([...many, parameter.name])).toEqual({
      kind: 'parameters',
      values: new Map([[parameter.name, parameter.value]]),
      missing: many,
    });
  });
}
