import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import { expectBareProblem, expectProblem } from '../answers.js';

const metricsToken = 'a-metrics-token-of-thirty-two-characters';
let t: TestApp;
beforeAll(async () => {
  t = await startTestApp();
});
afterAll(() => t.close());

test('/healthz and /readyz say ok to anybody', async () => {
  for (const path of ['/healthz', '/readyz']) {
    const { body } = await t.http().get(path).expect(200);
    expect(body).toEqual({ status: 'ok' });
  }
});

test('/readyz is unavailable while the database has a migration that this build does not know', async () => {
  await t.admin.query(
    `INSERT INTO migrations (timestamp, name) VALUES (9999999999999, 'Tomorrow9999999999999')`,
  );
  const answer = await t.http().get('/readyz');
  expectProblem(answer, 'unavailable');
  expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  expect(answer.text).not.toContain('Tomorrow');
  await t.http().get('/healthz').expect(200);
  await t.admin.query(`DELETE FROM migrations WHERE name = 'Tomorrow9999999999999'`);
  await t.http().get('/readyz').expect(200);
});

test('/readyz is unavailable while a migration of this build is pending', async () => {
  await t.admin.query('CREATE TABLE kept AS SELECT * FROM migrations; DELETE FROM migrations');
  expectProblem(await t.http().get('/readyz'), 'unavailable');
  await t.admin.query('INSERT INTO migrations SELECT * FROM kept; DROP TABLE kept');
  await t.http().get('/readyz').expect(200);
});

test('/metrics counts requests by route, never by path: no id becomes a label', async () => {
  const member = await t.make.signedIn();
  await t.http().patch(`/v1/members/${member.id}`).set(member.bearer).send({}).expect(200);
  await t.http().get(`/secret-path-${member.id}`).expect(404);
  const answer = await t.http().get('/metrics').expect(200);
  expect(answer.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
  const line = /^http_request_duration_seconds_count\{(.*)\} (\d+)$/gm;
  const counted = [...answer.text.matchAll(line)].map(([, labels]) => labels!);
  const routeOf = (labels: string) => /route="([^"]*)"/.exec(labels)?.[1];
  expect(counted.map(routeOf)).toEqual(
    expect.arrayContaining(['/v1/members/:id', 'unmatched', '/v1/sessions']),
  );
  expect(
    counted.every((labels) => labels.includes('env="local"') && labels.includes('service="bulkhead"')),
  ).toBe(true);
  for (const secret of [member.id, member.organizationId, member.userId, 'secret-path']) {
    expect(answer.text).not.toContain(secret);
  }
});

test('with METRICS_TOKEN set, /metrics is for who knows it', async () => {
  const guarded = await t.another({ METRICS_TOKEN: metricsToken });
  const ask = (authorization?: string) => {
    const request = guarded().get('/metrics');
    return authorization === undefined ? request : request.set('Authorization', authorization);
  };
  const member = await t.make.signedIn();
  const others = [
    '',
    'Bearer',
    metricsToken,
    `Bearer ${metricsToken}x`,
    `Bearer ${metricsToken.slice(1)}`,
    `Basic ${metricsToken}`,
  ];
  for (const authorization of [undefined, member.bearer.authorization, ...others]) {
    const answer = await ask(authorization);
    expectBareProblem(answer, 'unauthenticated');
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  }
  expect((await ask(`Bearer ${metricsToken}`).expect(200)).text).toContain('process_cpu_seconds_total');
});
