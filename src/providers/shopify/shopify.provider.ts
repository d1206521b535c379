import type { WhoAmI } from '../account.js';

/** A custom app of before 2026 has a permanent token; a newer one has a client id and secret (vendors.md, 1). */
export type ShopifyCredentials =
  | { readonly accessToken: string }
  | { readonly clientId: string; readonly clientSecret: string };

/** Reads a shop. There is no method that writes, in any environment (S1.6, C3). */
export abstract class ShopifyProvider {
  /** `shop { myshopifyDomain }`, asked at `https://{shop}/admin/api/…`. @param shop `<name>.myshopify.com` */
  abstract whoAmI(shop: string, credentials: ShopifyCredentials): Promise<WhoAmI>;
}
