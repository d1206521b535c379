import type { WhoAmI } from '../account.js';
import type { Answer } from '../exchange.js';
import type { Permit } from './permit.js';
import type { SendOutcome } from './send-outcome.js';

export interface WhatsAppCredentials {
  /** Of a system user (vendors.md, 2). */
  readonly accessToken: string;
}

export interface WhatsAppMessage {
  /** Ours, a UUID; goes out as `biz_opaque_callback_data`, and every status webhook echoes it. */
  readonly id: string;
  readonly organizationId: string;
  /** The `phone_number_id` it is sent from. */
  readonly from: string;
  /** At least one: the number as E.164, or the business-scoped user id of who has none. */
  readonly to: { readonly phone?: string; readonly userId?: string };
  readonly text: string;
  /** The vendor's id of the message that is quoted. */
  readonly replyTo?: string;
}

/** The vendor has no idempotency key: what is sent twice arrives twice. */
export abstract class WhatsAppProvider {
  /** `GET /{phone_number_id}`: the number, if the token opens it. */
  abstract whoAmI(phoneNumberId: string, credentials: WhatsAppCredentials): Promise<Answer<WhoAmI>>;

  /**
   * `POST /{phone_number_id}/messages`. Accepted is not delivered: that comes by status webhook.
   * @throws PermitRefused before anything else, and then nothing was sent
   */
  abstract send(
    credentials: WhatsAppCredentials,
    message: WhatsAppMessage,
    permit: Permit,
  ): Promise<Answer<SendOutcome>>;
}
