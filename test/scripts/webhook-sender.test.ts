/** `npm run webhook`, as a process, against a server that checks signatures on its own. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseArguments } from '../../scripts/webhooks/arguments.ts';
import { isSigned, Receiver, secret, verifyToken } from './receiver.js';

const scripts = resolve(import.meta.dirname, '../../scripts/webhooks');
const receiver = new Receiver();
let checkout: string;

beforeAll(async () => {
  await receiver.start();
  checkout = mkdtempSync(join(tmpdir(), 'bulkhead-webhooks-'));
  cpSync(scripts, join(checkout, 'scripts/webhooks'), { recursive: true });
  writeFileSync(join(checkout, 'package.json'), '{"type":"module"}');
});
beforeEach(() => receiver.forget());
afterAll(async () => {
  rmSync(checkout, { recursive: true });
  await receiver.stop();
});

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** In a checkout of its own: what a server has left in ours is none of a test's business. */
async function webhook(...args: string[]): Promise<Ended> {
  const main = join(checkout, 'scripts/webhooks/main.ts');
  return new Promise((done) => {
    const env = { ...process.env, NODE_COMPILE_CACHE: join(checkout, 'compiled') };
    const child = execFile(process.execPath, [main, ...args], { env }, (_, stdout, stderr) =>
      done({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

async function toReceiver(...args: string[]): Promise<Ended> {
  return webhook(...args, '--url', receiver.url, '--endpoint', 'key', '--secret', secret);
}

describe('one delivery', () => {
  test.each([
    ['shopify', 'orders/create'],
    ['whatsapp', 'text'],
    ['richpanel', 'ticket.updated'],
  ])('of %s is posted, signed, to the endpoint, and its answer shown', async (vendor, sample) => {
    const { code, stdout, stderr } = await toReceiver(vendor, sample);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      new RegExp(`^${vendor} ${sample}  200  {"status":"stored"}  \\d+ ms\\n\\nTry next:`),
    );
    expect(stdout).not.toContain(secret);
    expect(receiver.received).toHaveLength(1);
    const [received] = receiver.received;
    expect(received).toMatchObject({ method: 'POST', path: `/webhooks/${vendor}/key` });
    expect(received!.headers['content-type']).toBe('application/json');
    expect(isSigned(received!)).toBe(true);
  });

  test.each(['shopify', 'whatsapp', 'richpanel'])(
    'of %s, tampered with, ends well when refused',
    async (vendor) => {
      const sample = { shopify: 'orders.paid', whatsapp: 'image', richpanel: 'ticket.created' }[vendor]!;
      const { code, stdout } = await toReceiver(vendor, sample, '--tamper');
      expect([code, stdout]).toEqual([0, expect.stringContaining('401  {"title":"Refused"')]);
      expect(isSigned(receiver.received[0]!)).toBe(false);
    },
  );

  test('that is refused ends with 1 and says what to look at', async () => {
    const [wrongSecret, wrongKey] = await Promise.all([
      webhook('whatsapp', 'text', '--url', receiver.url, '--endpoint', 'key', '--secret', 'another'),
      webhook('whatsapp', 'text', '--url', `${receiver.url}/`, '--endpoint', 'other', '--secret', secret),
    ]);
    for (const { code, stdout } of [wrongSecret, wrongKey]) {
      expect([code, stdout]).toEqual([1, expect.stringContaining('Are key and secret those')]);
    }
  });
});

describe('many deliveries', () => {
  test('are all different, and summed up', async () => {
    const { code, stdout } = await toReceiver('whatsapp', 'text', '--repeat', '60', '--concurrency', '8');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /60 deliveries sent\n +60 {2}stored\n +\d+ answers\/s, p50 [\d.]+ ms, p99 [\d.]+ ms/,
    );
    expect(new Set(receiver.received.map(({ body }) => body.toString())).size).toBe(60);
  });

  test('are equal bytes with equal ids when asked for the same, now and later', async () => {
    const { code, stdout } = await toReceiver(
      'shopify',
      'orders/updated',
      '--same',
      '--repeat',
      '12',
      '--json',
    );
    await toReceiver('shopify', 'orders/updated', '--same');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      sent: 12,
      acknowledged: 12,
      stored: 1,
      duplicate: 11,
      refused: {},
    });
    expect(receiver.received).toHaveLength(13);
    const parts = receiver.received.map(({ headers, body }) =>
      JSON.stringify([body.toString(), headers['x-shopify-webhook-id'], headers['x-shopify-event-id']]),
    );
    expect(new Set(parts).size).toBe(1);
  });

  test('are counted by the code of the problem when refused; --json prints one document', async () => {
    const { code, stdout } = await toReceiver(
      'richpanel',
      'ticket.updated',
      '--tamper',
      '--repeat',
      '3',
      '--json',
    );
    expect(code).toBe(0);
    const document: unknown = JSON.parse(stdout);
    expect(document).toMatchObject({
      vendor: 'richpanel',
      sample: 'ticket.updated',
      tamper: true,
      sent: 3,
      acknowledged: 0,
      refused: { 'signature-invalid': 3 },
      answers: [{ status: 401 }, { status: 401 }, { status: 401 }],
    });
  });
});

describe('Meta’s handshake', () => {
  const asking = async (...args: string[]) =>
    webhook('whatsapp', 'handshake', '--url', receiver.url, '--endpoint', 'key', ...args);

  test('ends with 0 when the challenge comes back, with 1 when it does not', async () => {
    const [right, wrong, tampered] = await Promise.all([
      asking('--verify-token', verifyToken),
      asking('--verify-token', 'another'),
      asking('--verify-token', verifyToken, '--tamper'),
    ]);
    expect([right.code, right.stdout]).toEqual([0, expect.stringContaining('The challenge came back')]);
    expect([wrong.code, wrong.stdout]).toEqual([1, expect.stringContaining('403')]);
    expect(tampered.code).toBe(0);
    expect(receiver.received.map(({ method, path }) => [method, path])).toEqual(
      Array.from({ length: 3 }, () => ['GET', '/webhooks/whatsapp/key']),
    );
  });
});

describe('without options', () => {
  test('it sends where the running server has left word', async () => {
    const endpoint = { key: 'key', secret, verifyToken };
    mkdirSync(join(checkout, '.data'));
    const endpoints = { shopify: endpoint, whatsapp: endpoint, richpanel: endpoint };
    writeFileSync(
      join(checkout, '.data/demo-webhooks.json'),
      JSON.stringify({ url: receiver.url, endpoints }),
    );
    const ended = await Promise.all([webhook('whatsapp', 'handshake'), webhook('shopify', 'shop/redact')]);
    rmSync(join(checkout, '.data'), { recursive: true });
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
    expect(receiver.received).toHaveLength(2);
  });

  test('and without a server it says what to do', async () => {
    const [nothing, some] = await Promise.all([
      webhook('shopify', 'orders/create'),
      webhook('shopify', 'orders/create', '--url', receiver.url, '--secret', secret),
    ]);
    expect([nothing.code, nothing.stdout]).toEqual([69, '']);
    expect(nothing.stderr).toMatch(/`npm start`[^]*--url, --endpoint, --secret/);
    expect(some.stderr).toMatch(/or give --endpoint\.\n$/);
    expect(receiver.received).toEqual([]);
  });
});

test('a server that cannot be reached ends it with 69, at once', async () => {
  const gone = new Receiver();
  await gone.start();
  const { url } = gone;
  await gone.stop();
  const to = ['--url', url, '--endpoint', 'key', '--secret', secret];
  const { code, stdout, stderr } = await webhook('whatsapp', 'text', '--repeat', '1000', '--json', ...to);
  expect([code, stderr]).toEqual([
    69,
    `Nobody answers at ${url} (ECONNREFUSED). Is the server running? Start it with \`npm start\`.\n`,
  ]);
  const { sent } = JSON.parse(stdout) as { sent: number };
  expect(sent).toBeLessThanOrEqual(16);
});

test('help and list say what there is', async () => {
  const [help, list, json] = await Promise.all([
    webhook('--help'),
    webhook('--list'),
    webhook('richpanel', '--list', '--json'),
  ]);
  expect([help.code, help.stdout]).toEqual([0, expect.stringContaining('--concurrency C')]);
  expect([list.code, list.stdout]).toEqual([
    0,
    expect.stringMatching(/^shopify\n[^]*\n {2}orders\/create\n/),
  ]);
  expect(JSON.parse(json.stdout)).toEqual({ richpanel: ['ticket.created', 'ticket.updated'] });
});

test('a wrong call ends with 2 and says why, and nothing is sent', async () => {
  const { code, stdout, stderr } = await toReceiver('shopify', 'orders/none');
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^shopify has no sample orders\/none\. It has:\n {2}app\/uninstalled\n[^]*--help/);
  expect(receiver.received).toEqual([]);
});

test.each<[given: string, why: string]>([
  ['', 'which vendor, and which sample?'],
  ['etsy orders/create', 'no vendor is called etsy'],
  ['shopify', 'which sample? It has:'],
  ['shopify handshake', 'shopify has no sample handshake'],
  ['shopify orders/create orders/paid', 'one sample at a time'],
  ['shopify orders/create --repeat 0', '--repeat must be a whole number from 1'],
  ['shopify orders/create --repeat 1e3', '--repeat must be a whole number from 1'],
  ['shopify orders/create --concurrency 5000', '--concurrency must be'],
  ['shopify orders/create --url localhost:3000', '--url must begin with http'],
  ['shopify orders/create --secret a\u00a0b', '--secret must be visible ASCII'],
  ['shopify orders/create --sceret x', "Unknown option '--sceret'"],
  ['whatsapp handshake --repeat 2', 'handshake is asked once'],
])('"%s" is a wrong call: %s', (given, why) => {
  expect(() => parseArguments(given.split(' ').filter(Boolean))).toThrow(why);
});
