import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { MemberRole } from './permissions.js';

/** Who acts: explicit, handed from the controller to the service. */
export interface Actor {
  readonly userId: string;
  readonly sessionId: string;
  readonly organizationId: string;
  readonly role: MemberRole;
  /** When the access token ends, in seconds since 1970. */
  readonly expiresAt: number;
}

export type AuthenticatedRequest = FastifyRequest & { user?: Actor };

/** The signed-in actor as a controller's parameter. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { user } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!user) throw new Error('a route without authentication asked for the actor');
  return user;
});
