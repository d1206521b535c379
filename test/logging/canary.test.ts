/**
 * S1.8, security.md 59: forty secrets and personal values go in by every way there is; none comes out in a log line, a
 * metric, a job's output, a span, or an answer to somebody who did not send it. What a customer wrote is kept where it
 * belongs (`messages`, `webhook_events`), and nowhere else is looked at here.
 */
import type { Test } from 'supertest';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { TenantDb } from '../../src/database/tenant-db.js';
import { createLogger } from '../../src/logging/logger.js';
import { NestLogger } from '../../src/logging/nest-logger.js';
import { MembersService } from '../../src/organizations/members.service.js';
import { OpenAiProvider, type DraftRequest } from '../../src/providers/openai/openai.provider.js';
import { ShopifyProvider } from '../../src/providers/shopify/shopify.provider.js';
import { mara, Shop, soon } from '../automation-flow/shop.js';
import type { SignedIn } from '../support/factory.js';
import { deliver, proving, signed } from '../webhooks/signed.js';
import { canaries, foundIn, vendorError } from './canaries.js';
import { startWatchedApp, type WatchedApp } from './watched-app.js';

let t: WatchedApp;
let actor: SignedIn;
const ways: string[] = [];
/** What was answered, except what repeats to its sender the name of a field or the path that he made up. */
const answers: string[] = [];

beforeAll(async () => {
  t = await startWatchedApp();
  actor = await t.make.signedIn();
});
afterAll(() => t.close());

/** Sends every canary by a way. */
async function expectRefused(way: string, send: (value: string) => Test, keepsAnswer = true): Promise<void> {
  ways.push(way);
  for (const value of canaries) {
    const answer = await send(value);
    expect(answer.status, way).toBeGreaterThanOrEqual(400);
    if (keepsAnswer) answers.push(JSON.stringify(answer.headers), answer.text);
  }
}

const nested = (value: string) => ({ a: { b: { c: { d: { e: value, list: [value, [value]] } } } } });
const inHeader = (value: string) => value.replaceAll(/[^\x20-\x7e]/g, ' ');
const connection = (value: string) => ({
  provider: 'shopify',
  account: `shop-${Math.random().toString(36).slice(2)}.myshopify.com`,
  name: 'Main',
  credentials: { accessToken: value },
  webhook: { secret: value.padEnd(24, '.') },
});

test('in a request: body, nested, array, key, header, query, path, and what cannot be read', async () => {
  const { http } = t;
  const post = (path: string) => http().post(path).set(actor.bearer);
  await expectRefused('body', (value) => http().post('/v1/sessions').send({ email: value, password: value }));
  await expectRefused('refresh token', (value) =>
    http().post('/v1/sessions/refresh').send({ refreshToken: value }),
  );
  await expectRefused('nested key', (value) =>
    post('/v1/connections').send({ ...connection(value), ...nested(value) }),
  );
  await expectRefused('array', (value) =>
    post('/v1/connections').send({ ...connection(value), credentials: [value, [value]] }),
  );
  await expectRefused(
    'name of a field',
    (value) => post('/v1/templates').send({ [value]: { [value]: value } }),
    false,
  );
  await expectRefused(
    'query',
    (value) =>
      http()
        .get('/v1/members')
        .query({ cursor: value, [value]: value })
        .set(actor.bearer),
    false,
  );
  await expectRefused('path', (value) =>
    http()
      .get(`/v1/contacts/${encodeURIComponent(value)}`)
      .set(actor.bearer),
  );
  await expectRefused('path of nothing', (value) => http().get(`/never/${encodeURIComponent(value)}`));
  await expectRefused(
    'broken path',
    (value) => http().get(`/v1/contacts/%zz${encodeURIComponent(value)}`),
    false,
  );
  await expectRefused('broken body', (value) =>
    post('/v1/templates').set('content-type', 'application/json').send(`{"a":"${value}`),
  );
  await expectRefused('other media type', (value) =>
    post('/v1/templates').set('content-type', 'text/plain').send(value),
  );
  await expectRefused('header', (value) =>
    http()
      .get('/v1/members')
      .set({ authorization: inHeader(value), cookie: inHeader(value), 'user-agent': inHeader(value) })
      .set({ 'x-canary': inHeader(value), 'idempotency-key': inHeader(value), referer: inHeader(value) }),
  );
  await expectRefused('request id', (value) =>
    http()
      .get('/v1/members')
      .set('x-request-id', value.replaceAll(/[^A-Za-z0-9._-]/g, '').slice(0, 64)),
  );
});

