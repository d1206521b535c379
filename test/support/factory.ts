/**
 * Makes what a test needs: organizations, people in them, their sign-ins, their connections and events. Nothing is shared
 * between tests.
 */
import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import type { Agent } from 'supertest';
import { v7 as uuidv7 } from 'uuid';
import { hashPassword } from '../../src/auth/passwords.js';
import type { MemberRole } from '../../src/auth/permissions.js';
import { platformOwner, type Vendor } from '../../src/connections/vendors.js';

export interface MadeMember {
  readonly id: string;
  readonly userId: string;
  readonly email: string;
  readonly organizationId: string;
}

export interface SignedIn extends MadeMember {
  readonly accessToken: string;
  readonly refreshToken: string;
  /** Header that carries the access token. */
  readonly bearer: { authorization: string };
}

export interface MadeEndpoint {
  readonly id: string;
  readonly key: string;
  readonly provider: Vendor;
  readonly ownerId: string;
}

export interface MadeConnection {
  readonly id: string;
  readonly organizationId: string;
  readonly provider: Vendor;
  readonly account: string;
  readonly endpoint: MadeEndpoint;
}

/** What stands where something sealed should: it opens nowhere. */
const notSealed = 'planted, not sealed';

export const password = 'a passphrase for tests';
let passwordHash: Promise<string> | undefined;

export class Factory {
  constructor(
    private readonly admin: Pool,
    private readonly http: () => Agent,
  ) {}

  async organization({ name = 'Shop', kind = 'customer', status = 'active' } = {}): Promise<string> {
    const id = uuidv7();
    await this.admin.query(
      'INSERT INTO organizations (id, slug, name, kind, status) VALUES ($1, $2, $3, $4, $5)',
      [id, `shop-${id}`, name, kind, status],
    );
    return id;
  }

  async member(
    organizationId: string,
    { role = 'owner', userId }: { role?: MemberRole; userId?: string } = {},
  ): Promise<MadeMember> {
    const id = uuidv7();
    const user = userId ?? (await this.user());
    await this.admin.query(
      'INSERT INTO members (organization_id, id, user_id, role) VALUES ($1, $2, $3, $4)',
      [organizationId, id, user, role],
    );
    return { id, userId: user, email: emailOf(user), organizationId };
  }

  async user({ withPassword = true, status = 'active' } = {}): Promise<string> {
    const id = uuidv7();
    passwordHash ??= hashPassword(password);
    await this.admin.query(
      'INSERT INTO users (id, email, display_name, password_hash, status) VALUES ($1, $2, $3, $4, $5)',
      [id, emailOf(id), 'Some Body', withPassword ? await passwordHash : null, status],
    );
    return id;
  }

  /** A member of a new organization (or of the given one), signed in through the API. */
  async signedIn({
    role,
    organizationId,
  }: { role?: MemberRole; organizationId?: string } = {}): Promise<SignedIn> {
    const organization = organizationId ?? (await this.organization());
    return this.signIn(await this.member(organization, role ? { role } : {}));
  }

  async signIn(member: MadeMember): Promise<SignedIn> {
    const { email, organizationId } = member;
    const answer = await this.http()
      .post('/v1/sessions')
      .send({ email, password, organizationId })
      .expect(201);
    const { accessToken, refreshToken } = answer.body as { accessToken: string; refreshToken: string };
    return { ...member, accessToken, refreshToken, bearer: { authorization: `Bearer ${accessToken}` } };
  }

  /** An endpoint, planted: of an organization, or of the platform's own app. */
  async endpoint(ownerId = platformOwner, provider: Vendor = 'shopify'): Promise<MadeEndpoint> {
    const [id, key] = [uuidv7(), randomBytes(16).toString('base64url')];
    await this.admin.query(
      'INSERT INTO endpoints (id, key, provider, owner_id, secret, verify_token) VALUES ($1, $2, $3, $4, $5, $6)',
      [id, key, provider, ownerId, notSealed, provider === 'whatsapp' ? notSealed : null],
    );
    return { id, key, provider, ownerId };
  }

  /** A verified connection at an endpoint of its own, planted: no vendor was asked, and its secrets open nowhere. */
  async connection(
    organizationId: string,
    { provider = 'shopify', name = 'Shop' }: { provider?: Vendor; name?: string } = {},
  ): Promise<MadeConnection> {
    const endpoint = await this.endpoint(organizationId, provider);
    const id = uuidv7();
    const account = `shop-${id}.myshopify.com`;
    await this.admin.query(
      `INSERT INTO connections (organization_id, id, provider, account, name, status, credentials, credentials_hint,
                                endpoint_id, endpoint_owner_id, verified_at)
       VALUES ($1, $2, $3, $4, $5, 'verified', $6, '••••', $7, $1, now())`,
      [organizationId, id, provider, account, name, notSealed, endpoint.id],
    );
    return { id, organizationId, provider, account, endpoint };
  }

  /** An event of a connection, planted. @returns its id */
  async webhookEvent(
    { organizationId, id: connectionId }: MadeConnection,
    {
      type = 'orders/create',
      payload = { name: '#1001' },
      handled = true,
    }: { type?: string; payload?: object; handled?: boolean } = {},
  ): Promise<string> {
    const id = uuidv7();
    await this.admin.query(
      `INSERT INTO webhook_events (organization_id, id, connection_id, delivery_id, type, fact_key, payload, received_at, handled_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, now(), $8)`,
      [organizationId, id, connectionId, uuidv7(), type, id, payload, handled ? new Date() : null],
    );
    return id;
  }
}

export function emailOf(userId: string): string {
  return `${userId}@people.example`;
}
