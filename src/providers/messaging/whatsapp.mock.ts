import type { WhoAmI } from '../account.js';
import { WhatsAppProvider, type WhatsAppCredentials } from './whatsapp.provider.js';

/** The token `EAAmock<phone_number_id>` opens that number and no other. */
export class WhatsAppMock extends WhatsAppProvider {
  async whoAmI(_phoneNumberId: string, { accessToken }: WhatsAppCredentials): Promise<WhoAmI> {
    const account = /^EAAmock(\d+)$/.exec(accessToken)?.[1];
    return account ? { outcome: 'account', account } : { outcome: 'refused' };
  }
}
