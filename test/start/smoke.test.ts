/**
 * What any running Bulkhead answers, whoever it belongs to: relative URLs against `TEST_BASE_URL`, or against one that is
 * started here (S3.6). It reads, signs in nobody and writes nothing; still it refuses a host that is not this machine's or a
 * test environment's.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Checkout } from './fixtures/checkout.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** @throws for a host whose name does not say that it is for tests */
function testHost(url: string): string {
  const { hostname, origin } = new URL(url);
  const isOurs = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  if (!isOurs && !/(^|[.-])(staging|test)([.-]|$)/.test(hostname))
    throw new Error(`TEST_BASE_URL names ${hostname}, which does not call itself staging or test`);
  return origin;
}

let base: string;
let checkout: Checkout | undefined;
beforeAll(async () => {
  const given = process.env['TEST_BASE_URL'];
  if (given) {
    base = testHost(given);
    return;
  }
  checkout = await Checkout.build();
  base = (await checkout.start().serving()).url;
});
afterAll(async () => {
  await checkout?.settle();
  await checkout?.remove();
});

const get = async (path: string, init?: RequestInit) => fetch(new URL(path, base), init);

test('health, readiness and documents', async () => {
  expect((await get('/healthz')).status).toBe(200);
  expect(await (await get('/readyz')).json()).toMatchObject({
    status: expect.stringMatching(/^(ok|degraded)$/) as string,
  });
});

test('who has not signed in is told so, in problem details, and nothing else', async () => {
  for (const path of ['/v1/me', '/v1/members', '/v1/conversations', '/v1/connections']) {
    const answer = await get(path);
    expect([path, answer.status]).toEqual([path, 401]);
    expect(await answer.json()).toMatchObject({ code: 'unauthenticated' });
  }
});

test('an endpoint that nobody has stores nothing', async () => {
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': 'sha256=00' };
  const path = '/webhooks/whatsapp/AAAAAAAAAAAAAAAAAAAAAA';
  expect((await get(path, { method: 'POST', headers, body: '{}' })).status).toBe(404);
});

test.each([
  'https://api.example.com',
  'https://bulkhead.example',
  'https://contest.example',
  'http://localhost.evil.example',
])('%s is no host for tests', (url) => {
  expect(() => testHost(url)).toThrow('does not call itself');
});

test.each(['http://127.0.0.1:3000', 'https://bulkhead.staging.example', 'https://test-api.example'])(
  '%s is',
  (url) => {
    expect(testHost(url)).toBe(new URL(url).origin);
  },
);
