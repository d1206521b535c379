/** What the guard refuses is counted where operators look. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refuse } from '../../src/environment/egress.refusal.js';
import { startTestApp, type TestApp } from '../support/app.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

test('a refusal is counted by its reason, and says no host on /metrics', async () => {
  const count = async () => {
    const { text } = await t.http().get('/metrics').expect(200);
    expect(text).not.toContain('evil.example');
    return Number(/^egress_refusals_total\{reason="not-listed",.*\} (\d+)$/m.exec(text)?.[1] ?? 0);
  };
  const before = await count();
  for (const port of [443, 80]) refuse({ host: 'evil.example', port }, 'not-listed');
  await expect.poll(count, { timeout: 5_000 }).toBe(before + 2);
});
