/** What the mocks of all messaging vendors have in common: they accept into the outbox, or fail as they are told. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { exchanged, type Answer, type Heard, type Kept } from '../exchange.js';
import { statusUnder, type MockFault, type MockFaults } from '../mock-faults.js';
import type { MockOutbox } from '../mock-outbox.js';
import { notAccepted, type SendOutcome } from './send-outcome.js';

/** How a recipient makes a mock behave (docs/mocks.md). */
export type Magic = MockFault | 'undeliverable' | 'window-closed' | 'throttled-once' | 'slow';

export interface Sending {
  readonly vendor: 'whatsapp' | 'email';
  readonly message: { readonly id: string };
  readonly request: Kept;
  /** What is wrong with it before the vendor looks at the recipient. */
  readonly refusal: 'invalid' | 'credentials-refused' | undefined;
  readonly magic: Magic | undefined;
}

/** Milliseconds. */
export const slowness = 2_000;

export class MockSending {
  constructor(
    private readonly outbox: MockOutbox,
    private readonly faults: MockFaults,
  ) {}

  /** A planned fault comes before everything else, as a vendor that is away comes before what it would have said. */
  async send(sending: Sending): Promise<Answer<SendOutcome>> {
    const { vendor, request, message, refusal } = sending;
    return exchanged({ vendor, operation: 'send', request }, async () => {
      const fault = await this.faults.next(vendor, 'send');
      if (!fault && refusal)
        return { outcome: notAccepted(refusal), status: refusal === 'invalid' ? 400 : 401 };
      const magic = fault ?? sending.magic;
      if (magic !== 'throttled-once') return this.behave(sending, magic);
      return this.behave(sending, (await this.outbox.throttlesNow(message.id)) ? 'throttled' : undefined);
    });
  }

  private async behave(
    sending: Sending,
    magic: Exclude<Magic, 'throttled-once'> | undefined,
  ): Promise<Heard<SendOutcome>> {
    switch (magic) {
      case 'undeliverable':
      case 'window-closed':
        return { outcome: notAccepted(magic), status: 400 };
      case 'throttled':
      case 'unreachable':
      case 'credentials-refused':
        return { outcome: notAccepted(magic), status: statusUnder(magic) };
      case 'server-error':
        return { outcome: { kind: 'unknown', reason: magic }, status: 503 };
      case 'timeout':
      case 'connection-lost':
        await this.accept(sending);
        return { outcome: { kind: 'unknown', reason: magic }, status: null };
      case 'slow':
      case undefined: {
        const vendorMessageId = await this.accept(sending);
        if (magic) await sleep(slowness);
        return { outcome: { kind: 'accepted', vendorMessageId }, status: 200, response: { vendorMessageId } };
      }
    }
  }

  private async accept({ vendor, message }: Sending): Promise<string> {
    const vendorMessageId = mockMessageId(vendor, message.id);
    const acceptedAt = new Date().toISOString();
    await this.outbox.accept({ vendor, vendorMessageId, acceptedAt, message: { ...message } });
    return vendorMessageId;
  }
}

/** The id that a mock gives a message: known beforehand to whoever knows ours. */
function mockMessageId(vendor: Sending['vendor'], id: string): string {
  const prefix = { whatsapp: 'wamid.mock', email: 'email.mock' }[vendor];
  return `${prefix}.${createHash('sha256').update(id).digest('hex').slice(0, 32)}`;
}
