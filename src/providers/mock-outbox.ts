import { Injectable } from '@nestjs/common';
import { MockFiles } from './mock-files.js';

/** A message that a mock accepted, as a vendor would have it now. */
export interface AcceptedMessage {
  readonly vendor: 'whatsapp' | 'email';
  readonly vendorMessageId: string;
  /** ISO 8601. */
  readonly acceptedAt: string;
  /** Whole, as it was given: nothing of it has left the machine. */
  readonly message: Readonly<Record<string, unknown>>;
}

const file = 'outbox.jsonl';
const throttled = 'throttled-once';

/** All that mocks accepted, by every process of the checkout. A message that was sent twice is in it twice. */
@Injectable()
export class MockOutbox {
  constructor(private readonly files: MockFiles) {}

  /** Durable when it returns: an outcome that says "accepted" is never said before. */
  async accept(message: AcceptedMessage): Promise<void> {
    await this.files.append(file, message);
  }

  /** The oldest first. */
  async list(): Promise<AcceptedMessage[]> {
    return this.files.lines(file);
  }

  /** Whether a message that is to be throttled once has not been yet. */
  async throttlesNow(messageId: string): Promise<boolean> {
    return this.files.first(throttled, messageId);
  }

  async clear(): Promise<void> {
    await this.files.remove(file);
    await this.files.remove(throttled);
  }
}
