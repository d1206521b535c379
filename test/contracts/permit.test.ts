import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { EmailMessage } from '../../src/providers/messaging/email.provider.js';
import { mintPermit } from '../../src/providers/messaging/mint-permit.js';
import { Permit, PermitRefused, takeMint } from '../../src/providers/messaging/permit.js';
import type { WhatsAppMessage } from '../../src/providers/messaging/whatsapp.provider.js';

const whatsapp: WhatsAppMessage = {
  id: randomUUID(),
  organizationId: randomUUID(),
  from: '100000000000001',
  to: { phone: '+12025550143', userId: 'GB.1' },
  text: 'Hello',
  replyTo: 'wamid.1',
};
const email: EmailMessage = {
  id: randomUUID(),
  from: 'shop@example.com',
  to: ['a@example.com', 'b@example.com'],
  cc: ['c@example.com'],
  bcc: [],
  subject: 'Hello',
  text: 'Hello',
  html: '<p>Hello</p>',
};

/** Runs it and answers why the permit was refused. */
function refusal(use: () => void): string | undefined {
  try {
    use();
    return undefined;
  } catch (error) {
    if (error instanceof PermitRefused) return error.reason;
    throw error;
  }
}

describe('a permit', () => {
  test('lets its message out, once', () => {
    const permit = mintPermit(whatsapp, 'conversation');
    expect(permit.kind).toBe('conversation');
    expect(refusal(() => permit.use(whatsapp))).toBeUndefined();
    expect(refusal(() => permit.use(whatsapp))).toBe('used');
  });

  test('is for a message, not for an object: the same fields in another order are the same message', () => {
    const { text, to, ...rest } = whatsapp;
    const again = { text, ...rest, to: { userId: to.userId!, phone: to.phone! } };
    expect(refusal(() => mintPermit(whatsapp, 'conversation').use(again))).toBeUndefined();
  });

  const otherwise: readonly WhatsAppMessage[] = [
    { ...whatsapp, id: randomUUID() },
    { ...whatsapp, organizationId: randomUUID() },
    { ...whatsapp, from: '100000000000002' },
    { ...whatsapp, to: { ...whatsapp.to, phone: '+447700900124' } },
    { ...whatsapp, to: { phone: '+12025550143' } },
    { ...whatsapp, to: { userId: '+12025550143', phone: 'GB.1' } },
    { ...whatsapp, text: 'Hello ' },
    { ...whatsapp, text: 'hello' },
    { ...whatsapp, replyTo: 'wamid.2' },
    { ...whatsapp, replyTo: '' },
    { ...whatsapp, more: 1 } as WhatsAppMessage,
  ];
  test.each(otherwise)('refuses a WhatsApp message that differs in a field: %j', (other) => {
    const permit = mintPermit(whatsapp, 'conversation');
    expect(refusal(() => permit.use(other))).toBe('another-message');
    expect(refusal(() => permit.use(whatsapp))).toBe('used');
  });

  const others: readonly EmailMessage[] = [
    { ...email, to: email.to.toReversed() },
    { ...email, to: ['a@example.com,b@example.com'] },
    { ...email, to: ['a@example.com'], cc: ['b@example.com', 'c@example.com'] },
    { ...email, cc: [], bcc: ['c@example.com'] },
    { ...email, html: '<p>Hello!</p>' },
    { ...email, subject: 'Hello', text: 'Hello\n' },
    { ...email, from: 'SHOP@example.com' },
  ];
  test.each(others)('refuses an e-mail that differs in a field: %j', (other) => {
    expect(refusal(() => mintPermit(email, 'system').use(other))).toBe('another-message');
  });

  test('refuses the same object, changed after it was minted', () => {
    const message = { ...email, to: ['a@example.com'] };
    const permit = mintPermit(message, 'conversation');
    message.to.push('b@example.com');
    expect(refusal(() => permit.use(message))).toBe('another-message');
  });

  test('is not made for what has no one spelling', () => {
    const spellings = [{ ...whatsapp, text: new Date() }, { ...whatsapp, text: Number.NaN }, new Map()];
    for (const message of spellings) {
      expect(() => mintPermit(message as unknown as WhatsAppMessage, 'conversation')).toThrow(TypeError);
    }
  });

  test('can be made by nobody else: what makes it was taken when mint-permit.ts loaded', () => {
    expect(() => takeMint()).toThrow('mint-permit.ts alone');
    expect(Object.getOwnPropertyNames(Permit).toSorted()).toEqual(['length', 'name', 'prototype']);
    expect(JSON.stringify(mintPermit(whatsapp, 'conversation'))).toBe('{"kind":"conversation"}');
  });
});
