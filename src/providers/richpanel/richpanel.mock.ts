import type { WhoAmI } from '../account.js';
import { RichpanelProvider, type RichpanelCredentials } from './richpanel.provider.js';

/** The key `rp_mock_<workspace>` opens that workspace and no other. */
export class RichpanelMock extends RichpanelProvider {
  async whoAmI(_workspace: string, { apiKey }: RichpanelCredentials): Promise<WhoAmI> {
    const account = /^rp_mock_([A-Za-z0-9._-]+)$/.exec(apiKey)?.[1];
    return account ? { outcome: 'account', account } : { outcome: 'refused' };
  }
}
