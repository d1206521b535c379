import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { declaredAccess } from '../auth/authentication.guard.js';
import type { AuthenticatedRequest } from '../auth/actor.js';
import { permits } from '../auth/permissions.js';
import { Problem } from '../http/problem.js';
import { enterOrganization } from './context.js';

/**
 * Says in which organization: the one the token names, whose role must permit the route. Written once. What the token
 * says is only believed until the first statement: `auth_assert` compares it with the rows in the same transaction.
 */
@Injectable()
export class TenantGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const access = declaredAccess(this.reflector, context);
    if (access.kind !== 'organization') return true;
    const { user: actor } = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (!actor) throw new Problem('unauthenticated');
    if (!permits(actor.role, access.permission)) {
      throw new Problem('forbidden', { detail: `This needs the permission ${access.permission}.` });
    }
    enterOrganization({
      organizationId: actor.organizationId,
      session: { id: actor.sessionId, userId: actor.userId, role: actor.role },
    });
    return true;
  }
}
