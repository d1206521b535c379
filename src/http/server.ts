/** The Fastify server under Nest: ids, limits, what is read, what is logged and measured of every request. */
import { randomUUID } from 'node:crypto';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type {
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  RawRequestDefaultExpression,
} from 'fastify';
import type { Logger } from 'pino';
import helmet from 'helmet';
import type { AuthenticatedRequest } from '../auth/actor.js';
import { masked } from '../logging/value-scanner.js';
import { openContext } from '../tenancy/context.js';
import type { HttpMetrics } from './metrics.js';
import { Problem } from './problem.js';
import { asProblem, sendProblem } from './problem.filter.js';
import { isRaw, readRawBodies } from './raw-body.js';

/** Bytes. */
export const bodyLimit = 256 * 1024;
const acceptableRequestId = /^[A-Za-z0-9._-]{8,64}$/;

export function createServer(): FastifyAdapter {
  return new FastifyAdapter({
    logger: false,
    bodyLimit,
    genReqId: (request: RawRequestDefaultExpression) => {
      const given = request.headers['x-request-id'];
      return typeof given === 'string' && isRequestId(given) ? given : randomUUID();
    },
    // A slow sender may not hold a connection for ever.
    requestTimeout: 30_000,
    // Ends idle keep-alive connections at shutdown instead of waiting for them.
    forceCloseConnections: 'idle',
    // An id of any length reaches the handler, which says that it names nothing.
    routerOptions: { maxParamLength: 16_384 },
    // What fails before routing (a path that cannot be decoded) passes no hook.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      setCommonHeaders(request, reply);
      sendProblem(asProblem(error), request, reply);
    },
  });
}

/** It is on every line: what looks like a secret or a number of somebody's is none. */
function isRequestId(given: string): boolean {
  return acceptableRequestId.test(given) && masked(given) === given;
}

/** Where a process that only works jobs off is watched. */
const watched = ['/healthz', '/readyz', '/metrics'];

/** @param answers whether requests are answered at all, beyond those that watch the process */
export function dressServer(
  app: NestFastifyApplication,
  logger: Logger,
  metrics: HttpMetrics,
  answers: boolean,
): void {
  const server = app.getHttpAdapter().getInstance();
  // Bodies are JSON or refused with 415; a form could be posted by any page without asking first (CSRF).
  server.removeContentTypeParser('text/plain');
  readRawBodies(server);
  closePromptly(server);
  server.addHook('onRequest', (request, reply, done) => {
    setCommonHeaders(request, reply);
    if (answers || watched.includes(routeOf(request))) done();
    else sendProblem(new Problem('not-found'), request, reply);
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

/**
 * At shutdown, only requests in flight are waited for. Node would also wait for connections that never sent a
 * request, and for those that stay open after the answer that was in flight.
 */
function closePromptly(server: FastifyInstance): void {
  const silent = new Map<FastifyRequest['socket'], () => void>();
  let closing = false;
  server.server.on('connection', (socket: FastifyRequest['socket']) => {
    const forget = () => silent.delete(socket);
    silent.set(socket, forget);
    socket.once('close', forget);
  });
  server.addHook('onRequest', (request, _reply, done) => {
    const forget = silent.get(request.socket);
    if (forget) {
      forget();
      // Measured: with a listener more on it, each of its requests outlives two collections and makes them take thrice as long.
      request.socket.off('close', forget);
    }
    done();
  });
  server.addHook('onResponse', (_request, _reply, done) => {
    if (closing) setImmediate(() => server.server.closeIdleConnections());
    done();
  });
  server.addHook('preClose', (done) => {
    closing = true;
    for (const socket of silent.keys()) socket.destroy();
    done();
  });
}

/** Helmet's headers, computed once: they are the same for every answer. */
const securityHeaders: Readonly<Record<string, string>> = (() => {
  const headers: Record<string, string> = {};
  const recorder = {
    setHeader: (name: string, value: string) => (headers[name] = value),
    removeHeader: () => undefined,
  };
  const dress = helmet({ contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } } });
  dress(undefined as never, recorder as never, () => undefined);
  // Every answer is somebody's: no cache on the way may keep it (ASVS V14.3.2).
  return Object.freeze({ ...headers, 'Cache-Control': 'no-store' });
})();

/** A vendor's server is no browser: the rest of Helmet's would cost each delivery more than finding its endpoint. */
const machineHeaders = { 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' };

function setCommonHeaders(request: FastifyRequest, reply: FastifyReply): void {
  const headers = isRaw(request.routeOptions.config) ? machineHeaders : securityHeaders;
  void reply.headers(headers).header('X-Request-Id', request.id);
}

/** The route's pattern, never the path: a path may hold a secret, and would give a metric a line per id. */
export function routeOf(request: FastifyRequest): string {
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
