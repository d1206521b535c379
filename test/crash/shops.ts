/** Organizations with verified connections: each has its own Shopify endpoint, and WhatsApp through the platform's. */
import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import request from 'supertest';
import type { Agent } from 'supertest';
import { Config } from '../../src/config/config.module.js';
import { loadSettings } from '../../src/config/settings.js';
import { Endpoints } from '../../src/connections/endpoints.service.js';
import { SealedSecrets } from '../../src/connections/sealed-secrets.js';
import { platformOwner, webhookPath } from '../../src/connections/vendors.js';
import { Factory, type SignedIn } from '../support/factory.js';

export interface Account {
  readonly organizationId: string;
  readonly connectionId: string;
  /** Shop domain or phone number id. */
  readonly account: string;
}

export interface Shop {
  readonly owner: SignedIn;
  readonly shopify: Account & Inlet;
  readonly whatsapp: Account;
}

/** Where deliveries are posted, and what signs them. */
export interface Inlet {
  readonly path: string;
  readonly secret: string;
}

export interface Shops {
  readonly shops: readonly Shop[];
  /** The platform's own app: what it posts may concern several shops. */
  readonly whatsapp: Inlet;
}

const newSecret = () => randomBytes(24).toString('hex');

/** Before the application first starts: what has no endpoint of its own takes the platform's oldest. */
export async function plantPlatformEndpoint(
  admin: Pool,
  environment: Readonly<Record<string, string>>,
): Promise<Inlet> {
  const settings = loadSettings(environment);
  const sealed = new SealedSecrets(new Config(settings), { keys: () => settings.credentialKeys });
  const endpoints = new Endpoints(undefined as never, sealed);
  const secret = newSecret();
  const made = await endpoints.make('whatsapp', platformOwner, { secret, verifyToken: newSecret() });
  await admin.query(
    'INSERT INTO endpoints (id, key, provider, owner_id, secret, verify_token) VALUES ($1, $2, $3, $4, $5, $6)',
    [made.id, made.key, made.provider, made.ownerId, made.secret, made.verifyToken],
  );
  return { path: webhookPath('whatsapp', made.key), secret };
}

/**
 * More than two: what a killed process was working on keeps its organization's share of the workers until it is given
 * out again, and every later process is to have something to be killed at.
 */
const count = 12;

/** Through the API, as customers would. */
export async function openShops(admin: Pool, url: string, whatsapp: Inlet): Promise<Shops> {
  const http = () => request(url) as unknown as Agent;
  const make = new Factory(admin, http);
  const open = async (index: number): Promise<Shop> => {
    const [name, phoneNumberId] = [`crash-shop-${index}`, String(990_000_000_000_000 + index)];
    const owner = await make.signedIn();
    const connect = async (connection: object) => {
      const { body } = await http()
        .post('/v1/connections')
        .set(owner.bearer)
        .send({ name, ...connection })
        .expect(201);
      const { id, status, account, webhook } = body as Connected;
      if (status !== 'verified') throw new Error(`${name} is ${status}`);
      return { organizationId: owner.organizationId, connectionId: id, account, path: webhook.path ?? '' };
    };
    const secret = newSecret();
    const shopify = await connect({
      provider: 'shopify',
      account: `${name}.myshopify.com`,
      credentials: { accessToken: `shpat_mock_${name}` },
      webhook: { secret },
    });
    const number = await connect({
      provider: 'whatsapp',
      account: phoneNumberId,
      credentials: { accessToken: `EAAmock${phoneNumberId}` },
    });
    return { owner, shopify: { ...shopify, secret }, whatsapp: number };
  };
  return {
    shops: await Promise.all(Array.from({ length: count }, async (_, index) => open(index))),
    whatsapp,
  };
}

interface Connected {
  readonly id: string;
  readonly status: string;
  readonly account: string;
  readonly webhook: { readonly path: string | null };
}
