/** `ops doctor --start` and `--finish`: what a session begins with, and what it may say at its end. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Settings } from '../../../src/config/settings.js';
import { DemoData } from '../../../src/operations/demo-data.js';
import { doctor } from '../../../src/operations/doctor/doctor.js';
import { runTests } from '../../../src/operations/doctor/programs.js';
import type { DoctorDependencies, DoctorOptions, Ran } from '../../../src/operations/doctor/types.js';
import { UsageError } from '../../../src/operations/failure.js';
import { startTestApp, type TestApp } from '../../support/app.js';

const statement = 'Development phase complete. Ready for staging promotion when D approves.';
const run = promisify(execFile);

let t: TestApp;
let checkout: string;
let first: string;
beforeAll(async () => {
  t = await startTestApp();
  await t.app.get(DemoData).seed('a password of the demo');
  checkout = mkdtempSync(join(tmpdir(), 'bulkhead-doctor-'));
  await git(['init', '--quiet', '--initial-branch=main']);
  first = await commit('first.ts');
  await git(['checkout', '--quiet', '-b', 'work']);
  await commit('sécond "file".ts');
  writeFileSync(join(checkout, 'new.ts'), 'new');
});
afterAll(async () => {
  rmSync(checkout, { recursive: true });
  await t.close();
});

const git: DoctorDependencies['git'] = async (args) => {
  const who = ['-c', 'user.name=Tester', '-c', 'user.email=tester@example.com'];
  return (await run('git', [...who, ...args], { cwd: checkout })).stdout;
};
async function commit(file: string): Promise<string> {
  writeFileSync(join(checkout, file), file);
  await git(['add', '.']);
  await git(['commit', '--quiet', '-m', file]);
  return (await git(['rev-parse', 'HEAD'])).trim();
}

const passed: Ran = {
  code: 0,
  output:
    ' Test Files  9 passed (9)\n\u001B[2m      Tests \u001B[22m \u001B[1m\u001B[32m12 passed\u001B[39m\u001B[22m (12)\n',
};

async function ended(
  options: DoctorOptions,
  {
    settings = t.settings,
    ran = passed,
    ...dependencies
  }: Partial<DoctorDependencies> & { settings?: Settings; ran?: Ran | undefined } = {},
) {
  const asked: (readonly string[])[] = [];
  const tests = async (folders: readonly string[]) => {
    asked.push(folders);
    return ran;
  };
  const { lines, data, code } = await doctor(settings, options, { runTests: tests, git, ...dependencies });
  return { code, asked, data: data as { files?: string[]; statement?: string }, out: lines.join('\n') };
}

test('--start: the block of the founding document, after quick tests', async () => {
  const { code, out, asked } = await ended({ start: true });
  expect(code).toBe(0);
  expect(asked).toEqual([['test/config', 'test/isolation']]);
  const { host } = new URL(t.settings.databaseUrls.tenant);
  expect(out.split('\n').slice(-7)).toEqual([
    'Active environment: local',
    `Active DB: ${t.database.name}`,
    `Database URL: postgres://bulkhead_tenant:••••@${host}/${t.database.name}`,
    'Mongo URL: not set',
    'Demo organization intact: yes',
    'Quick tests: passed: 12 passed (12)',
    'Safe to proceed.',
  ]);
});

const notSafe = /Stop\. Do not write code\. Mend what is wrong above first\.$/;

test('--start with failing tests, or without any test tool, is not safe: 1', async () => {
  const failing = await ended(
    { start: true },
    { ran: { code: 1, output: '      Tests  1 failed | 11 passed (12)\n' } },
  );
  expect([failing.code, failing.out]).toEqual([1, expect.stringMatching(notSafe)]);
  expect(failing.out).toContain('Quick tests: failed (1): 1 failed | 11 passed (12)');
  const image = await ended({ start: true }, { runTests: async () => undefined });
  expect([image.code, image.out]).toEqual([1, expect.stringMatching(notSafe)]);
  expect(image.out).toContain('Quick tests: did not run: there is no test tool here');
  const broken = await ended(
    { start: true },
    { runTests: async () => Promise.reject(Object.assign(new Error(), { code: 'ENOENT' })) },
  );
  expect([broken.code, broken.out]).toEqual([1, expect.stringContaining('Quick tests: failed (ENOENT)')]);
});

test.each(['start', 'finish'] as const)(
  '--%s outside development is not safe, and runs no tests',
  async (end) => {
    const settings = { ...t.settings, policy: { ...t.settings.policy, demoData: false } };
    const { code, out, asked } = await ended({ [end]: true }, { settings });
    expect([code, asked]).toEqual([1, []]);
    expect(out).toMatch(/WRONG {2}development .*is not where development happens \(S0\.1\)/);
    expect(out).not.toContain(statement);
  },
);

test('--finish: full tests, production untouched, files, and the exact statement at the end', async () => {
  const { code, out, asked, data } = await ended({ finish: true });
  expect([code, asked]).toEqual([0, [[]]]);
  expect(out).toMatch(/ok {5}full tests +npm test && npm run test:processes: passed: 12 passed \(12\)/);
  expect(out).toMatch(
    /ok {5}production +settings: untouched by this process: none of its \d URLs names a database of production, and every database behind them is stamped local\. It proves nothing of other processes/,
  );
  expect(data.files).toEqual(['new.ts', 'sécond "file".ts']);
  expect(out).toContain('  new.ts\n  sécond "file".ts\n');
  expect(out.split('\n').at(-1)).toBe(statement);
  expect(data.statement).toBe(statement);
});

test('--finish --since: the files since that commit; a name of none is 2', async () => {
  expect((await ended({ finish: true, since: 'HEAD' })).data.files).toEqual(['new.ts']);
  expect((await ended({ finish: true, since: first })).data.files).toEqual(['new.ts', 'sécond "file".ts']);
  for (const since of ['nowhere', '--output=x', ''])
    await expect(ended({ finish: true, since })).rejects.toThrow(UsageError);
});

test.each<[string, Parameters<typeof ended>[1], RegExp]>([
  [
    'failing tests',
    { ran: { code: 1, output: '' } },
    /WRONG {2}full tests +npm test && npm run test:processes: failed \(1\)/,
  ],
  ['no test tool', { runTests: async () => undefined }, /WRONG {2}full tests .*did not run/],
  [
    'no git checkout',
    { git: async () => Promise.reject(new Error('no git')) },
    /WRONG {2}files .*no git checkout/,
  ],
])('--finish with %s says no statement: 1', async (_what, given, said) => {
  const { code, out, data } = await ended({ finish: true }, given);
  expect([code, data.statement]).toEqual([1, undefined]);
  expect(out).toMatch(said);
  expect(out).not.toContain(statement);
});

test('--finish with an address of production, or one that reaches everything, proves nothing: 1', async () => {
  const { databaseUrls } = t.settings;
  const production = { ...t.settings, mongoUrl: 'mongodb://a.test/bulkhead' };
  const named = await ended(
    { finish: true },
    { settings: production, readMongoStamp: async () => 'production' },
  );
  expect([named.code, named.out]).toEqual([
    1,
    expect.stringMatching(/WRONG {2}production .*an address of it was given/),
  ]);
  const reaching = { ...t.settings, databaseUrls: { ...databaseUrls, admin: t.database.adminUrl } };
  const admin = await ended({ finish: true }, { settings: reaching });
  expect([admin.code, admin.out]).toEqual([1, expect.stringContaining('nothing is proven')]);
  await t.admin.query(`UPDATE environment_stamp SET environment = 'production'`);
  const stamped = await ended({ finish: true });
  await t.admin.query(`UPDATE environment_stamp SET environment = 'local'`);
  expect([stamped.code, stamped.asked, stamped.out]).toEqual([
    1,
    [],
    expect.stringMatching(/WRONG {2}production .*not every database/),
  ]);
});

test.each<DoctorOptions>([{ start: true, finish: true }, { since: 'HEAD' }, { start: true, since: 'HEAD' }])(
  '%o is a mistake: 2',
  async (options) => {
    await expect(ended(options)).rejects.toThrow(UsageError);
  },
);

test('runs npm test where there is a test tool, passes on what it prints, and knows how it ended', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bulkhead-doctor-npm-'));
  const printed = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const script = (command: string) =>
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ scripts: { test: command, 'test:processes': command } }),
    );
  script('node -e "console.log(process.argv.slice(1).join()); process.exitCode = 3" --');
  expect(await runTests([], folder)).toBeUndefined();
  mkdirSync(join(folder, 'node_modules/vitest'), { recursive: true });
  expect(await runTests(['test/a', 'test/b'], folder)).toEqual({
    code: 3,
    output: expect.stringContaining('test/a,test/b'),
  });
  expect(printed.mock.calls.join('')).toContain('test/a,test/b');
  script('node -e 0 --');
  expect(await runTests([], folder)).toMatchObject({ code: 0 });
  // Everything is both, and either can fail.
  const scripts = {
    test: 'node -e "console.log(1)"',
    'test:processes': 'node -e "console.log(2); process.exitCode = 4"',
  };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts }));
  expect(await runTests([], folder)).toMatchObject({ code: 4, output: expect.stringMatching(/1\n[^]*2\n/) });
  rmSync(folder, { recursive: true });
});
