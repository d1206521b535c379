import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import { ApiProblems } from '../http/problem.openapi.js';
import type { Permission } from './permissions.js';

/** What a route asks of its caller. `webhook` callers prove themselves by signature, in `webhooks/`. */
export type Access =
  | { readonly kind: 'public' | 'webhook' }
  | { readonly kind: 'organization'; readonly permission: Permission }
  | { readonly kind: 'platform' };

export const accessKey = 'bulkhead:access';

export function Access(kind: 'public' | 'webhook' | 'platform'): MethodDecorator;
export function Access(kind: 'organization', permission: Permission): MethodDecorator;
/** Every route declares it; a route that does not is refused (authentication.guard, isolation/routes.test). */
export function Access(kind: Access['kind'], permission?: Permission): MethodDecorator {
  const declared = SetMetadata(accessKey, { kind, ...(permission && { permission }) });
  if (kind !== 'organization') return declared;
  return applyDecorators(
    declared,
    ApiBearerAuth(),
    ApiProblems(
      'unauthenticated',
      'session-ended',
      'token-stale',
      'forbidden',
      'membership-ended',
      'organization-suspended',
    ),
  );
}
