/** `npm run demo`, as a newcomer runs it: every case ends as it should, told to a person and to a machine. */
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { Checkout } from './fixtures/checkout.js';
import { root } from './fixtures/packages.js';

interface Told {
  readonly cases: readonly {
    readonly case: string;
    readonly right: boolean;
    readonly steps: readonly object[];
  }[];
}

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let checkout: Checkout;
beforeAll(async () => {
  checkout = await Checkout.build();
  cpSync(join(root, 'scripts'), join(checkout.folder, 'scripts'), { recursive: true });
});
afterEach(() => checkout.settle());
afterAll(() => checkout.remove());

async function demo(...args: string[]) {
  const program = checkout.run(checkout.node, [join(checkout.folder, 'scripts/demo/main.ts'), ...args]);
  const { code } = await program.ended;
  return { code, output: program.output };
}

test('six cases, each as it should be, and nothing is left behind', async () => {
  const { code, output } = await demo();
  expect(code, output).toBe(0);
  expect(output.match(/as it should be/g)).toHaveLength(6);
  for (const check of ['kill-switch', 'fact-check', 'messaging-window', 'budget'])
    expect(output).toContain(`✓ ${check}`);
  // It has a database of its own, and leaves what `npm run webhook` looks for alone.
  expect(existsSync(join(checkout.stateDir, 'demo-webhooks.json'))).toBe(false);
});

test('as data: the same cases with their steps', async () => {
  const { code, output } = await demo('--json');
  expect(code).toBe(0);
  const { cases } = JSON.parse(output.slice(output.indexOf('{'))) as Told;
  expect(cases.map((each) => [each.case, each.right])).toEqual(
    ['sent', 'approved', 'refused', 'duplicate', 'signature', 'stale'].map((name) => [name, true]),
  );
  expect(cases[0]!.steps.length).toBeGreaterThan(15);
});

test('a case that ends otherwise makes it 1: here every order is whoever’s asks for it', async () => {
  const file = join(checkout.folder, 'dist/automation/identity.js');
  const text = readFileSync(file, 'utf8');
  const broken = text
    .replace('if (same === undefined)', 'if (false)')
    .replace('same.field', `'phone'`)
    .replace('same.of', `'order'`);
  expect(broken).not.toBe(text);
  writeFileSync(file, broken);
  try {
    const { code, output } = await demo();
    expect(code).toBe(1);
    expect(output).toContain('NOT AS IT SHOULD BE');
    expect(output).toContain('The order belongs to somebody else');
  } finally {
    writeFileSync(file, text);
  }
});

test('called wrongly it says how, with 2', async () => {
  const { code, output } = await demo('--what');
  expect([code, output.includes('npm run demo')]).toEqual([2, true]);
});
