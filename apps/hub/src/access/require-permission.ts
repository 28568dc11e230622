/** The two marks that a route can carry: the permission it needs, or that it is public. A route with neither fails the start. */
import { SetMetadata, applyDecorators, createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import { ApiBearerAuth } from '@nestjs/swagger';
import type { Request } from 'express';
import type { Caller, Permission } from './permissions';

export const PERMISSION_METADATA = 'modelbank:permission';
export const PUBLIC_METADATA = 'modelbank:public';

/** The request as the access guard leaves it. */
export type AuthenticatedRequest = Request & { caller?: Caller };

/** The route needs a bearer token with this permission. */
export function RequirePermission(permission: Permission): MethodDecorator & ClassDecorator {
  return applyDecorators(SetMetadata(PERMISSION_METADATA, permission), ApiBearerAuth());
}

/** The route answers anyone on the listening address; only routes that tell nothing about data carry it. */
export function Public(): MethodDecorator & ClassDecorator {
  return SetMetadata(PUBLIC_METADATA, true);
}

/** The name of the caller for the journal. */
export const Actor = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  return context.switchToHttp().getRequest<AuthenticatedRequest>().caller?.actor ?? 'unknown';
});
