/** The Fastify server under Nest: ids, limits, what is read, what is logged and measured of every request. */
import helmet from '@fastify/helmet';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest, RawRequestDefaultExpression } from 'fastify';
import type { Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import type { AuthenticatedRequest } from '../auth/actor.js';
import { openContext } from '../tenancy/context.js';
import type { HttpMetrics } from './metrics.js';

/** Bytes. */
export const bodyLimit = 256 * 1024;
const acceptableRequestId = /^[A-Za-z0-9._-]{8,64}$/;

export function createServer(): FastifyAdapter {
  return new FastifyAdapter({
    logger: false,
    bodyLimit,
    genReqId: (request: RawRequestDefaultExpression) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && acceptableRequestId.test(given) ? given : uuidv7();
    },
    // A slow sender may not hold a connection for ever.
    requestTimeout: 30_000,
    // Ends idle keep-alive connections at shutdown instead of waiting for them.
    forceCloseConnections: 'idle',
  });
}

export async function dressServer(
  app: NestFastifyApplication,
  logger: Logger,
  metrics: HttpMetrics,
): Promise<void> {
  const server = app.getHttpAdapter().getInstance();
  // Bodies are JSON or refused with 415; a form could be posted by any page without asking first (CSRF).
  server.removeContentTypeParser('text/plain');
  await app.register(helmet, {
    contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } },
  });
  server.addHook('onRequest', (request, reply, done) => {
    // Every answer is somebody's: no cache on the way may keep it (ASVS V14.3.2).
    void reply.header('X-Request-Id', request.id).header('Cache-Control', 'no-store');
    done();
  });
  // After the body is read: its stream's events would otherwise carry the work out of the context.
  server.addHook('preHandler', (request, _reply, done) => openContext(request.id, done));
  server.addHook('onResponse', (request, reply, done) => {
    const route = routeOf(request);
    metrics.observe(request.method, route, reply.statusCode, reply.elapsedTime / 1_000);
    if (logger.isLevelEnabled('info')) logger.info(requestLine(request, route, reply), 'request');
    done();
  });
}

/** The route's pattern, never the path: a path may hold a secret, and would give a metric a line per id. */
function routeOf(request: FastifyRequest): string {
  return request.is404 ? 'unmatched' : (request.routeOptions.url ?? 'unmatched');
}

/** The event of the answer's end carries no context, so the line says itself where it belongs. */
function requestLine(
  request: FastifyRequest,
  route: string,
  { statusCode: status, elapsedTime }: FastifyReply,
): object {
  const { user: actor } = request as AuthenticatedRequest;
  return {
    requestId: request.id,
    ...(actor && { organizationId: actor.organizationId, actorId: actor.userId }),
    method: request.method,
    route,
    status,
    ms: Math.round(elapsedTime),
  };
}
