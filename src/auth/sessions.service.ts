/** Sessions: sign-in, refresh, switching, sign-out. A session lives 30 days at most, and 7 without a refresh (S-25). */
import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import type { Transaction } from '../database/transaction.type.js';
import { v7 as uuidv7 } from 'uuid';
import { EntryDb } from '../database/entry-db.js';
import { Problem } from '../http/problem.js';
import { accessTokenLifetime, AccessTokens } from './access-tokens.js';
import type { Actor } from './actor.js';
import { Clock } from './clock.js';
import { chooseMembership, membershipsOf, type Membership } from './memberships.js';
import { verifyPassword } from './passwords.js';
import { RefreshTokens } from './refresh-tokens.js';
import type { AccessAnswer, CreateSession, SessionAnswer } from './session.dto.js';
import { Session, type SessionEnd } from './session.entity.js';
import { User } from './user.entity.js';

const second = 1_000;
const day = 86_400 * second;
/** Milliseconds. */
export const sessionLimits = { idle: 7 * day, absolute: 30 * day, refreshGrace: 10 * second } as const;

const credentials = { id: true, status: true, passwordHash: true } as const;

type Refreshed = { readonly answer: SessionAnswer } | { readonly refused: 'session-ended' };

@Injectable()
export class SessionsService {
  constructor(
    private readonly entryDb: EntryDb,
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
    private readonly clock: Clock,
  ) {}

  async signIn({ email, password, organizationId }: CreateSession): Promise<SessionAnswer> {
    const user = await this.entryDb.run({}, (manager) =>
      manager.findOne(User, { where: { email }, select: credentials }),
    );
    // Outside a transaction: hashing takes tens of milliseconds, and as long for an address nobody has.
    const correct = await verifyPassword(password, user?.passwordHash);
    if (!user || !correct || user.status !== 'active') throw new Problem('credentials-invalid');
    return this.entryDb.run({ userId: user.id }, async (manager) => {
      // The password may have been changed while it was being hashed: then this one no longer opens anything.
      const now = await manager.findOne(User, {
        where: { id: user.id },
        select: credentials,
        lock: { mode: 'pessimistic_read' },
      });
      if (now?.passwordHash !== user.passwordHash || now?.status !== 'active')
        throw new Problem('credentials-invalid');
      const membership = chooseMembership(await membershipsOf(manager, user.id), organizationId);
      const session = this.newSession(user.id, membership.organizationId);
      await manager.insert(Session, session);
      return this.answer(session, membership);
    });
  }

  async refresh(token: string): Promise<SessionAnswer> {
    const claimed = this.refreshTokens.read(token);
    if (!claimed) throw new Problem('refresh-token-invalid');
    const refreshed = await this.entryDb.run({}, async (manager): Promise<Refreshed> => {
      const session = await lockSession(manager, claimed.sessionId);
      if (!session || !this.refreshTokens.isGenuine(token, session))
        throw new Problem('refresh-token-invalid');
      if (!(await this.isAlive(manager, session))) return { refused: 'session-ended' };
      const turn = this.turn(session, claimed.generation);
      if (turn === 'reused') {
        // Returned, not thrown: the revocation must be committed.
        await this.end(manager, session, 'refresh-token-reused');
        return { refused: 'session-ended' };
      }
      if (turn === 'next') await this.advance(manager, session);
      await this.entryDb.bind(manager, { userId: session.userId });
      const memberships = await membershipsOf(manager, session.userId);
      return { answer: this.answer(session, chooseMembership(memberships, session.currentOrganizationId)) };
    });
    if ('refused' in refreshed) throw new Problem(refreshed.refused);
    return refreshed.answer;
  }

