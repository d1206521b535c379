/** Several of them on one machine: other checkouts, the same checkout twice, and ports that are taken. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { call, signIn } from './fixtures/api.js';
import { Checkout } from './fixtures/checkout.js';

const stopped = { code: 0, signal: null };

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let ours: Checkout;
let theirs: Checkout;
beforeAll(async () => {
  [ours, theirs] = [await Checkout.build(), await Checkout.build()];
});
afterEach(async () => {
  await Promise.all([ours.settle(), theirs.settle()]);
});
afterAll(async () => {
  await Promise.all([ours.remove(), theirs.remove()]);
});

async function listenAnywhere(): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
}

test('a fresh checkout started twice at once, beside another: all serve, none meets another’s data', async () => {
  const [first, second, other] = [
    ours.start(),
    ours.start(),
    theirs.start({ settings: { DATABASE_POOL_SIZE: '1' } }),
  ];
  const [at1, at2, at3] = await Promise.all([first.serving(), second.serving(), other.serving()]);
  expect(new Set([at1.url, at2.url, at3.url]).size).toBe(3);
  expect(at1.password).toBe(at2.password);
  expect(at3.password).not.toBe(at1.password);
  expect(ours.databasePid).not.toBe(theirs.databasePid);
  for (const checkout of [ours, theirs]) {
    expect(await checkout.query('SELECT count(*)::int AS organizations FROM organizations')).toEqual([
      { organizations: 2 },
    ]);
  }

  const { accessToken: token } = await signIn(at1, 'olivia@volt-motors.example');
  const rename = { method: 'PATCH', token, body: { name: 'Renamed through the first' } };
  expect((await call(`${at1.url}/v1/organization`, rename)).status).toBe(200);
  const seen = await call(`${at2.url}/v1/organization`, { token });
  expect(seen).toMatchObject({ status: 200, body: { name: 'Renamed through the first' } });
  expect((await call(`${at3.url}/v1/organization`, { token })).status).toBe(401);
  expect((await signIn(at3, 'olivia@volt-motors.example')).organization.name).toBe('Volt Motors');

  // Of the two that share a database, the last one out stops it.
  expect(await first.stop('SIGINT')).toEqual(stopped);
  expect(first.output).toContain('the database stays up');
  expect((await call(`${at2.url}/v1/organization`, { token })).status).toBe(200);
  expect(await second.stop('SIGINT')).toEqual(stopped);
  expect(ours.databasePid).toBeUndefined();

  expect((await call(`${at3.url}/readyz`)).status).toBe(200);
  expect(await other.stop('SIGINT')).toEqual(stopped);
  expect(theirs.databasePid).toBeUndefined();
});

describe('PORT', () => {
  test('set and taken: says which and what to do, and stops the database again', async () => {
    const { server, port } = await listenAnywhere();
    const program = ours.start({ settings: { PORT: String(port) } });
    expect(await program.ended).toEqual({ code: 69, signal: null });
    server.close();
    expect(program.output).toContain(`port ${port} is taken`);
    expect(program.output).toMatch(/choose another PORT, or unset PORT/);
    // A person reads this: no stack.
    expect(program.output).not.toMatch(/^\s+at /m);
    expect(ours.databasePid).toBeUndefined();
  });

  test('set and free: exactly that one', async () => {
    const { server, port } = await listenAnywhere();
    server.close();
    await once(server, 'close');
    const program = ours.start({ settings: { PORT: String(port), LISTEN_HOST: '127.0.0.1' } });
    const { url } = await program.serving();
    expect(url).toBe(`http://127.0.0.1:${port}`);
    expect((await call(`${url}/healthz`)).status).toBe(200);
    expect(await program.stop('SIGTERM')).toEqual(stopped);
  });
});
