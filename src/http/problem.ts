/** RFC 9457 problem details. The codes are a closed union and a promise: clients branch on them, never on words. */
import { HttpException } from '@nestjs/common';

const problems = {
  'validation-failed': [400, 'The request is not valid'],
  'malformed-request': [400, 'The request cannot be read'],
  'cursor-invalid': [400, 'The cursor does not belong to this list'],
  'idempotency-key-invalid': [400, 'The Idempotency-Key is not valid'],
  unauthenticated: [401, 'Sign in first'],
  'credentials-invalid': [401, 'E-mail or password is wrong'],
  'session-ended': [401, 'The session has ended'],
  'token-stale': [401, 'The access token is out of date: refresh it'],
  'refresh-token-invalid': [401, 'The refresh token is not valid'],
  'signature-invalid': [401, 'The delivery does not prove who sent it'],
  forbidden: [403, 'Your role does not permit this'],
  'membership-ended': [403, 'You are no longer a member of this organization'],
  'no-organization': [403, 'There is no organization you can enter'],
  'organization-suspended': [403, 'The organization is suspended'],
  'not-found': [404, 'Not found'],
  'last-owner': [409, 'An organization keeps at least one owner'],
  'connection-exists': [409, 'You have a connection to this account already'],
  'template-exists': [409, 'You have a template of this name in this language already'],
  'draft-stale': [409, 'The contact has written again since: the draft is void'],
  'draft-closed': [409, 'The draft was decided on already'],
  'account-taken': [409, 'Another organization has verified this account'],
  'idempotency-in-progress': [409, 'The same request is still being worked on'],
  'precondition-failed': [412, 'The resource has changed since you read it'],
  'payload-too-large': [413, 'The request body is too large'],
  'unsupported-media-type': [415, 'Send application/json'],
  'credentials-refused': [422, 'The vendor refuses these credentials'],
  'account-mismatch': [422, 'These credentials open another account'],
  'account-not-listed': [422, 'This environment does not list the account'],
  'no-platform-app': [422, 'The platform has no app of its own at this vendor'],
  'idempotency-key-reused': [422, 'The Idempotency-Key was used for another request'],
  internal: [500, 'Something went wrong on our side'],
  'vendor-unavailable': [503, 'The vendor does not answer; try again later'],
  unavailable: [503, 'The service cannot answer now; try again'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemCode = keyof typeof problems;
export const problemCodes = Object.keys(problems) as ProblemCode[];

/** One thing wrong with the input: an RFC 6901 pointer into the body, or the name of a parameter. */
export interface InputError {
  readonly pointer?: string;
  readonly parameter?: string;
  readonly detail: string;
}

export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail?: string;
  readonly errors?: readonly InputError[];
  readonly requestId?: string;
}

export interface ProblemExtras {
  readonly detail?: string;
  readonly errors?: readonly InputError[];
  /** Seconds; sent as Retry-After. */
  readonly retryAfter?: number;
}

/** @throws nothing; it is what is thrown. `new Problem('not-found')` becomes the answer, whoever throws it. */
export class Problem extends HttpException {
  constructor(
    readonly code: ProblemCode,
    readonly extras: ProblemExtras = {},
    options?: { cause: unknown },
  ) {
    super(problemDetails(code, extras), problems[code][0], options);
  }
}

export function problemDetails(code: ProblemCode, { detail, errors }: ProblemExtras = {}): ProblemDetails {
  const [status, title] = problems[code];
  return {
    type: `urn:bulkhead:problem:${code}`,
    title,
    status,
    code,
    ...(detail !== undefined && { detail }),
    ...(errors !== undefined && { errors }),
  };
}