  /**
   * Moves the session to another organization; access tokens of the one before are stale from then on. The new one
   * lives no longer than the one it replaces, and no refresh token is given: an access token cannot prolong itself.
   */
  async switchOrganization(actor: Actor, organizationId: string): Promise<AccessAnswer> {
    return this.entryDb.run({ userId: actor.userId }, async (manager) => {
      const session = await lockSession(manager, actor.sessionId);
      if (!session || !(await this.isAlive(manager, session))) throw new Problem('session-ended');
      if (session.currentOrganizationId !== actor.organizationId) throw new Problem('token-stale');
      const membership = (await membershipsOf(manager, actor.userId)).find(
        (candidate) => candidate.organizationId === organizationId,
      );
      if (!membership) throw new Problem('not-found');
      if (membership.organizationStatus !== 'active') throw new Problem('organization-suspended');
      await manager.update(Session, session.id, { currentOrganizationId: organizationId });
      return this.access(session, membership, actor.expiresAt);
    });
  }

  async signOut(actor: Actor): Promise<void> {
    await this.entryDb.run({ userId: actor.userId }, async (manager) => {
      const session = await lockSession(manager, actor.sessionId);
      if (!session || !(await this.isAlive(manager, session))) throw new Problem('session-ended');
      await this.end(manager, session, 'signed-out');
    });
  }

  private newSession(userId: string, organizationId: string): Session {
    const now = this.clock.now();
    return {
      id: uuidv7(),
      userId,
      currentOrganizationId: organizationId,
      generation: 1,
      salt: randomBytes(32),
      createdAt: now,
      refreshedAt: now,
      idleExpiresAt: new Date(now.getTime() + sessionLimits.idle),
      expiresAt: new Date(now.getTime() + sessionLimits.absolute),
      revokedAt: null,
      revokedReason: null,
    };
  }

  private async isAlive(
    manager: Transaction,
    { userId, revokedAt, idleExpiresAt, expiresAt }: Session,
  ): Promise<boolean> {
    const now = this.clock.now();
    if (revokedAt || idleExpiresAt <= now || expiresAt <= now) return false;
    return manager.existsBy(User, { id: userId, status: 'active' });
  }

  private turn(session: Session, generation: number): 'next' | 'same-child' | 'reused' {
    if (generation === session.generation) return 'next';
    const age = this.clock.now().getTime() - session.refreshedAt.getTime();
    const parent = generation === session.generation - 1;
    return parent && age <= sessionLimits.refreshGrace ? 'same-child' : 'reused';
  }

  private async advance(manager: Transaction, session: Session): Promise<void> {
    const now = this.clock.now();
    session.generation += 1;
    session.refreshedAt = now;
    session.idleExpiresAt = new Date(
      Math.min(now.getTime() + sessionLimits.idle, session.expiresAt.getTime()),
    );
    const { generation, refreshedAt, idleExpiresAt } = session;
    await manager.update(Session, session.id, { generation, refreshedAt, idleExpiresAt });
  }

  private async end(manager: Transaction, session: Session, reason: SessionEnd): Promise<void> {
    await manager.update(Session, session.id, { revokedAt: this.clock.now(), revokedReason: reason });
  }

  private answer(session: Session, membership: Membership): SessionAnswer {
    const expiresAt = this.nowInSeconds() + accessTokenLifetime;
    return Object.assign(this.access(session, membership, expiresAt), {
      refreshToken: this.refreshTokens.issue(session),
    });
  }

  private access(session: Session, membership: Membership, expiresAt: number): AccessAnswer {
    const { organizationId, slug, name, role } = membership;
    const actor: Actor = { userId: session.userId, sessionId: session.id, organizationId, role, expiresAt };
    return {
      accessToken: this.accessTokens.sign(actor),
      tokenType: 'Bearer',
      expiresIn: expiresAt - this.nowInSeconds(),
      organization: { id: organizationId, slug, name, role },
    };
  }

  /** Of the wall clock, which is what a token's expiry is compared with. */
  private nowInSeconds(): number {
    return Math.floor(Date.now() / second);
  }
}

async function lockSession(manager: Transaction, id: string): Promise<Session | null> {
  return manager.findOne(Session, { where: { id }, lock: { mode: 'pessimistic_write' } });
}
