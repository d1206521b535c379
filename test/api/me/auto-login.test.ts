/** `DEV_AUTO_LOGIN` answers this machine, and no page that a browser on it has open. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AutoLogin } from '../../../src/auth/auto-login.js';
import { password } from '../../support/factory.js';
import { startTestApp, type TestApp } from '../../support/app.js';

let t: TestApp;
beforeAll(async () => {
  t = await startTestApp();
  const { email } = await t.make.signedIn();
  t.app.get(AutoLogin).enable({ email, password });
});
afterAll(() => t.close());

const asked = async (headers: Record<string, string>) => (await t.http().get('/v1/me').set(headers)).status;

test.each(['localhost', 'localhost:3000', '127.0.0.1:3000', '[::1]:3000'])('as %s', async (host) => {
  expect(await asked({ host })).toBe(200);
  expect(await asked({ host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' })).toBe(200);
});

test.each<Record<string, string>>([
  { host: 'evil.example:3000' },
  { host: '127.0.0.1.evil.example' },
  { host: 'localhost.evil.example' },
  { host: 'localhost:3000', origin: 'http://evil.example' },
  { host: 'localhost:3000', origin: 'http://localhost:4000' },
  { host: 'localhost:3000', origin: 'null' },
  { host: 'localhost:3000', 'sec-fetch-site': 'cross-site' },
  { host: 'localhost:3000', 'sec-fetch-site': 'same-site' },
  { host: 'localhost:3000', authorization: 'Bearer x' },
])('not as %o', async (headers) => {
  expect(await asked(headers)).toBe(401);
});
