/** Requests over kept-alive connections. `node:http`, because `fetch` manages half as many a second. */
import * as http from 'node:http';
import * as https from 'node:https';

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly ms: number;
}

/** The request was sent, or could not be, and nothing came back. */
export interface Silence {
  /** Such as ECONNREFUSED. */
  readonly silence: string;
  readonly ms: number;
}

export type Outcome = Answer | Silence;

export interface Content {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Client {
  get(url: URL): Promise<Outcome>;
  post(url: URL, content: Content): Promise<Outcome>;
  close(): void;
}

/** Longer than any vendor waits. */
const PATIENCE_MS = 10_000;

/** @param connections so many at most */
export function openClient({ protocol }: URL, connections: number): Client {
  const settings = { keepAlive: true, maxSockets: connections };
  const secure = protocol === 'https:';
  const agent = secure ? new https.Agent(settings) : new http.Agent(settings);
  const request: typeof http.request = secure ? https.request : http.request;

  const exchange = async (url: URL, method: string, { headers, body }: Content): Promise<Outcome> => {
    const from = performance.now();
    const { promise, resolve, reject } = Promise.withResolvers<{ status: number; body: string }>();
    const length = { 'Content-Length': body.length };
    const asked = request(
      url,
      { agent, method, headers: { ...headers, ...length }, timeout: PATIENCE_MS },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
        );
        answer.on('error', reject);
      },
    );
    asked.on('error', reject);
    asked.on('timeout', () => asked.destroy(new Error(`nothing within ${PATIENCE_MS / 1_000} s`)));
    asked.end(body);
    try {
      return { ...(await promise), ms: since(from) };
    } catch (error) {
      return { silence: reason(error), ms: since(from) };
    }
  };

  return {
    get: (url) => exchange(url, 'GET', { headers: {}, body: Buffer.alloc(0) }),
    post: (url, content) => exchange(url, 'POST', content),
    close: () => agent.destroy(),
  };
}

/** Milliseconds, to the hundredth. */
function since(from: number): number {
  return Math.round((performance.now() - from) * 100) / 100;
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error ? String(error.code) : error.message;
}
