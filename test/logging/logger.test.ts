import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Pool } from 'pg';
import request from 'supertest';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../src/app.js';
import { createLogger } from '../../src/logging/logger.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { Factory, password } from '../support/factory.js';

let database: TestDatabase;
let admin: Pool;
let app: NestFastifyApplication;
let make: Factory;
let lines: Record<string, unknown>[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  admin = new Pool({ connectionString: database.adminUrl, max: 2 });
  admin.on('error', () => undefined);
  const settings = database.settings({ LOG_LEVEL: 'debug', SERVICE_OWNER: 'support', COST_CENTER: 'cc-7' });
  const write = (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>);
  app = await createApp(settings, createLogger(settings, { write }));
  make = new Factory(admin, () => request(app.getHttpServer()));
});
afterAll(async () => {
  await app.close();
  await admin.end();
  await database.drop();
});

test('S1.9: a request is one line that says where, whose, who, what and how long', async () => {
  const actor = await make.signedIn();
  lines = [];
  await request(app.getHttpServer())
    .get('/v1/members?limit=5')
    .set(actor.bearer)
    .set('x-request-id', 'my-request-1')
    .expect(200);
  await expect.poll(() => lines.filter(({ msg }) => msg === 'request')).toHaveLength(1);
  expect(lines.find(({ msg }) => msg === 'request')).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    service: 'bulkhead',
    env: 'local',
    owner: 'support',
    'cost-center': 'cc-7',
    requestId: 'my-request-1',
    organizationId: actor.organizationId,
    actorId: actor.userId,
    method: 'GET',
    route: '/v1/members',
    status: 200,
    ms: expect.any(Number),
    msg: 'request',
  });
});

test.each(['447700900456', 'shpat_0123456789abcdef', 'q8Zr2Lw0Xc7Vb5Nm3Ka9Td'])(
  'a request id that looks like somebody’s number or secret is replaced: %s',
  async (given) => {
    const answer = await request(app.getHttpServer())
      .get('/v1/members')
      .set('x-request-id', given)
      .expect(401);
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.text).not.toContain(given);
  },
);

test('what was sent is in no line: password, tokens, e-mail, query, path', async () => {
  const actor = await make.signedIn();
  const http = request(app.getHttpServer());
  await http.post('/v1/sessions').send({ email: actor.email, password: 'a wrong one' }).expect(401);
  await http.post('/v1/sessions/refresh').send({ refreshToken: actor.refreshToken }).expect(200);
  await http.get('/v1/members?cursor=planted-in-the-query').set(actor.bearer).expect(400);
  await http.get('/planted-in-the-path').expect(404);
  await expect.poll(() => lines.filter(({ route }) => route === 'unmatched').length).toBeGreaterThan(0);
  const all = JSON.stringify(lines);
  const secrets = [password, 'a wrong one', actor.email, actor.accessToken, actor.refreshToken, 'planted-in'];
  expect(secrets.filter((secret) => all.includes(secret))).toEqual([]);
});

test('an error that nobody expected is logged with its request and told to nobody', async () => {
  const actor = await make.signedIn();
  await admin.query('ALTER TABLE members RENAME COLUMN version TO other');
  lines = [];
  const answer = await request(app.getHttpServer()).get('/v1/members').set(actor.bearer).expect(500);
  await admin.query('ALTER TABLE members RENAME COLUMN other TO version');
  expect(answer.text).not.toContain('version');
  const line = lines.find(({ level }) => level === 'error')!;
  expect(line).toMatchObject({ requestId: answer.body.requestId, organizationId: actor.organizationId });
  // A message of Postgres that names nothing but the schema.
  expect(JSON.stringify(line)).toMatch(/column \S*version does not exist/);
  const { frames } = line['err'] as { frames: string[] };
  expect(frames.join()).toContain('/src/');
});
