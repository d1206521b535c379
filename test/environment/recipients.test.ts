/** One policy on the final envelope: whom a message may reach at all, wherever in it they stand. */
import { describe, expect, test } from 'vitest';
import { policies } from '../../src/environment/policy.js';
import { recipientRefusal, type Envelope } from '../../src/environment/recipients.js';

const recipients = ['tester@example.com', '+12025550143', 'whatsapp:US.1'];
const staging = { policy: policies.staging, recipients };
const refused = (envelope: Envelope) => recipientRefusal(staging, envelope);

describe('in staging', () => {
  test.each<[string, Envelope]>([
    ['an address', { emails: ['tester@example.com'] }],
    ['in another case', { emails: ['Tester@Example.COM'] }],
    ['a number', { phones: ['+12025550143'] }],
    ['a user id', { userIds: ['US.1'] }],
    ['a person by both', { phones: ['+12025550143'], userIds: ['US.1'] }],
  ])('who is listed is reached: %s', (_name, envelope) => {
    expect(refused(envelope)).toBeUndefined();
  });

  test.each<[string, Envelope, RegExp]>([
    ['somebody else', { emails: ['mara@example.com'] }, /an e-mail address not on the list/],
    ['one of several', { emails: ['tester@example.com', 'mara@example.com'] }, /e-mail/],
    ['another number', { phones: ['+12025550144'] }, /a telephone number/],
    ['the number without its plus', { phones: ['12025550143'] }, /a telephone number/],
    ['another user id', { userIds: ['US.2'] }, /a WhatsApp user id/],
    ['the same id in another case', { userIds: ['us.1'] }, /a WhatsApp user id/],
    ['with a line behind it', { emails: ['tester@example.com\r\n'] }, /e-mail/],
    ['with blanks around it', { emails: [' tester@example.com '] }, /e-mail/],
    ['the number of one, the id of another', { phones: ['+12025550143'], userIds: ['US.2'] }, /user id/],
    ['a number where an id is listed', { phones: ['whatsapp:US.1'], userIds: ['+12025550143'] }, /id/],
    ['what only looks alike', { emails: ['te\u017fter@example.com'] }, /e-mail/],
    ['the Kelvin sign', { emails: ['tester@example.com', '\u212a@example.com'] }, /e-mail/],
    ['a tag of the same mailbox', { emails: ['tester+1@example.com'] }, /e-mail/],
    ['a list in one address', { emails: ['tester@example.com,mara@example.com'] }, /e-mail/],
    ['a name around it', { emails: ['Tester <tester@example.com>'] }, /e-mail/],
    ['nothing', { emails: [''] }, /e-mail/],
    ['nobody', {}, /nobody is named/],
  ])('anybody else is not: %s', (_name, envelope, why) => {
    const refusal = refused(envelope);
    expect(refusal).toMatch(why);
    for (const address of Object.values(envelope).flat().filter(Boolean))
      expect(refusal).not.toContain(address);
  });

  test('nobody at all, when nobody is listed', () => {
    const none = { policy: policies.staging, recipients: [] };
    expect(recipientRefusal(none, { emails: ['tester@example.com'] })).toBeDefined();
    expect(recipientRefusal(none, { phones: [''] })).toBeDefined();
  });
});

test('in local a mock captures anybody; in production the send gate decides; nobody is never somebody', () => {
  for (const policy of [policies.local, policies.production]) {
    expect(recipientRefusal({ policy, recipients: [] }, { phones: ['+447700900123'] })).toBeUndefined();
    expect(recipientRefusal({ policy, recipients: [] }, { phones: [] })).toBe('nobody is named');
  }
});
