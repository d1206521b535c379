import type { WhoAmI } from '../account.js';

export interface RichpanelCredentials {
  /** Sent as `x-richpanel-key` (vendors.md, 3). */
  readonly apiKey: string;
}

export abstract class RichpanelProvider {
  /** Which workspace the key belongs to. */
  abstract whoAmI(workspace: string, credentials: RichpanelCredentials): Promise<WhoAmI>;
}
