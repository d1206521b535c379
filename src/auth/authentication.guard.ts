import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Problem } from '../http/problem.js';
import { accessKey, type Access } from './access.decorator.js';
import { AccessTokens } from './access-tokens.js';
import type { AuthenticatedRequest } from './actor.js';
import { AutoLogin } from './auto-login.js';

/** Says who is calling. A route that does not declare its access is refused, whoever calls. */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly accessTokens: AccessTokens,
    private readonly autoLogin: AutoLogin,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = declaredAccess(this.reflector, context);
    if (access.kind === 'public' || access.kind === 'webhook') return true;
    // Platform admins sign in for an audience of their own, which no token has yet.
    if (access.kind === 'platform') throw new Problem('unauthenticated');
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (request.headers.authorization === undefined) {
      const token = await this.autoLogin.token(request);
      if (token !== undefined) request.headers.authorization = `Bearer ${token}`;
    }
    request.user = await this.accessTokens.authenticate(request);
    return true;
  }
}

export function declaredAccess(reflector: Reflector, context: ExecutionContext): Access {
  const access = reflector.getAllAndOverride<Access | undefined>(accessKey, [
    context.getHandler(),
    context.getClass(),
  ]);
  if (!access) throw new Error(`${context.getClass().name}.${context.getHandler().name} declares no @Access`);
  return access;
}
