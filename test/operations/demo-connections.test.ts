import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DemoConnections, demoEndpoints } from '../../src/operations/demo-connections.js';
import { DemoData } from '../../src/operations/demo-data.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { countOf } from '../webhooks/connected.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

test('six processes that seed at the same moment make each connection once, and none fails', async () => {
  const secrets = new Map<string, string>();
  const secretOf = (name: string) => {
    secrets.set(name, secrets.get(name) ?? randomBytes(32).toString('base64url'));
    return secrets.get(name)!;
  };
  await t.app.get(DemoData).seed('a-password-of-the-demo');
  const demo = demoEndpoints(secretOf);
  const seeding = Array.from({ length: 6 }, async () => t.app.get(DemoConnections).seed(demo));
  const outcomes = await Promise.allSettled(seeding);
  expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
  expect(await countOf(t, 'connections')).toBe(4);
  expect(await countOf(t, 'endpoints')).toBe(3);
});
