/** The doors behind a transaction pooler: 200 callers of 50 organizations share 4 server connections and do not mix. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Pool } from 'pg';
import request from 'supertest';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createApp } from '../../src/app.js';
import { TenantDb } from '../../src/database/tenant-db.js';
import { roleUrls } from '../../src/operations/local-environment.js';
import { Member } from '../../src/organizations/member.entity.js';
import { withinOrganization } from '../../src/tenancy/context.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { Factory } from '../support/factory.js';
import { startPgBouncer, type PgBouncer } from './pgbouncer.js';

let database: TestDatabase;
let pgbouncer: PgBouncer;
let app: NestFastifyApplication;
let admin: Pool;
let make: Factory;
beforeAll(async () => {
  const { adminUrl, passwords } = inject('postgres');
  database = await createTestDatabase();
  pgbouncer = await startPgBouncer(adminUrl, passwords);
  const pooled = roleUrls(
    `postgresql://127.0.0.1:${pgbouncer.port}`,
    database.name,
    (role) => passwords[role]!,
  );
  app = await createApp(
    database.settings({ ...(pooled as Record<string, string>), DATABASE_POOL_SIZE: '10' }),
  );
  admin = new Pool({ connectionString: database.adminUrl, max: 4 });
  make = new Factory(admin, () => request(app.getHttpServer()));
});
afterAll(async () => {
  await app.close();
  await pgbouncer.stop();
  await admin.end();
  await database.drop();
});

test('200 concurrent transactions of 50 organizations do not mix', async () => {
  const tenantDb = app.get(TenantDb);
  const organizations = await Promise.all(Array.from({ length: 50 }, () => make.organization()));
  await Promise.all(organizations.map((organization) => make.member(organization)));
  const members = { text: 'SELECT organization_id AS organization FROM members' };
  const seen = await Promise.all(
    Array.from({ length: 200 }, async (_, index) =>
      withinOrganization({ organizationId: organizations[index % 50]! }, 'test', async () => {
        if (index % 2 === 0) return tenantDb.read(() => members);
        return tenantDb.run(async (manager) => {
          const before = await manager.find(Member);
          await manager.query('SELECT pg_sleep(0.002)');
          const after = await manager.find(Member);
          const all = new Set([...before, ...after].map((member) => member.organizationId));
          return [{ organization: [...all].join(' and ') }];
        });
      }),
    ),
  );
  expect(seen).toEqual(seen.map((_, index) => [{ organization: organizations[index % 50] }]));
  const { rows } = await admin.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND usename = 'bulkhead_tenant'`,
  );
  expect(rows[0]!.n).toBeLessThanOrEqual(4);
});

test('the API works, and sign-out acts on the next request', async () => {
  const http = request(app.getHttpServer());
  const actor = await make.signedIn();
  const list = await http.get('/v1/members').set(actor.bearer).expect(200);
  expect(list.body.data).toHaveLength(1);
  await http
    .patch('/v1/organization')
    .set(actor.bearer)
    .set('Idempotency-Key', 'once')
    .send({ name: 'Pooled' })
    .expect(200);
  await http.delete('/v1/sessions/current').set(actor.bearer).expect(204);
  await http.get('/v1/members').set(actor.bearer).expect(401);
});

test('no statement is given a name, which the next server connection would not know', async () => {
  const tenantDb = app.get(TenantDb);
  const organizationId = await make.organization();
  const text = 'SELECT count(*)::int AS named FROM pg_prepared_statements WHERE from_sql = $1 OR true';
  for (let time = 0; time < 20; time += 1) {
    const counted = await withinOrganization({ organizationId }, 'test', async () =>
      tenantDb.read(() => ({ text, values: [false] })),
    );
    expect(counted).toEqual([{ named: 0 }]);
  }
});

test('a connection given back by the pooler holds no organization', async () => {
  const { passwords } = inject('postgres');
  const url = `postgresql://bulkhead_tenant:${passwords['bulkhead_tenant']}@127.0.0.1:${pgbouncer.port}/${database.name}`;
  const raw = new Pool({ connectionString: url, max: 8 });
  const counts = await Promise.all(Array.from({ length: 40 }, () => raw.query('SELECT FROM members')));
  expect(counts.map(({ rowCount }) => rowCount)).toEqual(Array(40).fill(0));
  await raw.end();
});
