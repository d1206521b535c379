/**
 * Refresh tokens: `bkr_<session>.<generation>.<kid>.<seal>`, the seal an HMAC-SHA256 over environment, session,
 * generation and the session's 256-bit random salt. The session row keeps only the salt and the newest generation, so
 * the database holds nothing that can be presented, not even a hash (S-24), and a leaked key alone opens nothing.
 *
 * A family is the generations of one session (S-27). The newest is good once and then gives way to the next. Its
 * immediate parent, within the grace, is answered with the same child: a client that lost the answer is not signed
 * out. Anything older was copied, and ends the session.
 */
import { Injectable } from '@nestjs/common';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Config } from '../config/config.module.js';
import type { SigningKey } from '../config/setting.types.js';
import { KeyRing } from '../providers/secrets/key-ring.provider.js';
import type { Session } from './session.entity.js';

export interface RefreshToken {
  readonly sessionId: string;
  readonly generation: number;
}

const format =
  /^bkr_([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([1-9]\d{0,8})\.([A-Za-z0-9_-]{1,32})\.([A-Za-z0-9_-]{43})$/;

@Injectable()
export class RefreshTokens {
  private readonly environment: string;

  constructor(
    config: Config,
    private readonly ring: KeyRing,
  ) {
    this.environment = config.get('environment', { infer: true });
  }

  issue(session: Pick<Session, 'id' | 'generation' | 'salt'>): string {
    const [key] = this.ring.keys('REFRESH_TOKEN_KEYS');
    if (!key) throw new Error('no key to seal with');
    const seal = this.seal(key, session).toString('base64url');
    return `bkr_${session.id}.${session.generation}.${key.kid}.${seal}`;
  }

  /** What the token claims; nothing is proven before `isGenuine`. @returns undefined when it is no refresh token */
  read(token: string): RefreshToken | undefined {
    const [, sessionId, generation] = format.exec(token) ?? [];
    return sessionId && generation ? { sessionId, generation: Number(generation) } : undefined;
  }

  /** Whether we issued it, for this session, at some time. */
  isGenuine(token: string, session: Pick<Session, 'id' | 'salt'>): boolean {
    const [, sessionId, generation, kid, seal] = format.exec(token) ?? [];
    const key = this.ring.keys('REFRESH_TOKEN_KEYS').find((candidate) => candidate.kid === kid);
    if (!key || !seal || sessionId !== session.id) return false;
    const expected = this.seal(key, { id: session.id, salt: session.salt, generation: Number(generation) });
    // Compared as text: base64url has several spellings of the same bytes, and only ours is genuine.
    return timingSafeEqual(Buffer.from(expected.toString('base64url')), Buffer.from(seal));
  }

  private seal(
    key: SigningKey,
    { id, generation, salt }: Pick<Session, 'id' | 'generation' | 'salt'>,
  ): Buffer {
    return createHmac('sha256', key.secret)
      .update(`refresh\n${this.environment}\n${id}\n${generation}\n`)
      .update(salt)
      .digest();
  }
}
