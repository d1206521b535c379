/** Settings that are wrong: everything at once, exit 78, nothing started and no secret printed. */
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { nodeVersionProblem } from '../../src/config/node-version.js';
import {
  completeSettings,
  secrets,
  secretsIn,
  urlOf,
  urlsOf,
  type Given,
} from '../config/complete-settings.js';
import { Checkout } from './fixtures/checkout.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let checkout: Checkout;
beforeAll(async () => {
  checkout = await Checkout.build();
});
afterAll(() => checkout.remove());

type Case = readonly [what: string, settings: Given, said: Readonly<Record<string, RegExp>>];

const staging = completeSettings('staging');
const unset = /is not set/;

const cases: readonly Case[] = [
  ['a word that names no environment', { APP_ENV: 'produktion' }, { APP_ENV: /"produktion".*staging/ }],
  [
    'production called local',
    { NODE_ENV: 'production', APP_ENV: 'local' },
    { APP_ENV: /NODE_ENV is production/ },
  ],
  ['an image without a name', { BULKHEAD_IMAGE: '1' }, { APP_ENV: /set it to staging or production/ }],
  [
    'staging with nothing set',
    { APP_ENV: 'staging' },
    {
      DATABASE_URL: unset,
      DATABASE_ENTRY_URL: unset,
      DATABASE_PLATFORM_URL: unset,
      DATABASE_QUEUE_URL: unset,
      ACCESS_TOKEN_KEYS: unset,
      REFRESH_TOKEN_KEYS: unset,
      CREDENTIAL_KEYS: unset,
      METRICS_TOKEN: unset,
      APP_URL: unset,
      SERVICE_OWNER: unset,
      MOCKS_DIR: unset,
    },
  ],
  [
    'staging with much that is wrong',
    {
      ...staging,
      DB_NAME: 'bulkhead_staging',
      DATABASE_URL: urlOf('postgres', 'bulkhead'),
      DATABASE_ENTRY_URL: urlOf('bulkhead_entry', 'bulkhead_staging', `1/${secrets.otherPassword}`),
      DATABASE_OWNER_URL: urlOf('bulkhead_owner', 'bulkhead_staging', secrets.otherPassword),
      ACCESS_TOKEN_KEYS: `k:${secrets.weakKey}`,
      DATABASE_QUEUE_URL: urlOf('bulkhead_entry', 'bulkhead_staging', secrets.otherPassword),
      REFRESH_TOKEN_KEYS: secrets.refreshKey,
      CREDENTIAL_KEYS: `k:${secrets.credentialKey}d`,
      METRICS_TOKEN: secrets.shortToken,
      SHOPIFY_PROVIDER: 'live',
      ROLE: 'both',
      LISTEN_HOST: 'localhost',
      PORT: '70000',
    },
    {
      DATABASE_URL: /must sign in as the role bulkhead_tenant[^]*names another database/,
      DATABASE_ENTRY_URL: /must /,
      DATABASE_OWNER_URL: /must not be given to a serving process/,
      ACCESS_TOKEN_KEYS: /32 random bytes/,
      DATABASE_QUEUE_URL: /must sign in as the role bulkhead_queue/,
      REFRESH_TOKEN_KEYS: /kid:key/,
      CREDENTIAL_KEYS: /exactly 32 bytes/,
      SHOPIFY_PROVIDER: /must be one of mock, live-read, off here/,
      ROLE: /api, worker or all/,
      METRICS_TOKEN: /32 characters/,
      LISTEN_HOST: /IP address/,
      PORT: /from 1 to 65535/,
    },
  ],
  [
    'the database of another environment',
    { ...staging, ...urlsOf('bulkhead') },
    { DATABASE_URL: /bulkhead_staging/ },
  ],
  [
    'such a database by name alone',
    { DB_NAME: 'bulkhead', PORT: '0' },
    { DB_NAME: /bulkhead_local/, PORT: /from 1/ },
  ],
  [
    'half a database of one’s own in local',
    { DATABASE_ENTRY_URL: urlOf('bulkhead_entry', 'bulkhead_local') },
    { DATABASE_URL: unset, DATABASE_PLATFORM_URL: unset, DATABASE_QUEUE_URL: unset },
  ],
  [
    'no port',
    { PORT: 'abc', LISTEN_HOST: '127.0.0.256' },
    { PORT: /whole number/, LISTEN_HOST: /IP address/ },
  ],
];

