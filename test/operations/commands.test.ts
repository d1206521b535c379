/** The ops commands and the start's own check, as processes: what they print and how they exit. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createApp } from '../../src/app.js';
import { platformOwner } from '../../src/connections/vendors.js';
import { closeToStrangers, createDatabase, databaseUrl, withClient } from '../../src/database/provision.js';
import { roleUrls } from '../../src/operations/local-environment.js';
import { connect, createTestDatabase, testKeys, type TestDatabase } from '../support/database.js';

const checkout = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);
let built: string;
let database: TestDatabase;
beforeAll(async () => {
  // Inside the checkout, so that the built files find node_modules.
  built = mkdtempSync(join(checkout, 'node_modules/.cache-ops-'));
  const tsc = join(checkout, 'node_modules/typescript/bin/tsc');
  await run(
    process.execPath,
    [tsc, '-p', 'tsconfig.build.json', '--incremental', 'false', '--outDir', built],
    { cwd: checkout },
  );
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
  rmSync(built, { recursive: true });
});

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

function settings(name = database.name): Record<string, string> {
  const { adminUrl, passwords } = inject('postgres');
  return {
    APP_ENV: 'local',
    ...(roleUrls(adminUrl, name, (role) => passwords[role]!) as Record<string, string>),
  };
}

async function program(
  file: 'main.js' | 'ops.js',
  args: string[],
  env: Record<string, string>,
): Promise<Ended> {
  const options = { env: { PATH: process.env['PATH']!, ...env }, cwd: tmpdir() };
  return run(process.execPath, [join(built, file), ...args], options).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: Ended) => ({ code: error.code, stdout: error.stdout, stderr: error.stderr }),
  );
}
const ops = (args: string[], env = settings()) => program('ops.js', args, env);

test('help is 0, an unknown command or option is 2', async () => {
  expect(await ops(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('provision') });
  expect(await ops(['nonsense'])).toMatchObject({ code: 2, stderr: expect.stringContaining('nonsense') });
  expect(await ops(['catalog', '--colour'])).toMatchObject({ code: 2 });
});

test('catalog: 0 when the database is as declared, 1 with what is not, as lines and as data', async () => {
  expect(await ops(['catalog'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('exactly what the code declares'),
  });
  const admin = await connect(database.adminUrl);
  await admin.query('GRANT DELETE ON members TO bulkhead_tenant');
  const found = await ops(['catalog', '--json']);
  expect(found.code).toBe(1);
  expect(JSON.parse(found.stdout)).toEqual({
    database: database.name,
    findings: [
      { object: 'bulkhead_tenant DELETE members', problem: expect.stringContaining('not declared') },
    ],
  });
  await admin.end();
  expect(await ops(['migrate'])).toMatchObject({ code: 0, stdout: expect.stringContaining('up to date') });
  expect(await ops(['catalog'])).toMatchObject({ code: 0 });
});

test('a missing setting, a wrong one and an unreachable database have codes of their own', async () => {
  expect(await ops(['provision'])).toMatchObject({
    code: 78,
    stderr: expect.stringContaining('DATABASE_ADMIN_URL'),
  });
  expect(await ops(['catalog'], { ...settings(), DB_NAME: 'bulkhead' })).toMatchObject({ code: 78 });
  const nowhere = settings()['DATABASE_PLATFORM_URL']!.replace(/:\d+\//, ':1/');
  const lost = await ops(['catalog'], { ...settings(), DATABASE_PLATFORM_URL: nowhere });
  expect(lost).toMatchObject({ code: 69, stderr: expect.stringContaining('cannot be reached') });
});

test('on a fresh database no job has failed for good, and every fact was claimed', async () => {
  const [dead, replayed, unclaimed] = await Promise.all([
    ops(['dead-letters']),
    ops(['replay', '--all', '--json']),
    ops(['unclaimed']),
  ]);
  expect(dead).toMatchObject({ code: 0, stdout: 'no job has failed for good\n' });
  expect(replayed).toMatchObject({ code: 0, stdout: '{"replayed":0}\n' });
  expect(unclaimed).toMatchObject({ code: 0, stdout: 'every fact was claimed\n' });
});

test('jobs that failed for good are listed, and put back only as somebody says which', async () => {
  // It declares the queues.
  await (await createApp(database.settings())).close();
  const admin = await connect(database.adminUrl);
  const [organization, other] = [uuidv7(), uuidv7()];
  const ids: string[] = [];
  for (const group of [organization, organization, other]) {
    const { rows } = await admin.query<{ id: string }>(
      `INSERT INTO pgboss.job_common (name, data, group_id, source_name, source_id, source_output, source_retry_count)
       VALUES ('handle-event-dead', '{"eventId":"019aa5c0-7e1a-7c3b-9d6e-2f1b0a4c5d05"}', $1, 'handle-event', $2, '{"error":"RangeError"}', 8)
       RETURNING id`,
      [group, uuidv7()],
    );
    ids.push(rows[0]!.id);
  }
  const [all, one, none, ...wrong] = await Promise.all([
    ops(['dead-letters']),
    ops(['dead-letters', '--organization', other, '--json']),
    ops(['dead-letters', '--job', 'split-deliveries', '--before', '2026-01-01', '--json']),
    ops(['replay']),
    ops(['replay', '--job', 'nonsense']),
    ops(['replay', '--id', 'nonsense']),
    ops(['dead-letters', '--organization', 'nonsense']),
    ops(['dead-letters', '--before', 'yesterday']),
  ]);
  expect(all.code).toBe(0);
  for (const id of ids) expect(all.stdout).toMatch(new RegExp(`^${id} {2}handle-event .*RangeError`, 'm'));
  const { deadLetters } = JSON.parse(one.stdout) as { deadLetters: object[] };
  expect(deadLetters).toMatchObject([{ id: ids[2], job: 'handle-event', organizationId: other }]);
  expect(JSON.parse(none.stdout)).toEqual({ deadLetters: [] });
  expect(wrong.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2]);
  expect(wrong[0]!.stderr).toContain('--all');

  expect(await ops(['replay', '--id', ids[0]!])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('put back: 1 job(s)'),
  });
  expect(await ops(['replay', '--all'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('put back: 2 job(s)'),
  });
  const { rows } = await admin.query(
    `SELECT name, group_id, state FROM pgboss.job_common WHERE data ? 'eventId' ORDER BY group_id = $1`,
    [other],
  );
  const fresh = (group: string) => ({ name: 'handle-event', group_id: group, state: 'created' });
  expect(rows).toEqual([fresh(organization), fresh(organization), fresh(other)]);
  await admin.end();
});

test('facts that nobody claimed are listed with where they came from, and without what they say', async () => {
  const admin = await connect(database.adminUrl);
  const [endpoint, delivery] = [uuidv7(), uuidv7()];
  await admin.query(
    `INSERT INTO endpoints (id, key, provider, owner_id, secret) VALUES ($1, 'AAAAAAAAAAAAAAAAAAAAAA', 'shopify', $2, 'x')`,
    [endpoint, platformOwner],
  );
  await admin.query(
    `INSERT INTO webhook_deliveries (id, endpoint_id, delivery_key, headers, body) VALUES ($1, $2, $3, '{}', 'what it says')`,
    [delivery, endpoint, Buffer.alloc(32)],
  );
  await admin.query(
    `INSERT INTO webhook_unclaimed (id, delivery_id, fact_key, type, account, reason)
     VALUES ($1, $2, 'k', 'orders/create', 'nobody.myshopify.com', 'not-connected')`,
    [uuidv7(), delivery],
  );
  await admin.end();
  const [lines, data] = await Promise.all([ops(['unclaimed']), ops(['unclaimed', '--json'])]);
  expect(lines.stdout).toMatch(
    new RegExp(`shopify {2}orders/create {2}nobody.myshopify.com {2}not-connected {2}delivery ${delivery}`),
  );
  expect(JSON.parse(data.stdout)).toMatchObject({
    unclaimed: [{ deliveryId: delivery, reason: 'not-connected' }],
  });
  expect(lines.stdout + data.stdout).not.toContain('what it says');
});

test('provision and migrate make a database from nothing, and are repeatable', async () => {
  const name = `${database.name}_new`;
  const env = { ...settings(name), DATABASE_ADMIN_URL: inject('postgres').adminUrl };
  expect(await ops(['provision'], env)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`created database ${name}`),
  });
  expect(await ops(['provision', '--json'], env)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('"created":false'),
  });
  expect(await ops(['migrate'], env)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('Foundation'),
  });
  expect(await ops(['catalog'], env)).toMatchObject({ code: 0 });
  const admin = await connect(env.DATABASE_ADMIN_URL);
  await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
  await admin.end();
});

/** The settings of another environment on a database of its name. */
async function withEnvironment(
  name: string,
  environment: string,
  work: (env: Record<string, string>) => Promise<void>,
) {
  const { adminUrl } = inject('postgres');
  const admin = await connect(databaseUrl(adminUrl, 'postgres'));
  await createDatabase(admin, name);
  await withClient(databaseUrl(adminUrl, name), (inside) => closeToStrangers(inside, name));
  try {
    await work({ ...settings(name), ...testKeys, APP_ENV: environment, METRICS_TOKEN: 'm'.repeat(32) });
  } finally {
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await admin.end();
  }
}

