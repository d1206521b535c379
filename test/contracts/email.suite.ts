/** What every e-mail provider does, the mock and the real one. */
import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { EmailMessage, EmailProvider } from '../../src/providers/messaging/email.provider.js';
import { mintPermit } from '../../src/providers/messaging/mint-permit.js';
import { outcomeOf } from './exchanges.js';

export interface EmailHarness {
  readonly provider: EmailProvider;
  readonly from: string;
  readonly recipient: string;
  readonly ends: Readonly<Record<'undeliverable' | 'throttled' | 'unreachable' | 'timeout', string>>;
  taken(id: string): Promise<number>;
}

export function emailContract(newHarness: () => EmailHarness): void {
  const h = newHarness();
  const messageTo = (...to: string[]): EmailMessage => ({
    id: randomUUID(),
    from: h.from,
    to,
    cc: [],
    bcc: [],
    subject: 'the subject of it',
    text: 'the text of it',
    html: '<p>the text of it</p>',
  });
  const send = async (message: EmailMessage) => {
    const answer = await h.provider.send(message, mintPermit(message, 'system'));
    return outcomeOf(answer, 'email', 'send', [h.recipient, 'the text of it', 'the subject of it']);
  };

  test('accepted: the relay has it once', async () => {
    const message = messageTo(h.recipient);
    expect(await send(message)).toEqual({ kind: 'accepted', vendorMessageId: expect.any(String) });
    expect(await h.taken(message.id)).toBe(1);
  });

  const certain = [
    ['undeliverable', false],
    ['throttled', true],
    ['unreachable', true],
  ] as const;
  test.each(certain)('%s: certainly not accepted, may be tried again: %s', async (reason, retryable) => {
    const message = messageTo(h.ends[reason]);
    expect(await send(message)).toEqual({ kind: 'not-accepted', reason, retryable });
    expect(await h.taken(message.id)).toBe(0);
  });

  test('timeout: not known, and here it was taken', async () => {
    const message = messageTo(h.ends.timeout);
    expect(await send(message)).toEqual({ kind: 'unknown', reason: 'timeout' });
    expect(await h.taken(message.id)).toBe(1);
  });

  test('nobody to send it to, and what is no address', async () => {
    const invalid = { kind: 'not-accepted', reason: 'invalid', retryable: false };
    expect(await send(messageTo())).toEqual(invalid);
    expect(await send(messageTo(h.recipient, 'no address'))).toEqual(invalid);
    expect(await send({ ...messageTo(), bcc: [h.recipient] })).toMatchObject({ kind: 'accepted' });
  });

  test('without a permit for exactly this message nothing leaves', async () => {
    const message = messageTo(h.recipient);
    const permit = mintPermit(message, 'system');
    const other = { ...message, bcc: [h.recipient] };
    await expect(h.provider.send(other, permit)).rejects.toThrow('another message');
    await expect(h.provider.send(message, permit)).rejects.toThrow('used already');
    expect(await h.taken(message.id)).toBe(0);
  });
}
