/** Makes JWTs by hand, so that a test controls every byte of them. */
import { createHmac } from 'node:crypto';
import type { Test } from 'supertest';
import { expect } from 'vitest';
import { startTestApp, type TestApp } from '../../support/app.js';
import type { SignedIn } from '../../support/factory.js';
import { expectBareProblem, expectIndistinguishable, partOf } from '../answers.js';

export type Part = Record<string, unknown>;
export type Sign = (input: string) => string;

const encode = (part: Part) => Buffer.from(JSON.stringify(part)).toString('base64url');

export const hmac =
  (algorithm: 'sha256' | 'sha384' | 'sha512', key: Buffer | string): Sign =>
  (input) =>
    createHmac(algorithm, key).update(input).digest('base64url');

export function forge(header: Part, claims: Part, sign: Sign): string {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${sign(input)}`;
}

/** A copy without some of its keys. */
export function without(part: Part, ...keys: string[]): Part {
  return Object.fromEntries(Object.entries(part).filter(([key]) => !keys.includes(key)));
}

/** A member with little power, a foreigner with much, and all it takes to forge the member's token: even the key. */
export class Attack {
  private constructor(
    readonly t: TestApp,
    readonly member: SignedIn,
    readonly foreigner: SignedIn,
  ) {}

  static async begin(): Promise<Attack> {
    const t = await startTestApp();
    return new Attack(t, await t.make.signedIn({ role: 'viewer' }), await t.make.signedIn({ role: 'owner' }));
  }

  get key(): Buffer {
    return this.t.settings.accessTokenKeys[0]!.secret;
  }
  get header(): Part {
    return partOf(this.member.accessToken, 'header');
  }
  get claims(): Part {
    return partOf(this.member.accessToken, 'claims');
  }
  /** Seals as we do. */
  readonly ours: Sign = (input) => hmac('sha256', this.key)(input);

  present(token: string): Test {
    return this.t.http().get('/v1/me').set('Authorization', `Bearer ${token}`);
  }

  /** The member's own token with other claims, sealed with our key. */
  claiming(changes: Part): string {
    return forge(this.header, { ...this.claims, ...changes }, this.ours);
  }
}

/** Refused, and in exactly the words with which a request without any token is refused. */
export async function expectAllRefused(attack: Attack, tokens: Record<string, string>): Promise<void> {
  const refusal = await attack.t.http().get('/v1/me');
  expectBareProblem(refusal, 'unauthenticated');
  expect(refusal.headers['www-authenticate']).toBe('Bearer');
  for (const [name, token] of Object.entries(tokens)) {
    const answer = await attack.present(token);
    expect([name, answer.status, answer.body.code]).toEqual([name, 401, 'unauthenticated']);
    expectIndistinguishable([refusal, answer]);
  }
}