test('in an error: message, cause, nested, of a vendor, of the database', async () => {
  const list = () => t.http().get('/v1/members').set(actor.bearer);
  const members = vi.spyOn(t.app.get(MembersService), 'list');
  await expectRefused('thrown error', (value) => {
    members.mockRejectedValueOnce(vendorError(value));
    return list();
  });
  await expectRefused('thrown text', (value) => {
    members.mockRejectedValueOnce(value);
    return list();
  });
  const sql = ['SELECT $1::uuid', 'SELECT $1::jsonb', 'SELECT $1::timestamptz'];
  for (const text of sql)
    await expectRefused(`error of the database: ${text}`, (value) => {
      members.mockImplementationOnce(async () =>
        t.app.get(TenantDb).run(async (manager) => manager.query(text, [`{${value}`])),
      );
      return list();
    });
  await expectRefused('SQL with a literal', (value) => {
    const text = `SELECT '${value.replaceAll("'", "''")}'::int`;
    members.mockImplementationOnce(async () =>
      t.app.get(TenantDb).run(async (manager) => manager.query(text)),
    );
    return list();
  });
  const vendor = vi.spyOn(t.app.get(ShopifyProvider), 'whoAmI');
  await expectRefused('error of a vendor', (value) => {
    vendor.mockRejectedValueOnce(vendorError(value));
    return t.http().post('/v1/connections').set(actor.bearer).send(connection(value));
  });
});

test('in a webhook that is not genuine', async () => {
  const shop = await Shop.open(t);
  const { path, secret } = shop.whatsapp;
  await expectRefused('webhook body with a bad signature', (value) =>
    deliver(
      t.http,
      path,
      proving('whatsapp', signed('whatsapp', secret, JSON.stringify(nested(value))), 'sha256=00'),
    ),
  );
  await expectRefused('webhook signature', (value) =>
    deliver(t.http, path, proving('whatsapp', signed('whatsapp', secret, '{}'), inHeader(value))),
  );
  await expectRefused('verify token', (value) =>
    t.http().get(path).query({ 'hub.mode': 'subscribe', 'hub.verify_token': value }),
  );
  await expectRefused('endpoint key', (value) =>
    t
      .http()
      .post(`/webhooks/shopify/${encodeURIComponent(value)}`)
      .send({ value }),
  );
});

test('in what a customer writes, on its way to the model and through failing jobs', async () => {
  const prompts: string[] = [];
  const provider = t.app.get(OpenAiProvider);
  const draft = vi.spyOn(provider, 'draft');
  const real = Object.getPrototypeOf(provider).draft as typeof provider.draft;
  let failing = false;
  draft.mockImplementation(async (asked: DraftRequest) => {
    prompts.push(asked.input.reveal());
    if (failing) throw vendorError(asked.input.reveal());
    return real.call(provider, asked);
  });
  for (const way of ['prompt', 'failing job']) {
    ways.push(way);
    failing = way === 'failing job';
    const shop = await Shop.open(t);
    const already = prompts.length;
    for (let from = 0; from < canaries.length; from += 10) {
      const said = canaries.slice(from, from + 10).join(' | ');
      const seen = prompts.length;
      await shop.write(mara, `Where is my order? ${said}`);
      await expect.poll(() => prompts.length, soon).toBeGreaterThan(seen);
    }
    if (!failing) await shop.settled();
    expect(new Set(foundIn(prompts.slice(already).join('\n'))).size).toBe(canaries.length);
  }
  const outputs = async () =>
    (await t.admin.query('SELECT 1 FROM pgboss.job_common WHERE output IS NOT NULL')).rowCount;
  await expect.poll(outputs, soon).toBeGreaterThan(0);
});

test('in a line of our own, at every level, however it is written', () => {
  const settings = { ...t.settings, logLevel: 'debug' as const };
  const logger = createLogger(settings, { write: (line) => void t.lines.push(line) });
  const nest = new NestLogger(logger);
  ways.push('line of our own');
  // What has no shape is words of a person, and our own words have none: only fields, values and errors could hold it.
  const shapeless = canaries.slice(-6);
  for (const value of canaries) {
    for (const level of ['debug', 'info', 'warn', 'error', 'fatal'] as const) {
      logger[level]({ value, [value]: value, nested: nested(value), err: vendorError(value) }, 'x %s', value);
      logger[level](vendorError(value));
      if (!shapeless.includes(value))
        logger[level]({ source: value, route: `/a/${value}` }, `failed with ${value}`);
    }
    const { message, stack } = vendorError(value);
    nest.error(message, stack, 'Source');
    nest.warn(vendorError(value), 'Source');
    nest.log({ value }, 'Source');
  }
  expect(foundIn(t.lines.join(''))).toEqual([]);
});

test('and comes out of none', async () => {
  const { text: metrics } = await t.http().get('/metrics').expect(200);
  const { rows: jobs } = await t.admin.query<{ output: string }>(
    'SELECT output::text FROM pgboss.job_common WHERE output IS NOT NULL',
  );
  await t.stop();
  const sinks = {
    lines: t.lines.join(''),
    metrics,
    jobs: jobs.map(({ output }) => output).join('\n'),
    spans: t.received.map(({ text }) => text).join('\n'),
    answers: answers.join('\n'),
  };
  console.log(
    `canary: ${new Set(canaries).size} values by ${ways.length} ways; searched: ` +
      Object.entries(sinks)
        .map(([name, text]) => `${name} (${text.length} characters)`)
        .join(', '),
  );
  expect(new Set(canaries).size).toBe(40);
  for (const [name, text] of Object.entries(sinks)) {
    expect(text.length, name).toBeGreaterThan(20);
    expect(foundIn(text), name).toEqual([]);
  }
});
