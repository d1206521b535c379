import type { WhoAmI } from '../account.js';
import { ShopifyProvider, type ShopifyCredentials } from './shopify.provider.js';

/** Knows one app: its token, or client secret, is `shpat_mock_<name>` and opens `<name>.myshopify.com`. */
export class ShopifyMock extends ShopifyProvider {
  async whoAmI(_shop: string, credentials: ShopifyCredentials): Promise<WhoAmI> {
    const secret = 'accessToken' in credentials ? credentials.accessToken : credentials.clientSecret;
    const name = /^shpat_mock_([a-z0-9][a-z0-9-]*)$/.exec(secret)?.[1];
    return name ? { outcome: 'account', account: `${name}.myshopify.com` } : { outcome: 'refused' };
  }
}
