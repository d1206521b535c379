import { masked, withheld, type Answer } from '../exchange.js';
import type { MockFaults } from '../mock-faults.js';
import type { MockOutbox } from '../mock-outbox.js';
import { EmailProvider, type EmailMessage } from './email.provider.js';
import { MockSending, type Magic } from './mock-sending.js';
import type { Permit } from './permit.js';
import type { SendOutcome } from './send-outcome.js';

/** By the local part of a recipient's address, up to a `+`. */
const magicLocalParts: Readonly<Record<string, Magic>> = {
  bounce: 'undeliverable',
  throttle: 'throttled-once',
  timeout: 'timeout',
  slow: 'slow',
  cut: 'unreachable',
};

export class EmailMock extends EmailProvider {
  private readonly sending: MockSending;

  constructor(outbox: MockOutbox, faults: MockFaults) {
    super();
    this.sending = new MockSending(outbox, faults);
  }

  async send(message: EmailMessage, permit: Permit): Promise<Answer<SendOutcome>> {
    permit.use(message);
    const recipients = [...message.to, ...message.cc, ...message.bcc];
    const magic = recipients.map(magicOf).find((each) => each !== undefined);
    const valid = recipients.length > 0 && [message.from, ...recipients].every(isAddress);
    const request = {
      messageId: message.id,
      to: recipients.map(masked),
      subject: withheld(message.subject),
      text: withheld(message.text),
    };
    const refusal = valid ? undefined : 'invalid';
    return this.sending.send({ vendor: 'email', message, request, refusal, magic });
  }
}

function magicOf(address: string): Magic | undefined {
  const word = /^[^@+]*/.exec(address)?.[0] ?? '';
  return Object.hasOwn(magicLocalParts, word) ? magicLocalParts[word] : undefined;
}

function isAddress(address: string): boolean {
  return /^[^\s@<>]+@[^\s@<>]+$/.test(address);
}
