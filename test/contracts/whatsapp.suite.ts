/** What every WhatsApp provider does, the mock and the real one. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { mintPermit } from '../../src/providers/messaging/mint-permit.js';
import type {
  WhatsAppCredentials,
  WhatsAppMessage,
  WhatsAppProvider,
} from '../../src/providers/messaging/whatsapp.provider.js';
import type { SendOutcome } from '../../src/providers/messaging/send-outcome.js';
import { outcomeOf } from './exchanges.js';

export interface WhatsAppHarness {
  readonly provider: WhatsAppProvider;
  readonly phoneNumberId: string;
  readonly credentials: WhatsAppCredentials;
  readonly wrongCredentials: WhatsAppCredentials;
  /** A number that takes messages. */
  readonly recipient: string;
  /** Numbers, or whatever the harness prepares, that end so. */
  readonly ends: Readonly<
    Record<'undeliverable' | 'window-closed' | 'unreachable' | 'throttled' | 'timeout', string>
  >;
  /** How often the vendor has the message. */
  taken(id: string): Promise<number>;
}

export function whatsappContract(newHarness: () => WhatsAppHarness): void {
  const h = newHarness();
  const secrets = [h.credentials.accessToken, h.recipient, 'the text of it'];
  const messageTo = (to: WhatsAppMessage['to']): WhatsAppMessage => ({
    id: randomUUID(),
    organizationId: randomUUID(),
    from: h.phoneNumberId,
    to,
    text: 'the text of it',
  });
  const send = async (message: WhatsAppMessage, credentials = h.credentials): Promise<SendOutcome> => {
    const answer = await h.provider.send(credentials, message, mintPermit(message, 'conversation'));
    return outcomeOf(answer, 'whatsapp', 'send', secrets);
  };

  describe('whoAmI', () => {
    test('names the number that the token opens', async () => {
      const answer = await h.provider.whoAmI(h.phoneNumberId, h.credentials);
      const outcome = outcomeOf(answer, 'whatsapp', 'whoAmI', secrets);
      expect(outcome).toEqual({ kind: 'account', account: h.phoneNumberId });
    });

    test('refuses a token that opens nothing', async () => {
      const { outcome } = await h.provider.whoAmI(h.phoneNumberId, h.wrongCredentials);
      expect(outcome).toEqual({ kind: 'refused' });
    });
  });

  describe('send', () => {
    test('accepted: the vendor has it once, under the id it gave', async () => {
      const message = { ...messageTo({ phone: h.recipient }), replyTo: 'wamid.before' };
      const outcome = await send(message);
      expect(outcome).toEqual({ kind: 'accepted', vendorMessageId: expect.stringMatching(/^wamid\./) });
      expect(await h.taken(message.id)).toBe(1);
    });

    test('two messages have two ids', async () => {
      const outcomes = [
        await send(messageTo({ phone: h.recipient })),
        await send(messageTo({ phone: h.recipient })),
      ];
      expect(new Set(outcomes.map((each) => each.kind === 'accepted' && each.vendorMessageId)).size).toBe(2);
    });

    const certain = [
      ['undeliverable', false],
      ['window-closed', false],
      ['unreachable', true],
      ['throttled', true],
    ] as const;
    test.each(certain)('%s: certainly not accepted, may be tried again: %s', async (reason, retryable) => {
      const message = messageTo({ phone: h.ends[reason] });
      expect(await send(message)).toEqual({ kind: 'not-accepted', reason, retryable });
      expect(await h.taken(message.id)).toBe(0);
    });

    test('timeout: not known, and here it was taken', async () => {
      const message = messageTo({ phone: h.ends.timeout });
      expect(await send(message)).toEqual({ kind: 'unknown', reason: 'timeout' });
      expect(await h.taken(message.id)).toBe(1);
    });

    test('credentials that do not open the number, a text too long, no text, no recipient, a number that is none', async () => {
      const message = messageTo({ phone: h.recipient });
      const refused = { kind: 'not-accepted', retryable: false };
      expect(await send(message, h.wrongCredentials)).toEqual({ ...refused, reason: 'credentials-refused' });
      const wrong: WhatsAppMessage[] = [
        { ...message, text: 'x'.repeat(4097) },
        { ...message, text: '' },
        { ...message, to: {} },
        { ...message, to: { phone: '07700 900123' } },
      ];
      for (const each of wrong) expect(await send(each)).toEqual({ ...refused, reason: 'invalid' });
      expect(await h.taken(message.id)).toBe(0);
    });

    test('without a permit for exactly this message nothing leaves, and a permit is good once', async () => {
      const message = messageTo({ phone: h.recipient });
      const other = { ...message, text: 'another text' };
      const permit = mintPermit(message, 'conversation');
      await expect(h.provider.send(h.credentials, other, permit)).rejects.toThrow('another message');
      const good = mintPermit(message, 'conversation');
      await h.provider.send(h.credentials, message, good);
      await expect(h.provider.send(h.credentials, message, good)).rejects.toThrow('used already');
      expect(await h.taken(message.id)).toBe(1);
    });
  });
}
