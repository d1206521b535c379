/** Whoever starts it, and however closed the home that the checkout is in. */
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { call, signIn } from './fixtures/api.js';
import { Checkout, type Start } from './fixtures/checkout.js';

const isRoot = process.getuid?.() === 0;
const us = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const nobody = { uid: 65534, gid: 65534 };

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let closed: Checkout;
beforeAll(async () => {
  // With packages of its own: ours may be in a place that everybody can enter, which proves nothing.
  closed = await Checkout.build({ ownPackages: true });
});
afterAll(() => closed.remove());

async function servesAndStops(start: Start): Promise<void> {
  const program = closed.start(start);
  const serving = await program.serving();
  expect((await call(`${serving.url}/readyz`)).status).toBe(200);
  expect((await signIn(serving, 'olivia@volt-motors.example')).organization.name).toBe('Volt Motors');
  expect(await program.stop('SIGINT')).toEqual({ code: 0, signal: null });
  expect(closed.databasePid).toBeUndefined();
}

test('serves from a checkout under a home that only we can enter', async () => {
  closed.giveTo(us);
  expect(statSync(dirname(closed.folder)).mode & 0o777).toBe(0o700);
  await servesAndStops({ node: closed.node });
  expect(statSync(closed.stateDir).mode & 0o777).toBe(0o700);
});

test('serves as another user, under a home that only that user can enter', async (context) => {
  context.skip(!isRoot, 'not run: only root can become another user; the test above ran as a normal one');
  await closed.removeState();
  closed.giveTo(nobody);
  await servesAndStops({ node: closed.node, account: nobody });
  expect(closed.dataDir).toBe(join(closed.stateDir, 'postgres/data'));
  expect(statSync(closed.dataDir ?? '').uid).toBe(nobody.uid);
});
