/** The vendors an organization can connect, and what each asks for. */
export const vendors = ['shopify', 'whatsapp', 'richpanel'] as const;
export type Vendor = (typeof vendors)[number];

/** Owner of what belongs to no organization but to the platform itself (RFC 9562, 5.9). */
export const platformOwner = '00000000-0000-0000-0000-000000000000';

/** Where a vendor posts the deliveries of an endpoint. */
export function webhookPath(vendor: Vendor, endpointKey: string): string {
  return `/webhooks/${vendor}/${endpointKey}`;
}

export interface Requirements {
  readonly account: { readonly pattern: RegExp; readonly words: string };
  /** The fields of each kind of credentials; one kind must be given whole. */
  readonly credentials: readonly (readonly string[])[];
}

export const requirements: Readonly<Record<Vendor, Requirements>> = {
  shopify: {
    account: { pattern: /^[a-z0-9][a-z0-9-]*\.myshopify\.com$/, words: 'the shop, <name>.myshopify.com' },
    credentials: [['accessToken'], ['clientId', 'clientSecret']],
  },
  whatsapp: {
    account: { pattern: /^\d{5,32}$/, words: 'the phone number id, digits' },
    credentials: [['accessToken']],
  },
  richpanel: {
    account: {
      pattern: /^[A-Za-z0-9._-]{1,64}$/,
      words: 'the workspace, letters, digits, dot, hyphen, underscore',
    },
    credentials: [['apiKey']],
  },
};
