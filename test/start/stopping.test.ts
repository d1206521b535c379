/** However `npm start` is told to stop, it answers what it has begun and takes its database with it. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { call } from './fixtures/api.js';
import { Checkout } from './fixtures/checkout.js';
import { eventually, type Ending, type Program } from './fixtures/program.js';

const stopped: Ending = { code: 0, signal: null };

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let checkout: Checkout;
beforeAll(async () => {
  checkout = await Checkout.build();
});
afterEach(async () => {
  if (await checkout.settle()) throw new Error('something was left running');
});
afterAll(() => checkout.remove());

/** A sign-in that has begun: the server has its head and waits for its body. */
async function beginSignIn({ url, password }: { url: string; password: string }) {
  const body = JSON.stringify({ email: 'olivia@volt-motors.example', password });
  const headers = {
    'content-type': 'application/json',
    'content-length': body.length,
    expect: '100-continue',
  };
  const begun = request(`${url}/v1/sessions`, { method: 'POST', headers });
  const status = new Promise<number | undefined>((resolve, reject) => {
    begun.once('error', reject);
    begun.once('response', (response) => resolve(response.resume().statusCode));
  });
  // Unheard until somebody asks for it, a refused connection must not end the test run.
  status.catch(() => undefined);
  const accepted = new Promise((resolve) => begun.once('continue', resolve));
  begun.flushHeaders();
  await accepted;
  return {
    finish: async () => {
      begun.end(body);
      return status;
    },
    abandon: () => begun.destroy(),
  };
}

test('stopped while it starts, at whatever moment, it leaves nothing running', async () => {
  const creating = checkout.start();
  await creating.until(/creating the database folder/);
  expect(await creating.stop('SIGINT')).toEqual(stopped);
  expect(checkout.databasePid).toBeUndefined();

  const connecting = checkout.start();
  await eventually(() => checkout.databasePid !== undefined);
  expect(await connecting.stop('SIGTERM')).toEqual(stopped);
  expect(checkout.databasePid).toBeUndefined();
});

test('SIGTERM: a request in flight is answered, no new one accepted, and no open connection waited for', async () => {
  const program = checkout.start();
  const serving = await program.serving();
  // As browsers do, ahead of need.
  const silent = connect(Number(new URL(serving.url).port), '127.0.0.1');
  await once(silent, 'connect');
  const begun = await beginSignIn(serving);
  program.child.kill('SIGTERM');
  await program.until(/SIGTERM: stopping/);
  await expect(async () => {
    // The port closes a moment after the line is printed.
    for (;;) await call(`${serving.url}/healthz`);
  }).rejects.toThrow('fetch failed');
  expect(await begun.finish()).toBe(201);
  const answered = performance.now();
  expect(await program.ended).toEqual(stopped);
  expect(performance.now() - answered).toBeLessThan(4_000);
  silent.destroy();
});

test('SIGINT twice at once, as npm and a terminal send it together, is one wish', async () => {
  const program = checkout.start();
  await program.serving();
  program.child.kill('SIGINT');
  await program.until(/SIGINT: stopping/);
  expect(await program.stop('SIGINT')).toEqual(stopped);
});

test('SIGINT again, by somebody who does not want to wait, ends it at once', async () => {
  const program = checkout.start();
  const begun = await beginSignIn(await program.serving());
  program.child.kill('SIGINT');
  await program.until(/SIGINT: stopping \(again to stop at once\)/);
  const deadline = Date.now() + 5_000;
  while (program.child.exitCode === null && Date.now() < deadline) {
    await delay(200);
    program.child.kill('SIGINT');
  }
  expect(program.child.exitCode).toBe(130);
  begun.abandon();

  // What stopping at once leaves behind, the next start takes over and stops.
  const next = checkout.start();
  await next.serving();
  expect(await next.stop('SIGINT')).toEqual(stopped);
});

test('SIGHUP: closing the terminal window stops everything, though nobody reads what is printed', async () => {
  const program = checkout.start();
  await program.serving();
  const { stdout, stderr } = program.child;
  await Promise.all([stdout, stderr].map((stream) => once(stream.destroy(), 'close')));
  expect(await program.stop('SIGHUP')).toEqual(stopped);
});

/** util-linux's `script` runs a command in a terminal of its own. */
function hasTerminal(): boolean {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux');
  } catch {
    return false;
  }
}

test('npm start in a terminal, and Ctrl-C', async (context) => {
  context.skip(!hasTerminal(), 'not run: there is no `script` of util-linux to make a terminal with');
  // The real start script; only what it would compile again is compiled already.
  const manifest = JSON.parse(readFileSync(join(checkout.folder, 'package.json'), 'utf8')) as {
    scripts: object;
  };
  const scripts = { ...manifest.scripts, build: 'true' };
  writeFileSync(join(checkout.folder, 'package.json'), JSON.stringify({ ...manifest, scripts }));
  const terminal: Program = checkout.run('script', [
    '-qefc',
    `exec npm --prefix '${checkout.folder}' start`,
    '/dev/null',
  ]);
  await terminal.serving();
  terminal.child.stdin.write('\u0003');
  expect(await terminal.ended, terminal.output).toEqual(stopped);
});
