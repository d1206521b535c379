/**
 * The same receiver, written by hand on Fastify and `pg` by somebody who knows both, and nothing else: no framework, no
 * group commit, no job, no request log, metrics or security headers. `BARE_TABLE` says where it stores:
 * in the least of a table, or in the application's own, with all that the application keeps of a delivery.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { Pool } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { reportServer } from '../server-process.js';

const { DATABASE_URL = '', BARE_TABLE = '', ENDPOINT_ID, ENDPOINT_KEY = '', SECRET = '' } = process.env;
const pool = new Pool({ connectionString: DATABASE_URL, max: 10 });
const secrets = new Map([[ENDPOINT_KEY, SECRET]]);

type Delivery = FastifyRequest<{ Params: { endpointKey: string }; Body: Buffer }>;

/** @returns the number of rows stored */
type Store = (request: Delivery) => Promise<number | null>;

const keptHeaders = [
  'x-shopify-topic',
  'x-shopify-shop-domain',
  'x-shopify-api-version',
  'x-shopify-webhook-id',
  'x-shopify-event-id',
  'x-shopify-triggered-at',
];

// Named, so that each connection parses and plans it once: the faster of the two ways.
const tables: Readonly<Record<string, Store>> = {
  bare_deliveries: async ({ body }) => {
    const text = 'INSERT INTO bare_deliveries (id, body, received_at) VALUES ($1, $2, now())';
    return (await pool.query({ name: 'store', text, values: [uuidv7(), body] })).rowCount;
  },
  webhook_deliveries: async ({ headers, body }) => {
    const text = `INSERT INTO webhook_deliveries (id, endpoint_id, delivery_key, headers, body)
      VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`;
    const kept = Object.fromEntries(keptHeaders.map((name) => [name, String(headers[name])]));
    const key = createHash('sha256')
      .update(`${kept['x-shopify-webhook-id']}\n${kept['x-shopify-topic']}\n`)
      .update(createHash('sha256').update(body).digest())
      .digest();
    const values = [uuidv7(), ENDPOINT_ID, key, JSON.stringify(kept), body];
    return (await pool.query({ name: 'store', text, values })).rowCount;
  },
};

const store = tables[BARE_TABLE];
if (!store) throw new Error(`BARE_TABLE must be one of ${Object.keys(tables).join(', ')}`);

const server = Fastify({ logger: false });
server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
  done(null, body),
);
server.post('/webhooks/shopify/:endpointKey', async (request: Delivery, reply) => {
  const secret = secrets.get(request.params.endpointKey);
  if (secret === undefined) return refuse(reply, 404);
  if (!isGenuine(request, secret)) return refuse(reply, 401);
  return { status: (await store(request)) === 1 ? 'stored' : 'duplicate' };
});
const url = await server.listen({ host: '127.0.0.1', port: 0 });
reportServer(Number(new URL(url).port));

function isGenuine({ headers, body }: Delivery, secret: string): boolean {
  const given = Buffer.from(String(headers['x-shopify-hmac-sha256'] ?? ''), 'base64');
  const expected = createHmac('sha256', secret).update(body).digest();
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function refuse(reply: FastifyReply, status: number): object {
  void reply.status(status);
  return { error: status };
}
