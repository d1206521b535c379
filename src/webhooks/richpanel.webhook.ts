/** An HTTP target, set up by hand, that sends a static header and signs nothing (vendors.md, 3). */
import { randomBytes } from 'node:crypto';
import { equalSecrets, type VendorWebhook } from './vendor-webhook.js';

export const richpanelWebhook: VendorWebhook = {
  isGenuine({ headers }, secrets) {
    const given = headers['x-webhook-secret'];
    return typeof given === 'string' && secrets.some((secret) => equalSecrets(given, secret));
  },

  keep: () => ({}),

  /** Neither an id nor a retry: two equal bodies may be two events. Dedupe is per comment, once the ticket is read. */
  deliveryKey: () => randomBytes(32),
};
