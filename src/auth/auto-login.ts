/**
 * `DEV_AUTO_LOGIN`: a request without a sign-in is that of a demo owner. Signs in as anybody would, with the demo's
 * password, and nobody tells it one but the start of a local process that has seeded the demo (S2.8).
 */
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { CreateSession } from './session.dto.js';
import { SessionsService } from './sessions.service.js';

/** A sign-out, a switch or a new seed makes the token stale: no longer than this. Milliseconds. */
const kept = 15_000;

@Injectable()
export class AutoLogin {
  private credentials: CreateSession | undefined;
  private current: { readonly token: Promise<string>; readonly until: number } | undefined;

  constructor(private readonly sessions: SessionsService) {}

  enable(credentials: CreateSession): void {
    this.credentials = credentials;
  }

  /** @returns undefined where it is not enabled, or where a page of somebody else's may be asking */
  async token(request: Pick<FastifyRequest, 'headers'>): Promise<string | undefined> {
    if (!this.credentials || !isOfThisMachine(request)) return undefined;
    if (!this.current || this.current.until <= Date.now()) this.current = this.signIn(this.credentials);
    return this.current.token;
  }

  private signIn(credentials: CreateSession): { token: Promise<string>; until: number } {
    const answer = this.sessions.signIn(credentials);
    const signed = { token: answer.then(({ accessToken }) => accessToken), until: Number.POSITIVE_INFINITY };
    answer.then(
      () => (signed.until = Date.now() + kept),
      // Whoever waits for it is told; the next request tries again.
      () => (signed.until = 0),
    );
    return signed;
  }
}

/** A browser sends along what page asks, and under which name it was asked for: DNS rebinding has another one. */
function isOfThisMachine({ headers }: Pick<FastifyRequest, 'headers'>): boolean {
  const { host = '', origin } = headers;
  const site = headers['sec-fetch-site'];
  const isOurs = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/.test(host);
  const isSame = site === undefined || site === 'same-origin' || site === 'none';
  return isOurs && isSame && (origin === undefined || origin === `http://${host}`);
}
