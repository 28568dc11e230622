/** Walks every controller at start-up: a route that declares neither a permission nor that it is public stops the process. */
import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { HubError } from '@modelbank/contracts';
import type { Permission } from './permissions';
import { PERMISSION_METADATA, PUBLIC_METADATA } from './require-permission';

/** One route of the API and what it asks for. */
export interface RouteAccess {
  readonly controller: string;
  readonly handler: string;
  readonly access: Permission | 'public' | 'undeclared';
}

@Injectable()
export class RoutePermissions implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onModuleInit(): void {
    const undeclared = this.routes().filter((route) => route.access === 'undeclared');
    if (undeclared.length === 0) return;
    const names = undeclared.map((route) => `${route.controller}.${route.handler}`).join(', ');
    throw new HubError('INVALID_CONFIGURATION', `routes without a permission: ${names}`, {
      advice: 'Mark each of them with @RequirePermission.',
    });
  }

  /** Every HTTP route of every controller; event handlers are not routes. */
  routes(): RouteAccess[] {
    return this.discovery.getControllers().flatMap(({ metatype }) => {
      const prototype: unknown = metatype?.prototype;
      if (typeof metatype !== 'function' || typeof prototype !== 'object' || prototype === null) return [];
      return this.scanner
        .getAllMethodNames(prototype)
        .map((handler) => ({ handler, method: handlerOf(prototype, handler) }))
        .filter(({ method }) => this.reflector.get<string | undefined>(PATH_METADATA, method) !== undefined)
        .map(({ handler, method }) => ({
          controller: metatype.name,
          handler,
          access: this.accessOf([method, metatype]),
        }));
    });
  }

  private accessOf(marked: Parameters<Reflector['getAllAndOverride']>[1]): RouteAccess['access'] {
    const permission = this.reflector.getAllAndOverride<Permission | undefined>(PERMISSION_METADATA, marked);
    if (permission !== undefined) return permission;
    return this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_METADATA, marked) ? 'public' : 'undeclared';
  }
}

function handlerOf(prototype: object, name: string): () => unknown {
  return (prototype as Record<string, () => unknown>)[name];
}
