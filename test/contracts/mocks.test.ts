/** What mocks remember is shared by processes and outlives them; faults are met by exactly as many calls as planned. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { EmailMock } from '../../src/providers/messaging/email.mock.js';
import { mintPermit } from '../../src/providers/messaging/mint-permit.js';
import { WhatsAppMock } from '../../src/providers/messaging/whatsapp.mock.js';
import { mockFaults, type PlannedFault } from '../../src/providers/mock-faults.js';
import { MockFiles } from '../../src/providers/mock-files.js';
import { MockOutbox } from '../../src/providers/mock-outbox.js';
import { OpenAiMock } from '../../src/providers/openai/openai.mock.js';
import { Prompt } from '../../src/providers/openai/openai.provider.js';
import { RichpanelMock } from '../../src/providers/richpanel/richpanel.mock.js';
import { ShopifyMock } from '../../src/providers/shopify/shopify.mock.js';
import { mocksOf, newMocks } from './mocks.js';

const entry = (vendorMessageId: string) => ({
  vendor: 'whatsapp' as const,
  vendorMessageId,
  acceptedAt: new Date().toISOString(),
  message: { id: vendorMessageId, text: 'ä\n"😀"'.repeat(500) },
});

describe('the outbox', () => {
  test('two at once, many at a time: every line is whole, and readable by its owner alone', async () => {
    const { folder, outbox } = newMocks();
    const another = mocksOf(folder).outbox;
    const ids = Array.from({ length: 200 }, (_, index) => `message-${index}`);
    await Promise.all(ids.map(async (id, index) => (index % 2 ? outbox : another).accept(entry(id))));
    const kept = await outbox.list();
    expect(kept.map(({ vendorMessageId }) => vendorMessageId).toSorted()).toEqual(ids.toSorted());
    expect(kept[0]!.message['text']).toBe(entry('').message.text);
    expect(statSync(join(folder, 'outbox.jsonl')).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    await another.clear();
    expect(await outbox.list()).toEqual([]);
  });

  test('a line that is being written is not there yet', async () => {
    const { folder, outbox } = newMocks();
    await outbox.accept(entry('whole'));
    appendFileSync(join(folder, 'outbox.jsonl'), '{"vendor":"what');
    expect(await outbox.list()).toHaveLength(1);
  });

  test('what a process accepted is there after SIGKILL, up to the last that it told of', async () => {
    const { folder, outbox } = newMocks();
    // The file itself, without a build: it imports nothing of ours, and Node takes its types away.
    const program = `
      import { MockFiles } from ${JSON.stringify(pathToFileURL(resolve('src/providers/mock-files.ts')))};
      const files = new MockFiles(${JSON.stringify(folder)});
      for (let i = 0; ; i += 1) {
        await files.append('outbox.jsonl', { vendorMessageId: String(i) });
        process.stdout.write(i + '\\n');
      }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
    let told = '';
    child.stdout.on('data', (data: Buffer) => (told += data.toString()));
    await expect.poll(() => told.split('\n').length, { timeout: 20_000 }).toBeGreaterThan(50);
    child.kill('SIGKILL');
    await once(child, 'close');
    const kept = new Set((await outbox.list()).map(({ vendorMessageId }) => vendorMessageId));
    expect(
      told
        .split('\n')
        .slice(0, -1)
        .filter((id) => !kept.has(id)),
    ).toEqual([]);
  });

  test('without a folder nothing is remembered, and nobody is told that it was', async () => {
    const nowhere = new MockOutbox(new MockFiles(undefined));
    await expect(nowhere.accept(entry('lost'))).rejects.toThrow('MOCKS_DIR');
    await expect(nowhere.list()).rejects.toThrow('MOCKS_DIR');
  });
});

describe('planned faults', () => {
  const plan: PlannedFault[] = [
    { vendor: 'whatsapp', operation: 'send', fault: 'throttled', calls: 2 },
    { vendor: 'shopify', operation: 'findOrders', fault: 'timeout', calls: 1 },
    { vendor: 'whatsapp', operation: 'send', fault: 'unreachable', calls: 1 },
  ];

  test('are met in their order, by that operation alone, and then are gone', async () => {
    const { faults } = newMocks();
    await faults.plan(plan);
    expect(await faults.pending()).toEqual(plan);
    expect(await faults.next('whatsapp', 'whoAmI')).toBeUndefined();
    expect(await faults.next('email', 'send')).toBeUndefined();
    expect(await faults.next('whatsapp', 'send')).toBe('throttled');
    expect(await faults.pending()).toEqual([{ ...plan[0]!, calls: 1 }, ...plan.slice(1)]);
    expect(await faults.next('whatsapp', 'send')).toBe('throttled');
    expect(await faults.next('whatsapp', 'send')).toBe('unreachable');
    expect(await faults.next('whatsapp', 'send')).toBeUndefined();
    expect(await faults.pending()).toEqual([plan[1]]);
  });

  test('are met exactly as often as planned, however many call at once in two processes', async () => {
    const { folder, faults } = newMocks();
    const another = mocksOf(folder).faults;
    await faults.plan([{ vendor: 'email', operation: 'send', fault: 'timeout', calls: 7 }]);
    const met = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => (index % 2 ? faults : another).next('email', 'send')),
    );
    expect(met.filter((fault) => fault === 'timeout')).toHaveLength(7);
    expect(met.filter((fault) => fault === undefined)).toHaveLength(33);
    expect(await another.pending()).toEqual([]);
  });

  test('a new plan replaces the one before; none leaves no file', async () => {
    const { folder, faults } = newMocks();
    await faults.plan(plan);
    await faults.next('whatsapp', 'send');
    await faults.plan(plan.slice(1));
    expect(await faults.pending()).toEqual(plan.slice(1));
    await faults.clear();
    expect(await faults.pending()).toEqual([]);
    expect(await faults.next('whatsapp', 'send')).toBeUndefined();
    expect(existsSync(join(folder, 'faults.jsonl'))).toBe(false);
  });

  test.each(mockFaults)('%s: what each vendor answers under it', async (fault) => {
    const { outbox, faults } = newMocks();
    const targets = [
      ['shopify', 'whoAmI'],
      ['shopify', 'findOrders'],
      ['richpanel', 'readTicket'],
      ['openai', 'draft'],
      ['whatsapp', 'send'],
      ['email', 'send'],
    ] as const;
    await faults.plan(targets.map(([vendor, operation]) => ({ vendor, operation, fault, calls: 1 })));
    const [shop, token] = ['a.myshopify.com', { accessToken: 'shpat_mock_a' }];
    const shopify = new ShopifyMock(faults);
    const prompt = new Prompt('Hello');
    const whatsapp = {
      id: randomUUID(),
      organizationId: randomUUID(),
      from: '10001',
      to: { phone: '+12025550143' },
      text: 'Hi',
    };
    const email = {
      id: randomUUID(),
      from: 'a@example.com',
      to: ['b@example.com'],
      cc: [],
      bcc: [],
      subject: 'Hi',
      text: 'Hi',
    };
    const answers = [
      await shopify.whoAmI(shop, token),
      await shopify.findOrders(shop, token, { name: '#1001' }),
      await new RichpanelMock(faults).readTicket({ apiKey: 'rp_mock_a' }, 'ticket-1002'),
      await new OpenAiMock(faults).draft({ instructions: prompt, input: prompt, maxOutputTokens: 99 }),
      await new WhatsAppMock(outbox, faults).send(
        { accessToken: 'EAAmock10001' },
        whatsapp,
        mintPermit(whatsapp, 'conversation'),
      ),
      await new EmailMock(outbox, faults).send(email, mintPermit(email, 'system')),
    ];
    const said = answers.map(({ outcome }) =>
      'reason' in outcome ? `${outcome.kind} ${outcome.reason}` : outcome.kind,
    );
    const expected = {
      throttled: ['unavailable', 'throttled', 'throttled', 'throttled', ...twice('not-accepted throttled')],
      'credentials-refused': ['refused', 'refused', 'refused', fault, ...twice(`not-accepted ${fault}`)],
      unreachable: [...away(fault), ...twice('not-accepted unreachable')],
      timeout: [...away(fault), ...twice('unknown timeout')],
      'server-error': [...away(fault), ...twice('unknown server-error')],
      'connection-lost': [...away(fault), ...twice('unknown connection-lost')],
    }[fault];
    expect(said).toEqual(expected);
    const taken = ['timeout', 'connection-lost'].includes(fault) ? 2 : 0;
    expect(await outbox.list()).toHaveLength(taken);
  });
});

const twice = (word: string) => [word, word];
const away = (fault: string) => [
  'unavailable',
  `unavailable ${fault}`,
  `unavailable ${fault}`,
  `unknown ${fault}`,
];
