/** An organization's verified vendor accounts at endpoints of its own, made through the API; and what became of a delivery. */
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { unpackBody, type StoredBody } from '../../src/webhooks/stored-body.js';
import type { TestApp } from '../support/app.js';
import type { SignedIn } from '../support/factory.js';
import type { Vendor } from './signed.js';

export interface Connected {
  readonly vendor: Vendor;
  readonly owner: SignedIn;
  readonly connectionId: string;
  readonly account: string;
  /** Where the vendor posts. */
  readonly path: string;
  readonly key: string;
  readonly endpointId: string;
  readonly secret: string;
  readonly verifyToken: string;
}

export const newSecret = () => randomBytes(24).toString('base64url');
/** A number nobody else has: one in a million million. */
const fresh = () => String(1e12 + Math.floor(Math.random() * 1e12));

const accounts: Readonly<Record<Vendor, () => string>> = {
  shopify: () => `shop-${fresh()}.myshopify.com`,
  whatsapp: fresh,
  richpanel: () => `desk-${fresh()}`,
};

/** What opens the account at the mock. */
export function credentialsOf(vendor: Vendor, account: string): object {
  switch (vendor) {
    case 'shopify':
      return { accessToken: `shpat_mock_${account.replace('.myshopify.com', '')}` };
    case 'whatsapp':
      return { accessToken: `EAAmock${account}` };
    case 'richpanel':
      return { apiKey: `rp_mock_${account}` };
  }
}

export async function connected(
  t: TestApp,
  vendor: Vendor,
  { owner, account = accounts[vendor]() }: { owner?: SignedIn; account?: string } = {},
): Promise<Connected> {
  const [secret, verifyToken] = [newSecret(), newSecret()];
  const who = owner ?? (await t.make.signedIn());
  const webhook = { secret, ...(vendor === 'whatsapp' && { verifyToken }) };
  const connection = {
    provider: vendor,
    account,
    name: 'Main',
    credentials: credentialsOf(vendor, account),
    webhook,
  };
  const { body } = await t.http().post('/v1/connections').set(who.bearer).send(connection).expect(201);
  expect(body).toMatchObject({ status: 'verified', account });
  const { path } = (body as { webhook: { path: string } }).webhook;
  const key = path.split('/').at(-1)!;
  const { rows } = await t.admin.query<{ id: string }>('SELECT id FROM endpoints WHERE key = $1', [key]);
  const made = { connectionId: (body as { id: string }).id, endpointId: rows[0]!.id, path, key };
  return { vendor, owner: who, account, secret, verifyToken, ...made };
}

/** A new endpoint of the platform's own app is planted: no route makes one. */
export async function plantEndpoint(
  t: TestApp,
  made: {
    id: string;
    key: string;
    provider: string;
    ownerId: string;
    secret: string;
    verifyToken: string | null;
  },
): Promise<void> {
  await t.admin.query(
    'INSERT INTO endpoints (id, key, provider, owner_id, secret, verify_token) VALUES ($1, $2, $3, $4, $5, $6)',
    [made.id, made.key, made.provider, made.ownerId, made.secret, made.verifyToken],
  );
}

export interface StoredRow {
  readonly id: string;
  readonly endpoint_id: string;
  readonly delivery_key: Buffer;
  readonly headers: Record<string, string>;
  /** As it came, however it is kept. */
  readonly body: Buffer;
  readonly split_at: Date | null;
}

/** What is stored of an endpoint, in the order it came. */
export async function storedAt(
  t: TestApp,
  { endpointId }: Pick<Connected, 'endpointId'>,
): Promise<StoredRow[]> {
  const { rows } = await t.admin.query<StoredRow & StoredBody>(
    'SELECT *, body_encoding AS "bodyEncoding" FROM webhook_deliveries WHERE endpoint_id = $1 ORDER BY id',
    [endpointId],
  );
  return rows.map((row) => ({ ...row, body: unpackBody(row) }));
}

export async function lastStoredAt(t: TestApp, endpoint: Pick<Connected, 'endpointId'>): Promise<StoredRow> {
  return (await storedAt(t, endpoint)).at(-1)!;
}

export async function countOf(
  t: TestApp,
  table: string,
  where = 'true',
  values: unknown[] = [],
): Promise<number> {
  const { rows } = await t.admin.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM ${table} WHERE ${where}`,
    values,
  );
  return rows[0]!.count;
}

/** How many deliveries of a vendor /metrics says ended so, in one process. */
export async function counted(http: TestApp['http'], vendor: Vendor, outcome: string): Promise<number> {
  const { text } = await http().get('/metrics').expect(200);
  const lines = text.split('\n').filter((line) => line.startsWith('webhook_deliveries_total{'));
  const mine = lines.find(
    (line) => line.includes(`vendor="${vendor}"`) && line.includes(`outcome="${outcome}"`),
  );
  return Number(mine?.split(' ').at(-1) ?? 0);
}
