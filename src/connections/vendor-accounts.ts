import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.module.js';
import { nobodyAnswers, type WhoAmI } from '../providers/account.js';
import type { Answer } from '../providers/exchange.js';
import { WhatsAppProvider } from '../providers/messaging/whatsapp.provider.js';
import { RichpanelProvider } from '../providers/richpanel/richpanel.provider.js';
import { ShopifyProvider } from '../providers/shopify/shopify.provider.js';
import type { Connection } from './connection.entity.js';
import type { Credentials } from './connection.dto.js';
import { VendorCallRefused, VendorCalls } from './vendor-call.js';
import type { Vendor } from './vendors.js';

/** Undefined: the credentials open exactly the account they are said to open. */
export type Verdict = Exclude<Connection['problem'], 'account-taken' | 'uninstalled' | null> | undefined;

/** Asks the vendor itself whose account some credentials open. Never inside a transaction. */
@Injectable()
export class VendorAccounts {
  constructor(
    private readonly shopify: ShopifyProvider,
    private readonly whatsapp: WhatsAppProvider,
    private readonly richpanel: RichpanelProvider,
    private readonly calls: VendorCalls,
    private readonly config: Config,
  ) {}

  async verify(vendor: Vendor, account: string, credentials: Credentials): Promise<Verdict> {
    // Where no key tells a test account from a real one, a list does (S4.2); an account that is not on it is not even asked.
    const listed = this.config.get('accounts', { infer: true })[vendor];
    if (listed && !listed.includes(account)) return 'account-not-listed';
    const said = await this.whoAmI(vendor, account, credentials);
    switch (said.kind) {
      case 'account':
        // To the letter: two spellings of one account would be two accounts, of two organizations.
        return said.account === account ? undefined : 'account-mismatch';
      case 'refused':
        return 'credentials-refused';
      case 'unavailable':
        return 'vendor-unavailable';
    }
  }

  private async whoAmI(vendor: Vendor, account: string, credentials: Credentials): Promise<WhoAmI> {
    // Apart from the connections to that account: who claims an account must not stop the calls of its owner.
    const key = { vendor, connection: `account:${account}` };
    try {
      const { outcome } = await this.calls.call(key, 'whoAmI', async () =>
        this.ask(vendor, account, credentials),
      );
      return outcome;
    } catch (error) {
      if (error instanceof VendorCallRefused) return nobodyAnswers;
      throw error;
    }
  }

  private async ask(vendor: Vendor, account: string, credentials: Credentials): Promise<Answer<WhoAmI>> {
    const { accessToken = '', clientId = '', clientSecret = '', apiKey = '' } = credentials;
    switch (vendor) {
      case 'shopify':
        return this.shopify.whoAmI(account, accessToken ? { accessToken } : { clientId, clientSecret });
      case 'whatsapp':
        return this.whatsapp.whoAmI(account, { accessToken });
      case 'richpanel':
        return this.richpanel.whoAmI(account, { apiKey });
    }
  }
}
