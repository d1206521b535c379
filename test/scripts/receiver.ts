/** A server that does what the vendors' documents ask of one, and remembers what it was sent. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export const secret = 'the-secret-of-the-endpoint';
export const verifyToken = 'the-token-of-the-endpoint';

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Buffer;
}

/** Whether a delivery was signed with `secret`. */
export function isSigned({ path, headers, body }: Received): boolean {
  const hmac = createHmac('sha256', secret).update(body);
  const vendor = path.split('/')[2];
  if (vendor === 'shopify') return headers['x-shopify-hmac-sha256'] === hmac.digest('base64');
  if (vendor === 'whatsapp') return headers['x-hub-signature-256'] === `sha256=${hmac.digest('hex')}`;
  return headers['x-webhook-secret'] === secret;
}

export class Receiver {
  /** Since the last `forget()`. */
  readonly received: Received[] = [];
  private readonly stored = new Set<string>();
  private readonly server: Server = createServer((request, response) => void this.answer(request, response));

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async start(): Promise<void> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await once(this.server.close(), 'close');
  }

  forget(): void {
    this.received.length = 0;
    this.stored.clear();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    const { method = '', headers } = request;
    const received = { method, path: url.pathname, headers, body: await buffer(request) };
    this.received.push(received);
    if (method === 'GET') return challenge(url.searchParams, response);
    if (!url.pathname.endsWith('/key')) return refuse(response, 404, 'not-found');
    if (!isSigned(received)) return refuse(response, 401, 'signature-invalid');
    const key = String(headers['x-shopify-webhook-id'] ?? received.body);
    const status = this.stored.has(key) ? 'duplicate' : 'stored';
    this.stored.add(key);
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ status }));
  }
}

function challenge(query: URLSearchParams, response: ServerResponse): void {
  const right = query.get('hub.mode') === 'subscribe' && query.get('hub.verify_token') === verifyToken;
  if (right) response.end(query.get('hub.challenge'));
  else refuse(response, 403, 'forbidden');
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify({ title: 'Refused', status, code }));
}
