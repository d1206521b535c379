/**
 * Routes whose body is handed over as the bytes that came: a signature covers those and nothing else. All others get
 * parsed JSON. Both take `application/json` only.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Bytes; Meta's largest delivery is 3 MB (vendors.md, 2). */
export const rawBodyLimit = 3 * 1024 * 1024;

interface RawBodyConfig {
  readonly rawBody?: true;
}

/** `@RouteConfig(rawBody)` on a handler. */
export const rawBody: RawBodyConfig = { rawBody: true };

/** Before the routes are registered. */
export function readRawBodies(server: FastifyInstance): void {
  const parseJson = server.getDefaultJsonParser('error', 'error');
  server.removeContentTypeParser('application/json');
  server.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (isRaw(request.routeOptions.config)) done(null, body);
    else void parseJson(request, body.toString(), done);
  });
  server.addHook('onRoute', (route) => {
    if (isRaw(route.config)) route.bodyLimit = rawBodyLimit;
  });
}

export function isRaw(config: unknown): boolean {
  return (config as RawBodyConfig | undefined)?.rawBody === true;
}

/** The bytes; none when the request brought no body. */
export function bytesOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}
