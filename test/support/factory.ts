/** Makes what a test needs: organizations, people in them, and their sign-ins. Nothing is shared between tests. */
import type { Pool } from 'pg';
import type { Agent } from 'supertest';
import { v7 as uuidv7 } from 'uuid';
import { hashPassword } from '../../src/auth/passwords.js';
import type { MemberRole } from '../../src/auth/permissions.js';

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
}

export function emailOf(userId: string): string {
  return `${userId}@people.example`;
}
