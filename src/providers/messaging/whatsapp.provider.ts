import type { WhoAmI } from '../account.js';

export interface WhatsAppCredentials {
  /** Of a system user (vendors.md, 2). */
  readonly accessToken: string;
}

export abstract class WhatsAppProvider {
  /** `GET /{phone_number_id}`: the number, if the token opens it. */
  abstract whoAmI(phoneNumberId: string, credentials: WhatsAppCredentials): Promise<WhoAmI>;
}