describe('refused with exit 78', () => {
  test.concurrent.each(cases)('%s', async (_what, settings, said) => {
    const program = checkout.start({ settings });
    const ending = await Promise.race([program.ended, program.serving()]);
    const lines = program.output.split('\n').filter((line) => line.startsWith('  '));
    const names = lines.map((line) => line.trim().split(' ')[0] ?? '');
    expect([...new Set(names)].toSorted(), program.output).toEqual(Object.keys(said).toSorted());
    for (const [setting, problem] of Object.entries(said)) {
      expect(lines.filter((line) => line.includes(setting)).join('\n')).toMatch(problem);
    }
    expect(secretsIn(program.output)).toEqual([]);
    expect(program.output).not.toMatch(/^\s+at /m);
    expect(ending).toEqual({ code: 78, signal: null });
    expect(existsSync(checkout.stateDir)).toBe(false);
  });
});

test('says where each was set: by the process, in .env, or nowhere', async () => {
  writeFileSync(join(checkout.folder, '.env'), 'LOG_LEVEL=loud\nPORT=abc\nDB_NAME=bulkhead_local\n');
  const program = checkout.start({ settings: { PORT: '0', ROLE: 'both', APP_ENV: 'staging' } });
  expect(await program.ended).toEqual({ code: 78, signal: null });
  rmSync(join(checkout.folder, '.env'));
  const line = (setting: string) =>
    program.output.split('\n').find((each) => each.startsWith(`  ${setting}  `));
  expect(line('LOG_LEVEL')).toMatch(/ {2}\(set in: \.env\)$/);
  // What the process was given wins, and is what is wrong.
  expect(line('PORT')).toMatch(/from 1 to 65535 {2}\(set in: the process\)$/);
  expect(line('ROLE')).toMatch(/\(set in: the process\)$/);
  expect(line('DATABASE_URL')).toMatch(/is not set: [^(]*$/);
});

describe('the version of Node', () => {
  test.each(['24.7.0', '24.21.0', '25.0.0', '26.1.0', '100.0.0'])('%s will do', (version) => {
    expect(nodeVersionProblem(version)).toBeUndefined();
  });

  test.each(['18.20.8', '20.20.2', '22.12.0', '23.11.0', '24.6.9', '24.0.0'])('%s is too old', (version) => {
    const problem = nodeVersionProblem(version);
    expect(problem).toContain(`this is ${version}`);
    expect(problem).toContain('24.7');
    expect(problem).toContain('npm start');
  });

  test('an older Node on the system is told so, before anything is loaded that it does not have', async (context) => {
    const old = systemNode();
    context.skip(old === undefined, 'not run: there is no Node before 24.7 on this system');
    const program = checkout.start({ node: old ?? '' });
    expect(await program.ended).toEqual({ code: 69, signal: null });
    expect(program.output).toContain('Bulkhead needs Node 24.7 or later');
    expect(program.output).not.toMatch(/^\s+at /m);
    expect(existsSync(checkout.stateDir)).toBe(false);
  });
});

/** A Node outside node_modules that is too old for us. */
function systemNode(): string | undefined {
  return ['/usr/bin/node', '/usr/local/bin/node'].find((path) => {
    if (!existsSync(path)) return false;
    const version = execFileSync(path, ['--version'], { encoding: 'utf8' }).trim().slice(1);
    return nodeVersionProblem(version) !== undefined;
  });
}
