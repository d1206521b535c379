/**
 * Access tokens: JWT (RFC 7519) in the profile of RFC 9068, HS256 with `kid` (passport-jwt knows no EdDSA).
 * Claims say who, in which session and organization, with which role; nothing personal, nothing secret (S-38).
 * Verification pins `alg` and `typ` before any key is looked up (S-32, S-34); `jku`, `x5u` and `jwk` are never read
 * (S-35). A token of another environment fails twice: other key, other issuer (S-36, S4.6).
 */
import { Injectable } from '@nestjs/common';
import { createSecretKey, type KeyObject } from 'node:crypto';
import jwt from 'jsonwebtoken';
import {
  ExtractJwt,
  Strategy,
  type SecretOrKeyProvider,
  type StrategyOptionsWithoutRequest,
} from 'passport-jwt';
import type { FastifyRequest } from 'fastify';
import { Config } from '../config/config.module.js';
import type { SigningKey } from '../config/setting.types.js';
import { Problem } from '../http/problem.js';
import { KeyRing } from '../providers/secrets/key-ring.provider.js';
import type { Actor } from './actor.js';
import { memberRoles, type MemberRole } from './permissions.js';

/** Seconds an access token lives (S-37: at most 15 minutes). */
export const accessTokenLifetime = 600;
const type = 'at+jwt';
const audience = 'urn:bulkhead:api';
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

interface TokenKey {
  readonly kid: string;
  readonly secret: KeyObject;
}

@Injectable()
export class AccessTokens {
  /** Made once for each list: a list that rotates is another one. */
  private readonly tokenKeys = new WeakMap<readonly SigningKey[], readonly TokenKey[]>();
  private readonly issuer: string;
  private readonly strategy: Strategy;

  constructor(
    config: Config,
    private readonly ring: KeyRing,
  ) {
    this.issuer = `urn:bulkhead:${config.get('environment', { infer: true })}`;
    const options: StrategyOptionsWithoutRequest = {
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      secretOrKeyProvider: this.keyFor,
      algorithms: ['HS256'],
      issuer: this.issuer,
      audience,
    };
    this.strategy = new Strategy(options, (claims: unknown, done) => done(null, actorOf(claims) ?? false));
  }

  sign(actor: Actor): string {
    const [key] = this.keys();
    if (!key) throw new Error('no key to sign with');
    const { sessionId: sid, organizationId: org, role, expiresAt: exp } = actor;
    return jwt.sign({ sid, org, role, exp }, key.secret, {
      algorithm: 'HS256',
      header: { alg: 'HS256', typ: type, kid: key.kid },
      keyid: key.kid,
      issuer: this.issuer,
      audience,
      subject: actor.userId,
      // A process whose clock is a little behind must not refuse another's newest tokens.
      notBefore: -5,
    });
  }

  /** @throws Problem `unauthenticated`, always the same, whatever was wrong with the token */
  async authenticate(request: FastifyRequest): Promise<Actor> {
    return new Promise((resolve, reject) => {
      const refuse = () => reject(new Problem('unauthenticated'));
      // A strategy reports through methods on itself: one object per request, or two requests would share them.
      const attempt = Object.assign(Object.create(this.strategy) as Strategy, {
        success: (actor: Actor) => resolve(actor),
        fail: refuse,
        error: refuse,
      });
      attempt.authenticate(request as never);
    });
  }

  private keys(): readonly TokenKey[] {
    const list = this.ring.keys('ACCESS_TOKEN_KEYS');
    const known = this.tokenKeys.get(list);
    if (known) return known;
    // As KeyObjects: a Buffer would be tried as a public key first, for every token.
    const made = list.map(({ kid, secret }) => ({ kid, secret: createSecretKey(secret) }));
    this.tokenKeys.set(list, made);
    return made;
  }

  private readonly keyFor: SecretOrKeyProvider = (_request, token: unknown, done) => {
    const header = headerOf(token);
    const key = this.keys().find(({ kid }) => kid === header['kid']);
    if (header['alg'] !== 'HS256' || header['typ'] !== type || !key) done('refused');
    else done(null, key.secret as unknown as Buffer); // its types are older than KeyObject
  };
}

function headerOf(token: unknown): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(
      Buffer.from(String(token).split('.')[0] ?? '', 'base64url').toString(),
    );
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}

function actorOf(claims: unknown): Actor | undefined {
  const { sub, sid, org, role, exp, nbf } = claims as Record<string, unknown>;
  if (typeof exp !== 'number' || typeof nbf !== 'number') return undefined;
  if (!isUuid(sub) || !isUuid(sid) || !isUuid(org)) return undefined;
  if (!memberRoles.includes(role as MemberRole)) return undefined;
  return { userId: sub, sessionId: sid, organizationId: org, role: role as MemberRole, expiresAt: exp };
}

function isUuid(value: unknown): value is string {
  return typeof value === 'string' && uuid.test(value);
}
