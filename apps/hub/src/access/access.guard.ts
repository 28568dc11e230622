/** Lets a request through only with a bearer token whose caller holds the route's permission. Refuses by default. */
import { Inject, Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { HubError } from '@modelbank/contracts';
import { ACCESS_TOKENS } from './access-tokens';
import type { AccessTokens } from './access-tokens';
import type { Caller, Permission } from './permissions';
import { PERMISSION_METADATA, PUBLIC_METADATA } from './require-permission';
import type { AuthenticatedRequest } from './require-permission';

@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    @Inject(ACCESS_TOKENS) private readonly tokens: AccessTokens,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const marked = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_METADATA, marked)) return true;
    const permission = this.reflector.getAllAndOverride<Permission | undefined>(PERMISSION_METADATA, marked);
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const caller = this.callerOf(request);
    if (permission === undefined || !caller.permissions.has(permission)) {
      throw new HubError('FORBIDDEN', `this needs the permission ${permission ?? '(none declared)'}`);
    }
    request.caller = caller;
    return true;
  }

  private callerOf(request: AuthenticatedRequest): Caller {
    const match = /^Bearer ([A-Za-z0-9._~+/-]{1,512}=*)$/.exec(request.headers.authorization ?? '');
    const caller = match === null ? undefined : this.tokens.callerOf(match[1]);
    if (caller !== undefined) return caller;
    throw new HubError('UNAUTHENTICATED', 'a valid bearer token is needed', {
      advice: 'Send `Authorization: Bearer <token>` with the token in operator.token of MODELBANK_HOME.',
    });
  }
}
