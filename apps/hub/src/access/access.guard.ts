/**
 * Lets a request through only when its caller holds the route's permission, and a caller of one centre only into routes that
 * filter their rows by centre. Refuses by default.
 */
import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { HubError } from '@modelbank/contracts';
import { AccessRefusals } from './access-refusals';
import { RequestCallers } from './callers/request-callers';
import { doorOf } from './door';
import type { Caller, Permission } from './permissions';
import { PERMISSION_METADATA, PUBLIC_METADATA } from './require-permission';
import type { AuthenticatedRequest } from './require-permission';
import { SCOPED_METADATA } from './scope';

@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly callers: RequestCallers,
    private readonly refusals: AccessRefusals,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const marked = [context.getHandler(), context.getClass()];
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const isPublic = this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_METADATA, marked);
    const permission = this.reflector.getAllAndOverride<Permission | undefined>(PERMISSION_METADATA, marked);
    if (doorOf(request) === 'dicomweb' && !permission?.startsWith('dicomweb:')) throw noSuchRoute();
    if (isPublic) return true;
    const caller = await this.admit(request, permission);
    const isScoped = this.reflector.get<boolean | undefined>(SCOPED_METADATA, context.getHandler());
    if (caller.centreIds !== 'all' && !isScoped) throw noSuchRoute();
    request.caller = caller;
    return true;
  }

  private async admit(request: AuthenticatedRequest, permission: Permission | undefined): Promise<Caller> {
    let caller: Caller | undefined;
    try {
      caller = await this.callers.callerOf(request);
      if (permission !== undefined && caller.permissions.has(permission)) return caller;
      throw new HubError('FORBIDDEN', `this needs the permission ${permission ?? '(none declared)'}`);
    } catch (thrown) {
      const centreId = caller?.centreIds === 'all' ? null : (caller?.centreIds?.[0] ?? null);
      if (thrown instanceof HubError) await this.refusals.record(request, thrown, centreId);
      throw thrown;
    }
  }
}

const noSuchRoute = () => new HubError('NOT_FOUND', 'there is no such route');
