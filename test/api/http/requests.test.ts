/** What holds for every request: its id, its problems, its headers. */
import { randomBytes } from 'node:crypto';
import { connect as dial, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemCodes } from '../../../src/http/problem.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { SignedIn } from '../../support/factory.js';
import { expectBareProblem, expectProblem } from '../answers.js';

let t: TestApp;
let member: SignedIn;
beforeAll(async () => {
  t = await startTestApp();
  member = await t.make.signedIn();
});
afterAll(() => t.close());

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Writes bytes as they are: what no HTTP client would send. */
async function raw(text: string): Promise<string> {
  const { port } = t.app.getHttpServer().address() as AddressInfo;
  const socket = dial(port, '127.0.0.1');
  socket.setEncoding('utf8').end(text);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

test.each(['abcdefgh', 'trace.id_1-A', randomBytes(32).toString('hex')])(
  'a sane X-Request-Id is kept: %s',
  async (id) => {
    const well = await t.http().get('/v1/me').set(member.bearer).set('X-Request-Id', id).expect(200);
    expect(well.headers['x-request-id']).toBe(id);
    const ill = await t.http().get('/v1/me').set('X-Request-Id', id);
    expectBareProblem(ill, 'unauthenticated');
    expect(ill.body.requestId).toBe(id);
  },
);

test.each([
  '',
  'short',
  'x'.repeat(65),
  'with space',
  'a"b{c}d:e',
  '<script>alert(1)</script>',
  '../../etc/passwd',
  'ünïcödé',
])('any other is replaced by one of ours: %j', async (id) => {
  const answer = await t.http().get('/v1/me').set('X-Request-Id', id);
  expect(answer.headers['x-request-id']).toMatch(uuid);
  expect(answer.body.requestId).toBe(answer.headers['x-request-id']);
});

test('without one each request gets its own', async () => {
  const answers = await Promise.all(Array.from({ length: 5 }, async () => t.http().get('/healthz')));
  expect(new Set(answers.map(({ headers }) => headers['x-request-id'])).size).toBe(5);
});

test.each([
  '/',
  '/v1',
  '/v1/nothing',
  '/v2/me',
  '/v1/members/',
  '/v1//members',
  '/V1/ME',
  '/v1/me/..%2fmembers',
  '/.env',
])('a route that is not there is not found, signed in or not: %s', async (path) => {
  expectBareProblem(await t.http().get(path), 'not-found');
  expectBareProblem(await t.http().get(path).set(member.bearer), 'not-found');
});

test('a method that a route does not have is not found', async () => {
  expectBareProblem(
    await t.http().put('/v1/organization').set(member.bearer).send({ name: 'x' }),
    'not-found',
  );
  expectBareProblem(await t.http().delete('/v1/members').set(member.bearer), 'not-found');
  expectBareProblem(await t.http().get('/v1/sessions').set(member.bearer), 'not-found');
  expectBareProblem(await t.http().options('/v1/organization'), 'not-found');
});

test('no header changes the method, the path or who is asking', async () => {
  const answer = await t
    .http()
    .get('/v1/organization')
    .set(member.bearer)
    .set('X-HTTP-Method-Override', 'DELETE')
    .set('X-Original-URL', '/v1/members')
    .set('X-Forwarded-Host', 'attacker.example')
    .expect(200);
  expect(answer.body.id).toBe(member.organizationId);
  expect(JSON.stringify([answer.headers, answer.body])).not.toContain('attacker');
});

test('a body that cannot be read is refused before anything is done, also signed in', async () => {
  const patch = () =>
    t.http().patch('/v1/organization').set(member.bearer).set('Content-Type', 'application/json');
  expectProblem(await patch().send('{"name":"x","__proto__":{"admin":true}}'), 'malformed-request');
  expectProblem(await patch().send('{"name":"x"'), 'malformed-request');
  const { rows } = await t.admin.query('SELECT version FROM organizations WHERE id = $1', [
    member.organizationId,
  ]);
  expect(rows).toEqual([{ version: 1 }]);
});

test.each(['/v1/members/%zz', '/v1/members/%', '/%c0%ae'])(
  'a path that cannot be decoded is a problem too: %s',
  async (path) => {
    expectProblem(await t.http().patch(path).set(member.bearer).send({}), 'malformed-request');
  },
);

test('an id of any length is not found', async () => {
  for (const length of [37, 101, 5_000]) {
    const answer = await t
      .http()
      .patch(`/v1/members/${'a'.repeat(length)}`)
      .set(member.bearer)
      .send({});
    expectBareProblem(answer, 'not-found');
  }
});

test.each([
  ['no HTTP', 'HELLO\r\n\r\n'],
  [
    'two lengths',
    'POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}',
  ],
  [
    'a length and chunks',
    'POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['headers without end', `GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`],
])('what is not clean HTTP is refused and the connection closed: %s', async (_name, text) => {
  const answer = await raw(text);
  expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
});

test('every answer carries the security headers and hides what serves it', async () => {
  const answers = [
    await t.http().get('/v1/me').set(member.bearer),
    await t.http().get('/v1/me'),
    await t.http().get('/v1/nothing'),
    await t.http().get('/healthz'),
  ];
  for (const { headers } of answers) {
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'content-security-policy': expect.stringContaining(`default-src 'self'`),
      'strict-transport-security': expect.stringMatching(/^max-age=\d{8,}/),
      'x-frame-options': 'SAMEORIGIN',
    });
    for (const name of ['x-powered-by', 'server', 'access-control-allow-origin'])
      expect(headers[name]).toBeUndefined();
  }
});

test('the codes of problems are a closed list without doubles', () => {
  expect(new Set(problemCodes).size).toBe(problemCodes.length);
  for (const code of problemCodes) expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
});
