/** When something breaks: nothing is disclosed, nothing is half done, and all is well again when the cause is gone. */
import { createServer, connect as dial, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { withClient } from '../../../src/database/provision.js';
import type { RoleName } from '../../../src/database/roles.js';
import { startTestApp, type TestApp } from '../../support/app.js';
import { password, type SignedIn } from '../../support/factory.js';
import { expectBareProblem } from '../answers.js';

let t: TestApp;
let member: SignedIn;
beforeAll(async () => {
  t = await startTestApp();
  member = await t.make.signedIn();
});
afterAll(() => t.close());

type Http = TestApp['http'];
/** One request through each door, and one that writes. */
const askEverything = (http: Http) => [
  http().get('/v1/me').set(member.bearer),
  http().get('/v1/members').set(member.bearer),
  http().patch('/v1/organization').set(member.bearer).send({ name: 'Shop' }),
  http().post('/v1/sessions').send({ email: member.email, password }),
  http().post('/v1/sessions/refresh').send({ refreshToken: member.refreshToken }),
  http().get('/readyz'),
];
async function expectAllUnavailable(http: Http): Promise<void> {
  for (const request of askEverything(http)) {
    const answer = await request;
    expectBareProblem(answer, 'unavailable');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  }
  await http().get('/healthz').expect(200);
}
async function expectServing(http: Http): Promise<void> {
  const status = async () => (await http().get('/v1/members').set(member.bearer)).status;
  await expect.poll(status, { timeout: 10_000 }).toBe(200);
}

/** Stands between an application and Postgres, and can be taken away, or fall silent. */
class Wire {
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;
  private port = 0;
  private constructor(private readonly target: URL) {}

  static async lay(target: URL): Promise<Wire> {
    const wire = new Wire(target);
    await wire.join(0);
    return wire;
  }
  async join(port = this.port): Promise<void> {
    this.server = createServer((near) => {
      const far = dial(Number(this.target.port), this.target.hostname);
      for (const socket of [near, far]) {
        this.sockets.add(socket);
        socket.on('error', () => undefined).on('close', () => [near, far].forEach((each) => each.destroy()));
      }
      near.pipe(far).pipe(near);
    });
    await new Promise<void>((listening) => this.server!.listen(port, '127.0.0.1', listening));
    this.port = (this.server.address() as AddressInfo).port;
  }
  async cut(): Promise<void> {
    const closed = new Promise((done) => this.server!.close(done));
    for (const socket of this.sockets) socket.destroy();
    this.sockets.clear();
    await closed;
  }
  urlOf(role: RoleName): string {
    const url = new URL(t.database.urlOf(role));
    [url.hostname, url.port] = ['127.0.0.1', String(this.port)];
    return url.href;
  }
}

test('the database cannot be reached: 503 with Retry-After at every door; when it is back, so are we', async () => {
  const wire = await Wire.lay(new URL(t.database.adminUrl));
  const http = await t.another({
    DATABASE_URL: wire.urlOf('bulkhead_tenant'),
    DATABASE_ENTRY_URL: wire.urlOf('bulkhead_entry'),
    DATABASE_PLATFORM_URL: wire.urlOf('bulkhead_platform'),
    DATABASE_OWNER_URL: wire.urlOf('bulkhead_owner'),
  });
  await expectServing(http);
  await wire.cut();
  await expectAllUnavailable(http);
  await wire.join();
  await expectServing(http);
  await wire.cut();
});

test('the server closes its connections and takes no new ones: 503, and well again afterwards', async () => {
  const http = await t.another({});
  await expectServing(http);
  const { name } = t.database;
  const admin = (sql: string) => withClient(inject('postgres').adminUrl, (client) => client.query(sql));
  const others = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}' AND usename LIKE 'bulkhead%'`;
  await admin(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
  try {
    await admin(others);
    await expectAllUnavailable(http);
  } finally {
    await admin(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
  }
  await expectServing(http);
});

test('a connection that is lost in the middle of a change leaves nothing of it behind', async () => {
  const fresh = await t.make.signedIn();
  await withClient(t.database.adminUrl, async (blocker) => {
    await blocker.query('BEGIN');
    await blocker.query('SELECT FROM organizations WHERE id = $1 FOR UPDATE', [fresh.organizationId]);
    const change = t.http().patch('/v1/organization').set(fresh.bearer).set('Idempotency-Key', 'key-1');
    const answer = Promise.resolve(change.send({ name: 'Half done' }));
    const waiting = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    const waiters = async () => (await t.admin.query(waiting)).rowCount;
    await expect.poll(waiters, { timeout: 10_000 }).toBe(1);
    await t.admin.query(`SELECT pg_terminate_backend(pid) FROM (${waiting}) AS waiters`);
    expectBareProblem(await answer, 'unavailable');
    await blocker.query('ROLLBACK');
  });
  const { rows } = await t.admin.query('SELECT name, version FROM organizations WHERE id = $1', [
    fresh.organizationId,
  ]);
  expect(rows).toEqual([{ name: 'Shop', version: 1 }]);
  const again = t.http().patch('/v1/organization').set(fresh.bearer).set('Idempotency-Key', 'key-1');
  const { headers } = await again.send({ name: 'Half done' }).expect(200);
  expect(headers['idempotency-replayed']).toBeUndefined();
});

test('an error of our own says internal and nothing else: no SQL, table, file or stack', async () => {
  const broken = await startTestApp();
  try {
    const victim = await broken.make.signedIn();
    await broken.admin.query(
      'ALTER TABLE users DROP COLUMN display_name CASCADE; DROP TABLE idempotency_keys',
    );
    const answers = [
      await broken.http().get('/v1/me').set(victim.bearer),
      await broken.http().get('/v1/members').set(victim.bearer),
      await broken
        .http()
        .patch('/v1/organization')
        .set(victim.bearer)
        .set('Idempotency-Key', 'k')
        .send({ name: 'x' }),
    ];
    for (const answer of answers) {
      expectBareProblem(answer, 'internal');
      expect(answer.headers['retry-after']).toBeUndefined();
    }
    // What does not need the missing table still works, on the same connections.
    await broken.http().get('/v1/organization').set(victim.bearer).expect(200);
  } finally {
    await broken.close();
  }
});
