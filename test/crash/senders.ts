/**
 * Vendors: so many connections that each post one delivery after the other, and post again, the same bytes under the
 * same ids, what was not acknowledged.
 */
import { Agent, request, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { MadeDelivery } from './deliveries.js';

export interface Answer {
  readonly at: number;
  readonly ms: number;
  readonly status: number;
  readonly contentType: string | undefined;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

/** No answer, and why. */
export interface Silence {
  readonly at: number;
  readonly ms: number;
  readonly silence: string;
}

export type Outcome = Answer | Silence;

export interface SentDelivery extends MadeDelivery {
  /** The last is the acknowledgement, if there was one. */
  readonly outcomes: Outcome[];
}

/** Longer than any vendor waits, so that what takes too long is seen as such. */
const PATIENCE_MS = 60_000;
const RETRY_MS = 200;
const connections = 32;

export class Senders {
  readonly sent: SentDelivery[] = [];
  acknowledged = 0;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: connections });
  private stopping = false;
  private readonly loops: readonly Promise<void>[];
  private waiting: (() => void)[] = [];

  /** They begin at once. @param pauseMs between an acknowledgement and the next delivery of the same connection */
  constructor(
    private readonly url: string,
    private readonly make: () => MadeDelivery,
    private readonly pauseMs: number,
  ) {
    this.loops = Array.from({ length: connections }, async () => this.send());
  }

  /** Resolves with the next acknowledgement. @throws when there is none in a minute */
  async nextAcknowledged(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.waiting.push(resolve);
    const timer = setTimeout(() => {
      const last = JSON.stringify(this.sent.at(-1)?.outcomes.at(-1));
      reject(new Error(`nothing was acknowledged in a minute, but answered: ${last}`));
    }, 60_000);
    await promise.finally(() => clearTimeout(timer));
  }

  /** What is on its way gets its answer; nothing is sent again. */
  async stop(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.loops);
    this.agent.destroy();
  }

  /** Also what is on its way: nobody may answer any more. */
  async abandon(): Promise<void> {
    this.stopping = true;
    this.agent.destroy();
    await Promise.all(this.loops);
  }

  private async send(): Promise<void> {
    while (!this.stopping) {
      const delivery: SentDelivery = { ...this.make(), outcomes: [] };
      this.sent.push(delivery);
      while (!(await this.attempt(delivery)) && !this.stopping) await delay(RETRY_MS);
      if (this.pauseMs > 0) await delay(this.pauseMs);
    }
  }

  private async attempt(delivery: SentDelivery): Promise<boolean> {
    const outcome = await exchange(this.agent, new URL(delivery.path, this.url), delivery);
    delivery.outcomes.push(outcome);
    if (!isAcknowledged(outcome)) return false;
    this.acknowledged += 1;
    for (const resolve of this.waiting.splice(0)) resolve();
    return true;
  }
}

export function isAnswer(outcome: Outcome): outcome is Answer {
  return 'status' in outcome;
}

export function isAcknowledged(outcome: Outcome | undefined): boolean {
  return outcome !== undefined && isAnswer(outcome) && outcome.status >= 200 && outcome.status < 300;
}

/** @param content without a body: a GET */
export async function exchange(
  agent: Agent,
  url: URL,
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body?: Buffer },
): Promise<Outcome> {
  const at = performance.now();
  const since = () => Math.round(performance.now() - at);
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const length = body && { 'Content-Length': body.length };
      const method = body ? 'POST' : 'GET';
      const asked = request(url, { agent, method, headers: { ...headers, ...length }, timeout: PATIENCE_MS });
      asked.on('response', resolve).on('error', reject);
      asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
      asked.end(body);
    });
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    return {
      at,
      ms: since(),
      status: answer.statusCode ?? 0,
      contentType: answer.headers['content-type'],
      retryAfter: answer.headers['retry-after'],
      body: Buffer.concat(chunks).toString(),
    };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { at, ms: since(), silence: code ?? message };
  }
}
