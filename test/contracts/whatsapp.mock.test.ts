import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { mintPermit } from '../../src/providers/messaging/mint-permit.js';
import { WhatsAppMock } from '../../src/providers/messaging/whatsapp.mock.js';
import type { WhatsAppMessage } from '../../src/providers/messaging/whatsapp.provider.js';
import { mocksOf, newMocks } from './mocks.js';
import { whatsappContract } from './whatsapp.suite.js';

const mocks = newMocks();
const provider = new WhatsAppMock(mocks.outbox, mocks.faults);
const phoneNumberId = '100000000000001';
const credentials = { accessToken: `EAAmock${phoneNumberId}` };
const messageTo = (to: WhatsAppMessage['to']): WhatsAppMessage => ({
  id: randomUUID(),
  organizationId: randomUUID(),
  from: phoneNumberId,
  to,
  text: 'Hello',
});
const send = async (message: WhatsAppMessage, by = provider) =>
  (await by.send(credentials, message, mintPermit(message, 'conversation'))).outcome;
const taken = async (id: string) =>
  (await mocks.outbox.list()).filter(({ message }) => message['id'] === id).length;

whatsappContract(() => ({
  provider,
  phoneNumberId,
  credentials,
  wrongCredentials: { accessToken: 'EAAmock-of-nobody' },
  recipient: '+12025550143',
  ends: {
    undeliverable: '+447700900001',
    throttled: '+447700900002',
    'window-closed': '+447700900003',
    timeout: '+447700900004',
    unreachable: '+447700900006',
  },
  taken,
}));

describe('the mock', () => {
  test('gives ids that depend on ours alone, and keeps a message that is sent twice twice', async () => {
    const message = messageTo({ phone: '+12025550143' });
    const [first, second] = [await send(message), await send(message)];
    expect(first).toEqual(second);
    expect(await taken(message.id)).toBe(2);
    const kept = (await mocks.outbox.list()).at(-1);
    expect(kept).toMatchObject({ vendor: 'whatsapp', message });
    expect(first).toMatchObject({ vendorMessageId: kept!.vendorMessageId });
  });

  test('0002: each message is throttled once, whichever process sends it', async () => {
    const elsewhere = mocksOf(mocks.folder);
    const another = new WhatsAppMock(elsewhere.outbox, elsewhere.faults);
    const message = messageTo({ phone: '+447700900002' });
    expect(await send(message)).toMatchObject({ kind: 'not-accepted', reason: 'throttled' });
    expect(await send(message, another)).toMatchObject({ kind: 'accepted' });
    expect(await send(messageTo(message.to))).toMatchObject({ reason: 'throttled' });
  });

  test('0005: accepts at once and answers two seconds later', async () => {
    const message = messageTo({ phone: '+447700900005' });
    const start = performance.now();
    const sent = send(message);
    await expect.poll(async () => taken(message.id)).toBe(1);
    expect(performance.now() - start).toBeLessThan(1_500);
    expect(await sent).toMatchObject({ kind: 'accepted' });
    expect(performance.now() - start).toBeGreaterThan(1_900);
  });

  test('a user id works like a number', async () => {
    expect(await send(messageTo({ userId: 'GB.13491208655302741918' }))).toMatchObject({ kind: 'accepted' });
    expect(await send(messageTo({ userId: 'GB.13491208655302740001' }))).toMatchObject({
      reason: 'undeliverable',
    });
  });
});
