/** Connections as a customer makes them, and what is stored of them. */
import { randomBytes } from 'node:crypto';
import type { Response, Test } from 'supertest';
import { expect } from 'vitest';
import { SealedSecrets } from '../../../src/connections/sealed-secrets.js';
import { vendors, type Vendor } from '../../../src/connections/vendors.js';
import type { WhoAmI } from '../../../src/providers/account.js';
import { unasked } from '../../../src/providers/exchange.js';
import { WhatsAppProvider } from '../../../src/providers/messaging/whatsapp.provider.js';
import { RichpanelProvider } from '../../../src/providers/richpanel/richpanel.provider.js';
import { ShopifyProvider } from '../../../src/providers/shopify/shopify.provider.js';
import type { TestApp } from '../../support/app.js';
import type { SignedIn } from '../../support/factory.js';

export { vendors, type Vendor };

export interface Body {
  readonly provider: Vendor;
  readonly account: string;
  readonly name: string;
  readonly credentials: Readonly<Record<string, string>>;
  readonly webhook?: Readonly<Record<string, string>>;
}

/** As the API answers it. */
export interface Answered {
  readonly id: string;
  readonly provider: Vendor;
  readonly account: string;
  readonly name: string;
  readonly status: string;
  readonly problem: string | null;
  readonly credentials: { readonly hint: string };
  readonly webhook: { readonly path: string | null; readonly previousSecretValid: boolean };
  readonly verifiedAt: string | null;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export const providersOf = ({ app }: TestApp) => [
  app.get(ShopifyProvider),
  app.get(WhatsAppProvider),
  app.get(RichpanelProvider),
];

/** What a vendor answers when it says this, whichever it is. */
export const saying = async (said: WhoAmI) => unasked('shopify', 'whoAmI', said);

export const newSecret = () => randomBytes(24).toString('base64url');

/** An account that nobody else has. */
export function newAccount(provider: Vendor): string {
  const number = BigInt(`0x${randomBytes(8).toString('hex')}`);
  const accounts = {
    shopify: `shop-${number}.myshopify.com`,
    whatsapp: `${number}`,
    richpanel: `desk-${number}`,
  };
  return accounts[provider];
}

/** What opens the account at the mock of its vendor. */
export function credentialsOf(provider: Vendor, account: string): Record<string, string> {
  const credentials: Record<Vendor, Record<string, string>> = {
    shopify: { accessToken: `shpat_mock_${account.replace(/\.myshopify\.com$/, '')}` },
    whatsapp: { accessToken: `EAAmock${account}` },
    richpanel: { apiKey: `rp_mock_${account}` },
  };
  return credentials[provider];
}

/** A connection that its vendor will verify, with an app of its own. */
export function connectionTo(provider: Vendor, account = newAccount(provider)): Required<Body> {
  const webhook = { secret: newSecret(), ...(provider === 'whatsapp' && { verifyToken: newSecret() }) };
  return { provider, account, name: 'Main', credentials: credentialsOf(provider, account), webhook };
}

/** The same through the platform's app. */
export function connectionThroughPlatform(provider: Vendor, account = newAccount(provider)): Body {
  const { webhook: _, ...body } = connectionTo(provider, account);
  return body;
}

export const post = (t: TestApp, { bearer }: SignedIn, body: object): Test =>
  t.http().post('/v1/connections').set(bearer).send(body);

export async function connect(t: TestApp, owner: SignedIn, body: Body): Promise<Answered> {
  const { body: answered } = await post(t, owner, body).expect(201);
  return answered as Answered;
}

export const patch = (
  t: TestApp,
  { bearer }: SignedIn,
  id: string,
  change: object,
  ifMatch?: string,
): Test => {
  const request = t.http().patch(`/v1/connections/${id}`).set(bearer);
  return (ifMatch === undefined ? request : request.set('If-Match', ifMatch)).send(change);
};

export interface Stored {
  readonly connection: Readonly<Record<string, unknown>> & {
    readonly credentials: string;
    readonly endpoint_id: string;
    readonly endpoint_owner_id: string;
  };
  readonly endpoint: Readonly<Record<string, unknown>> & {
    readonly id: string;
    readonly owner_id: string;
    readonly secret: string;
    readonly previous_secret: string | null;
    readonly verify_token: string | null;
    readonly version: number;
  };
}

/** Both rows of a connection, whole, past row-level security. */
export async function stored(t: TestApp, id: string): Promise<Stored> {
  const { rows } = await t.admin.query<Stored>(
    `SELECT to_jsonb(c) AS connection, to_jsonb(e) AS endpoint
       FROM connections c JOIN endpoints e ON e.id = c.endpoint_id WHERE c.id = $1`,
    [id],
  );
  expect(rows).toHaveLength(1);
  return rows[0]!;
}

/** What an organization has: its connections, and endpoints whether or not a connection uses them. */
export async function countsOf(t: TestApp, organizationId: string): Promise<object> {
  const { rows } = await t.admin.query<object>(
    `SELECT (SELECT count(*)::int FROM connections WHERE organization_id = $1) AS connections,
            (SELECT count(*)::int FROM endpoints WHERE owner_id = $1) AS endpoints`,
    [organizationId],
  );
  return rows[0]!;
}

/** The secrets of an endpoint, opened as the application would: the newest, the one before, the verify token. */
export async function secretsOf(t: TestApp, id: string): Promise<(string | null)[]> {
  const { endpoint } = await stored(t, id);
  const sealed = t.app.get(SealedSecrets);
  const bound = { org: endpoint.owner_id, con: endpoint.id };
  const open = async (text: string | null, purpose: 'webhook-secret' | 'verify-token') =>
    text === null ? null : sealed.open(text, { ...bound, purpose });
  return Promise.all([
    open(endpoint.secret, 'webhook-secret'),
    open(endpoint.previous_secret, 'webhook-secret'),
    open(endpoint.verify_token, 'verify-token'),
  ]);
}

export async function credentialsKept(
  t: TestApp,
  { organizationId }: SignedIn,
  id: string,
): Promise<unknown> {
  const { connection } = await stored(t, id);
  const binding = { org: organizationId, con: id, purpose: 'credentials' } as const;
  return JSON.parse(await t.app.get(SealedSecrets).open(connection.credentials, binding));
}

/** A promise that a test keeps when it likes. */
export function signal(): { readonly promise: Promise<void>; readonly give: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, give: resolve };
}

/** A meeting point: everybody waits until so many have come. */
export function meeting(size: number): () => Promise<void> {
  const { promise, give } = signal();
  let come = 0;
  return async () => {
    come += 1;
    if (come === size) give();
    await promise;
  };
}

export const textOf = ({ text, headers }: Response) => `${JSON.stringify(headers)}${text}`;
