import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem, type ProblemCode } from './problem.js';

/** Codes of Fastify's own errors, which happen before a handler is reached (fastify.dev, Errors). */
const fastifyProblems: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'payload-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
};

const statusProblems: Readonly<Record<number, ProblemCode>> = {
  400: 'malformed-request',
  404: 'not-found',
  413: 'payload-too-large',
  415: 'unsupported-media-type',
};

/** The one place where an error becomes an answer. What is not a `Problem` tells the caller nothing but `internal`. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = asProblem(error);
    if (problem.getStatus() >= 500) {
      const cause = problem.cause ?? error;
      this.logger.error(cause instanceof Error ? cause : 'what was thrown is no error');
    }
    sendProblem(problem, request, reply);
  }
}

export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): void {
  const { retryAfter } = problem.extras;
  if (problem.getStatus() === 401) void reply.header('WWW-Authenticate', 'Bearer');
  if (retryAfter !== undefined) void reply.header('Retry-After', String(retryAfter));
  void reply
    .status(problem.getStatus())
    .header('Content-Type', 'application/problem+json')
    .send({ ...(problem.getResponse() as object), requestId: request.id });
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown };
  const byCode = typeof code === 'string' ? fastifyProblems[code] : undefined;
  const status = error instanceof HttpException ? error.getStatus() : statusCode;
  const byStatus = typeof status === 'number' ? problemOfStatus(status) : undefined;
  const detail = byStatus === 'malformed-request' && error instanceof Error ? { detail: error.message } : {};
  return new Problem(byCode ?? byStatus ?? 'internal', detail, { cause: error });
}

/** Whatever else is the caller's fault (4xx) cannot be told apart by a client, and is not ours. */
function problemOfStatus(status: number): ProblemCode | undefined {
  return statusProblems[status] ?? (status >= 400 && status < 500 ? 'malformed-request' : undefined);
}
