/**
 * `DEV_AUTO_LOGIN`: a request without a sign-in is that of a demo owner. Signs in as anybody would, with the demo's
 * password, and nobody tells it one but the start of a local process that has seeded the demo (S2.8).
 */
import { Injectable } from '@nestjs/common';
import type { CreateSession } from './session.dto.js';
import { SessionsService } from './sessions.service.js';

/** Before a token ends, another is asked for. Milliseconds. */
const margin = 60_000;

@Injectable()
export class AutoLogin {
  private credentials: CreateSession | undefined;
  private current: { readonly token: Promise<string>; readonly until: number } | undefined;

  constructor(private readonly sessions: SessionsService) {}

  enable(credentials: CreateSession): void {
    this.credentials = credentials;
  }

  /** @returns undefined where it is not enabled */
  async token(): Promise<string | undefined> {
    if (!this.credentials) return undefined;
    if (!this.current || this.current.until <= Date.now()) this.current = this.signIn(this.credentials);
    return this.current.token;
  }

  private signIn(credentials: CreateSession): { token: Promise<string>; until: number } {
    const answer = this.sessions.signIn(credentials);
    const signed = { token: answer.then(({ accessToken }) => accessToken), until: Number.POSITIVE_INFINITY };
    answer.then(
      ({ expiresIn }) => (signed.until = Date.now() + expiresIn * 1_000 - margin),
      // Whoever waits for it is told; the next request tries again.
      () => (signed.until = 0),
    );
    return signed;
  }
}