test('C4: staging does not start on a pending migration, migrates by command, and then refuses an unknown one', async () => {
  await withEnvironment('bulkhead_staging', 'staging', async (env) => {
    const { DATABASE_OWNER_URL, ...serving } = env;
    const start = () => program('main.js', [], serving);
    expect(await start()).toMatchObject({ code: 78, stderr: expect.stringContaining('pending') });
    expect(await ops(['migrate'], env)).toMatchObject({ code: 0 });
    const owner = await connect(DATABASE_OWNER_URL!);
    await owner.query(`INSERT INTO migrations (timestamp, name) VALUES (1, 'FromTheFuture1')`);
    await owner.end();
    expect(await start()).toMatchObject({ code: 78, stderr: expect.stringContaining('FromTheFuture1') });
    expect(await ops(['migrate'], env)).toMatchObject({
      code: 77,
      stdout: expect.stringContaining('does not know'),
    });
  });
});

test('C4, S0.3: production refuses to migrate without a certificate, and to put jobs back by command', async () => {
  await withEnvironment('bulkhead', 'production', async (env) => {
    expect(await ops(['migrate'], env)).toMatchObject({
      code: 77,
      stdout: expect.stringContaining('certificate'),
    });
    expect(await ops(['replay', '--all'], env)).toMatchObject({
      code: 77,
      stdout: expect.stringContaining('platform-admin'),
    });
  });
});
