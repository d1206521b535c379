/** The ops commands and the start's own check, as processes: what they print and how they exit. */
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createHash, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { claimDatabase, createDatabase, databaseUrl, withClient } from '../../src/database/provision.js';
import { migrateUp } from '../../src/database/migrations.js';
import type { Environment } from '../../src/environment/environment.js';
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

test('jobs that failed for good: listed with 0, put back only as somebody says which, else 2', async () => {
  const [dead, unsaid, unclaimed] = await Promise.all([
    ops(['dead-letters', '--job', 'handle-event', '--json']),
    ops(['replay']),
    ops(['unclaimed']),
  ]);
  expect(dead).toMatchObject({ code: 0, stdout: '{"deadLetters":[]}\n' });
  expect(unsaid).toMatchObject({ code: 2, stderr: expect.stringContaining('--all') });
  expect(unclaimed).toMatchObject({ code: 0, stdout: 'every fact was claimed\n' });
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
  const first = await ops(['provision', '--json'], env);
  const kept = await ops(['provision'], env);
  expect(kept).toMatchObject({ code: 0, stdout: expect.stringContaining('--enrol') });
  const again = await ops(['provision', '--enrol'], env);
  const tokenIn = (text: string) =>
    /http:\/\/127\.0\.0\.1:3000\/platform\/enrol#token=([\w-]{43})/.exec(text)?.[1];
  const hashes = [first, again].map(({ stdout }) =>
    createHash('sha256')
      .update(tokenIn(stdout) ?? '')
      .digest(),
  );
  const inside = await connect(databaseUrl(env.DATABASE_ADMIN_URL, name));
  const { rows } = await inside.query(
    'SELECT token_hash, voided_at IS NULL AS open, expires_at > now() AS current FROM platform_enrolments ORDER BY id',
  );
  // The newer one alone opens anything, and what is stored opens nothing.
  expect(rows).toEqual([
    { token_hash: hashes[0], open: false, current: true },
    { token_hash: hashes[1], open: true, current: true },
  ]);
  await inside.query('UPDATE platform_enrolments SET redeemed_at = now() WHERE voided_at IS NULL');
  await inside.end();
  const enrolled = await ops(['provision'], env);
  expect(enrolled).toMatchObject({ code: 0, stdout: expect.stringContaining('has enrolled') });
  expect(tokenIn(enrolled.stdout)).toBeUndefined();
  const admin = await connect(env.DATABASE_ADMIN_URL);
  await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
  await admin.end();
});

/** The settings of another environment on a database of its name. */
async function withEnvironment(
  name: string,
  environment: Environment,
  work: (env: Record<string, string>) => Promise<void>,
) {
  const { adminUrl } = inject('postgres');
  const admin = await connect(databaseUrl(adminUrl, 'postgres'));
  await createDatabase(admin, name);
  await withClient(databaseUrl(adminUrl, name), (inside) => claimDatabase(inside, name, environment));
  try {
    await work({
      ...settings(name),
      ...testKeys,
      APP_ENV: environment,
      METRICS_TOKEN: randomBytes(24).toString('hex'),
      APP_URL: 'https://bulkhead.example',
      SERVICE_OWNER: 'support-tools',
      MOCKS_DIR: inject('mocksDir'),
    });
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
    // This server has databases of local: its roles are not staging's.
    const passwords = async () => {
      const admin = await connect(inject('postgres').adminUrl);
      const { rows } = await admin.query('SELECT rolname, rolpassword FROM pg_authid ORDER BY 1');
      await admin.end();
      return rows;
    };
    const before = await passwords();
    const provisioned = await ops(['provision'], { ...env, DATABASE_ADMIN_URL: inject('postgres').adminUrl });
    expect(provisioned).toMatchObject({
      code: 78,
      stderr: expect.stringMatching(
        /the server has bulkhead_local\w*, a database of local, and this is staging/,
      ),
    });
    expect(await passwords()).toEqual(before);
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

test('S0.1: a database of another environment is not provisioned, migrated, asked or served', async () => {
  await withEnvironment('bulkhead_staging', 'production', async (env) => {
    const staging: Record<string, string> = { ...env, APP_ENV: 'staging' };
    const { DATABASE_OWNER_URL: _, ...serving } = staging;
    const admin: Record<string, string> = { ...staging, DATABASE_ADMIN_URL: inject('postgres').adminUrl };
    const wrong = 'the stamp of the database says production, and this is staging';
    for (const ended of [
      await ops(['provision'], admin),
      await ops(['migrate'], staging),
      await ops(['catalog'], staging),
      await program('main.js', [], serving),
    ])
      expect(ended).toMatchObject({ code: 78, stderr: expect.stringContaining(wrong) });
  });
});

/** Serves until it has said so and answered, then ends. */
async function bootsAndEnds(env: Record<string, string>): Promise<{ ready: object; code: number | null }> {
  const options = { env: { PATH: process.env['PATH']!, ...env }, cwd: tmpdir() };
  const child = spawn(process.execPath, [join(built, 'main.js')], options);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => (said += String(text)));
  const ended = new Promise<number | null>((end) => child.on('exit', end));
  await expect.poll(() => said, { timeout: 30_000 }).toMatch(/serves at http:\S+/);
  const [, url] = /serves at (http:\S+)/.exec(said)!;
  const ready = (await (await fetch(`${url!.replace('0.0.0.0', '127.0.0.1')}/readyz`)).json()) as object;
  child.kill('SIGTERM');
  return { ready, code: await ended };
}

test.each([
  ['staging', 'bulkhead_staging'],
  ['production', 'bulkhead'],
] as const)('the right diagonal boots: %s', async (environment, name) => {
  await withEnvironment(name, environment, async (env) => {
    const { DATABASE_OWNER_URL: ownerUrl, ...serving } = env;
    await migrateUp(ownerUrl!, environment);
    expect(await bootsAndEnds(serving)).toMatchObject({ ready: { status: 'ok' }, code: 0 });
    // And beside it: a word, a role or a secret too many.
    for (const [wrong, setting] of [
      [{ DEV_AUTO_LOGIN: 'true' }, 'DEV_AUTO_LOGIN'],
      [{ DATABASE_OWNER_URL: ownerUrl! }, 'DATABASE_OWNER_URL'],
      [{ APP_ENV: environment === 'staging' ? 'production' : 'staging' }, 'DATABASE_URL'],
      [{ NODE_ENV: 'produktion' }, 'NODE_ENV'],
      [{ APP_ENV: '', BULKHEAD_IMAGE: '1' }, 'APP_ENV'],
    ] as [Record<string, string>, string][]) {
      const refused = await program('main.js', [], { ...serving, ...wrong });
      expect(refused).toMatchObject({ code: 78, stderr: expect.stringContaining(`  ${setting}  `) });
      for (const secret of Object.values(inject('postgres').passwords))
        expect(refused.stderr + refused.stdout).not.toContain(secret);
    }
  });
});

test('without any setting nothing above local is booted, or asked', async () => {
  const nothing = await program('ops.js', ['flags', '--platform', '--kill-switch', 'on'], {
    BULKHEAD_IMAGE: '1',
  });
  expect(nothing).toMatchObject({ code: 78, stderr: expect.stringContaining('APP_ENV') });
});

test('C4: production refuses to migrate without a certificate', async () => {
  await withEnvironment('bulkhead', 'production', async (env) => {
    expect(await ops(['migrate'], env)).toMatchObject({
      code: 77,
      stdout: expect.stringContaining('certificate'),
    });
  });
});
