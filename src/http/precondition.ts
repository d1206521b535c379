/** `ETag` and `If-Match` (RFC 9110, 8.8.3 and 13.1.1): a change made on an old copy is refused, not merged. */
import {
  applyDecorators,
  createParamDecorator,
  Injectable,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { ApiProblems } from './problem.openapi.js';
import { Problem } from './problem.js';

/** The versions the caller would accept; undefined when it sent none, or `*`. */
export type ExpectedVersions = readonly number[] | undefined;

export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): ExpectedVersions => {
  const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
  if (header === undefined || header.trim() === '*') return undefined;
  // A weak or foreign tag matches nothing: NaN equals no version.
  return header.split(',').map((tag) => Number(/^"(0|[1-9]\d*)"$/.exec(tag.trim())?.[1] ?? Number.NaN));
});

/** @throws Problem `precondition-failed` */
export function requireVersion(expected: ExpectedVersions, version: number): void {
  if (expected && !expected.includes(version)) throw new Problem('precondition-failed');
}

/** Sends the resource's `version` as its strong entity tag, and 304 to a reader who has it already. */
@Injectable()
class EntityTagInterceptor implements NestInterceptor<{ version: number }> {
  intercept(context: ExecutionContext, next: CallHandler<{ version: number }>): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    return next.handle().pipe(
      map((resource) => {
        const tag = `"${resource.version}"`;
        void reply.header('ETag', tag);
        const known = request.headers['if-none-match']
          ?.split(',')
          .map((each) => each.trim().replace(/^W\//, ''));
        if (request.method !== 'GET' || !known?.some((each) => each === tag || each === '*')) return resource;
        void reply.status(304);
        return undefined;
      }),
    );
  }
}

/** The answer is one resource with a `version`. */
export const Versioned = () => UseInterceptors(EntityTagInterceptor);

/** The route changes a resource, and only if it still is what the caller saw. Below `Idempotent`, to tag a replay too. */
export const Conditional = () =>
  applyDecorators(
    Versioned(),
    ApiHeader({
      name: 'If-Match',
      required: false,
      example: '"1"',
      description: 'The ETag you read; refused with 412 when it is old',
    }),
    ApiProblems('precondition-failed'),
  );
