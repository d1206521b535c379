/** `npm start` with nothing set: what it prints is true, what it keeps is kept, and it ends without leftovers. */
import { createHmac } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { isAlive } from '../../src/local-postgres/running-server.js';
import { call, signIn, type Answer, type MemberList, type Session } from './fixtures/api.js';
import { Checkout } from './fixtures/checkout.js';
import { eventually, type Program } from './fixtures/program.js';

interface Organization {
  readonly name: string;
}

interface EventList {
  readonly data: readonly { readonly provider: string; readonly type: string; readonly handledAt: string }[];
}

interface DemoWebhooks {
  readonly url: string;
  readonly endpoints: { readonly whatsapp: { readonly key: string; readonly secret: string } };
}

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let checkout: Checkout;
beforeAll(async () => {
  checkout = await Checkout.build();
});
afterEach(() => checkout.settle());
afterAll(() => checkout.remove());

/** The request of the first thing to try, taken from the curl command as it is printed. */
function printedSignIn({ output }: Program): { url: string; body: object } {
  const [, url = '', body = ''] =
    /curl -s (\S+\/v1\/sessions) -H 'content-type: application\/json' \\\s+-d '([^']+)'/.exec(output) ?? [];
  return { url, body: JSON.parse(body) as object };
}

/** As Meta would post it, signed with what is kept for the sender of samples. */
async function deliverQuestion(url: string): Promise<Answer<object>> {
  const file = join(checkout.stateDir, 'demo-webhooks.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const kept = JSON.parse(readFileSync(file, 'utf8')) as DemoWebhooks;
  expect(kept.url).toBe(url);
  const { key, secret } = kept.endpoints.whatsapp;
  const metadata = { display_phone_number: '15550000001', phone_number_id: '100000000000001' };
  const message = { from: '15550000002', id: 'wamid.question', timestamp: '1795000000', type: 'text' };
  const messages = [{ ...message, text: { body: 'where is my order #1001?' } }];
  const value = { messaging_product: 'whatsapp', metadata, messages };
  const entry = [{ id: '1', changes: [{ field: 'messages', value }] }];
  const body = JSON.stringify({ object: 'whatsapp_business_account', entry });
  const signature = `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signature };
  const response = await fetch(`${url}/webhooks/whatsapp/${key}`, { method: 'POST', headers, body });
  return { status: response.status, body: (await response.json()) as object };
}

const rows = async () => {
  const tables = ['organizations', 'users', 'members', 'connections', 'endpoints'];
  const counts = tables.map((table) => `(SELECT count(*)::int FROM ${table}) AS ${table}`);
  return (await checkout.query(`SELECT ${counts.join(', ')}`))[0];
};

async function rename(serving: { url: string; password: string }, name: string): Promise<number> {
  const { accessToken: token } = await signIn(serving, 'olivia@volt-motors.example');
  return (await call(`${serving.url}/v1/organization`, { method: 'PATCH', token, body: { name } })).status;
}

async function nameOf(serving: { url: string; password: string }): Promise<string> {
  const { accessToken: token } = await signIn(serving, 'olivia@volt-motors.example');
  return (await call<Organization>(`${serving.url}/v1/organization`, { token })).body.name;
}

/** The pid of the embedded database, which must run. */
function databasePid(): number {
  const pid = checkout.databasePid;
  if (pid === undefined) throw new Error('the embedded database does not run');
  return pid;
}

test('serves what it prints, keeps the second shop apart, and SIGINT ends all of it', async () => {
  const program = checkout.start();
  const { url } = await program.serving();
  expect(Number(new URL(url).port)).toBeGreaterThanOrEqual(3000);
  expect(new URL(url).hostname).toBe('127.0.0.1');
  for (const printed of [`${url}/docs`, `${url}/openapi.json`, `${url}/readyz`]) {
    expect(program.output).toContain(printed);
    expect((await fetch(printed)).status, printed).toBe(200);
  }
  expect(program.output.match(/^ {4}\d\. /gm)).toEqual(['    1. ', '    2. ', '    3. ', '    4. ']);

  const printed = printedSignIn(program);
  const { status, body } = await call<Session>(printed.url, { method: 'POST', body: printed.body });
  expect(status).toBe(201);
  expect(body.organization.slug).toBe('volt-motors-demo');
  const token = body.accessToken;
  const mine = await call<MemberList>(`${url}/v1/members`, { token });
  expect(mine.body.data.map(({ email }) => email).toSorted()).toEqual([
    'adam@volt-motors.example',
    'nora@freelance.example',
    'olivia@volt-motors.example',
    'vera@volt-motors.example',
  ]);

  const people = [...program.output.matchAll(/^ {4}\S.*? (\S+@\S+\.example)$/gm)].map(
    ([, email = '']) => email,
  );
  expect(people).toHaveLength(6);
  const serving = await program.serving();
  for (const email of new Set(people)) expect((await signIn(serving, email)).accessToken).toBeTruthy();

  const other = await signIn(serving, 'hanna@harbor-bikes.example');
  expect(other.organization.slug).toBe('harbor-bikes-demo');
  const theirs = await call<MemberList>(`${url}/v1/members`, { token: other.accessToken });
  const hanna = theirs.body.data.find(({ email }) => email === 'hanna@harbor-bikes.example')?.id ?? '';
  const role = { role: 'viewer' };
  const nobody = '01999999-0000-7000-8000-000000000000';
  for (const id of [hanna, nobody]) {
    expect((await call(`${url}/v1/members/${id}`, { method: 'PATCH', token, body: role })).status).toBe(404);
  }
  const enter = { organizationId: other.organization.id };
  expect(
    (await call(`${url}/v1/sessions/current/organization`, { method: 'PUT', token, body: enter })).status,
  ).toBe(404);

  // The third thing to try: an order is asked for by WhatsApp, and only the shop that was asked sees it.
  expect(await deliverQuestion(url)).toEqual({ status: 200, body: { status: 'stored' } });
  const events = async (accessToken: string) =>
    (await call<EventList>(`${url}/v1/webhook-events`, { token: accessToken })).body.data;
  await expect.poll(async () => (await events(token)).at(0)?.handledAt, { timeout: 20_000 }).toBeTruthy();
  expect((await events(token)).map(({ provider, type }) => [provider, type])).toEqual([
    ['whatsapp', 'message.text'],
  ]);
  expect(await events(other.accessToken)).toEqual([]);

  // The fourth.
  expect((await call(`${url}/v1/sessions/current`, { method: 'DELETE', token })).status).toBe(204);
  expect((await call(`${url}/v1/me`, { token })).status).toBe(401);

  const database = databasePid();
  expect(await program.stop('SIGINT')).toEqual({ code: 0, signal: null });
  await eventually(() => !isAlive(database));
  expect(checkout.databasePid).toBeUndefined();
});

test('keeps the data and the password over a restart and a hard kill, and seeds nothing a second time', async () => {
  const first = checkout.start();
  const before = await first.serving();
  const seeded = await rows();
  expect(seeded).toEqual({ organizations: 2, users: 5, members: 6, connections: 4, endpoints: 3 });
  expect(await rename(before, 'Volt Motors Europe')).toBe(200);
  expect(await first.stop('SIGTERM')).toEqual({ code: 0, signal: null });

  // An empty setting is one that is not set.
  const second = checkout.start({ settings: { APP_ENV: '', DB_NAME: '', PORT: '', DATABASE_URL: '' } });
  const after = await second.serving();
  expect(after.password).toBe(before.password);
  expect(second.output).not.toContain('creating the database folder');
  expect(second.output).not.toContain('applied');
  expect(await nameOf(after)).toBe('Volt Motors Europe');
  expect(await rows()).toEqual(seeded);

  expect(await rename(after, 'Volt Motors, renamed just before the end')).toBe(200);
  const database = databasePid();
  expect(await second.stop('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
  expect(isAlive(database)).toBe(true);

  const third = checkout.start();
  const again = await third.serving();
  expect(databasePid()).toBe(database);
  expect(await nameOf(again)).toBe('Volt Motors, renamed just before the end');
  expect((await call(`${again.url}/readyz`)).status).toBe(200);
  expect(await rows()).toEqual(seeded);
  expect(await third.stop('SIGTERM')).toEqual({ code: 0, signal: null });
  await eventually(() => !isAlive(database));
});

test('S2.8: DEV_AUTO_LOGIN lets a request in without a sign-in, as the demo owner; a wrong token is still wrong', async () => {
  const program = checkout.start({ settings: { DEV_AUTO_LOGIN: 'true' } });
  const { url } = await program.serving();
  const me = async (headers: Record<string, string> = {}) => fetch(`${url}/v1/me`, { headers });
  const answers = await Promise.all([me(), me(), me()]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(await answers[0]?.json()).toMatchObject({ email: 'olivia@volt-motors.example' });
  expect((await me({ authorization: 'Bearer nonsense' })).status).toBe(401);
  expect((await me({ authorization: '' })).status).toBe(401);
  // What a page of somebody else's would send.
  expect((await me({ 'sec-fetch-site': 'cross-site' })).status).toBe(401);
  expect((await me({ origin: 'http://evil.example' })).status).toBe(401);
  expect(program.output).toContain(
    'DEV_AUTO_LOGIN: a request without a sign-in is olivia@volt-motors.example’s',
  );
  await program.stop('SIGTERM');
  const without = checkout.start({});
  expect((await fetch(`${(await without.serving()).url}/v1/me`)).status).toBe(401);
  await without.stop('SIGTERM');
});
