/**
 * `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): the key, what the request did and what it was
 * answered commit together, so a retry either finds all of it or none. Not for routes that answer a secret.
 */
import {
  applyDecorators,
  Injectable,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { createHash } from 'node:crypto';
import { defer, lastValueFrom, type Observable } from 'rxjs';
import type { Transaction } from '../database/transaction.type.js';
import { v7 as uuidv7 } from 'uuid';
import type { AuthenticatedRequest } from '../auth/actor.js';
import { TenantDb } from '../database/tenant-db.js';
import { IdempotencyKey } from './idempotency-key.entity.js';
import { ApiProblems } from './problem.openapi.js';
import { Problem } from './problem.js';

const validKey = /^[\x21-\x7e]{1,255}$/;

type Scope = Pick<IdempotencyKey, 'organizationId' | 'actorId' | 'method' | 'route' | 'key'>;

@Injectable()
class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly tenantDb: TenantDb) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<AuthenticatedRequest>();
    const key = request.headers['idempotency-key'];
    if (key === undefined) return next.handle();
    if (typeof key !== 'string' || !validKey.test(key)) {
      throw new Problem('idempotency-key-invalid', { detail: 'Send 1 to 255 visible ASCII characters.' });
    }
    return defer(() => this.once(key, request, http.getResponse<FastifyReply>(), next));
  }

  /** The handler's own `TenantDb.run` joins this transaction. */
  private async once(
    key: string,
    request: AuthenticatedRequest,
    reply: FastifyReply,
    next: CallHandler,
  ): Promise<unknown> {
    const { organizationId, userId } = request.user!;
    const route = request.routeOptions.url ?? request.url;
    const scope: Scope = { organizationId, actorId: userId, method: request.method, route, key };
    const requestHash = hash(request);
    return this.tenantDb.run(async (manager) => {
      await claim(manager, scope);
      const earlier = await manager.findOneBy(IdempotencyKey, scope);
      if (earlier) return replay(earlier, requestHash, reply);
      const response: unknown = await lastValueFrom(next.handle(), { defaultValue: null });
      const statusCode = reply.statusCode;
      await manager.insert(IdempotencyKey, {
        ...scope,
        id: uuidv7(),
        requestHash,
        statusCode,
        response,
      } as object);
      return response;
    });
  }
}

/** Held until the transaction ends, so that the same request sent twice at once is told instead of done twice. */
async function claim(manager: Transaction, scope: Scope): Promise<void> {
  const [{ claimed }] = await manager.query<[{ claimed: boolean }]>(
    'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS claimed',
    [JSON.stringify(Object.values(scope))],
  );
  if (!claimed) throw new Problem('idempotency-in-progress', { retryAfter: 1 });
}

function replay(
  { requestHash, statusCode, response }: IdempotencyKey,
  hashNow: Buffer,
  reply: FastifyReply,
): unknown {
  if (!requestHash.equals(hashNow)) throw new Problem('idempotency-key-reused');
  void reply.status(statusCode).header('Idempotency-Replayed', 'true');
  return response;
}

function hash(request: AuthenticatedRequest): Buffer {
  const parts = [request.url, request.headers['if-match'] ?? null, request.body ?? null];
  return createHash('sha256').update(JSON.stringify(parts)).digest();
}

/** The route may be retried with an `Idempotency-Key`. Its handler must do all its work in `TenantDb`. */
export const Idempotent = () =>
  applyDecorators(
    UseInterceptors(IdempotencyInterceptor),
    ApiHeader({
      name: 'Idempotency-Key',
      required: false,
      example: '6d3f0c52-8a3e-4d0e-9d1f-6f2f3d0c9b11',
      description:
        'Makes a retry safe: the same key with the same request is done once and answered the same',
    }),
    ApiProblems('idempotency-key-invalid', 'idempotency-in-progress', 'idempotency-key-reused'),
  );
