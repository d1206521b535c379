import type { Answer } from '../exchange.js';
import type { Permit } from './permit.js';
import type { SendOutcome } from './send-outcome.js';

export interface EmailMessage {
  /** Ours, a UUID; becomes the Message-ID. */
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
}

/** The platform's own relay; no organization has credentials for it. */
export abstract class EmailProvider {
  /** @throws PermitRefused before anything else, and then nothing was sent */
  abstract send(message: EmailMessage, permit: Permit): Promise<Answer<SendOutcome>>;
}
