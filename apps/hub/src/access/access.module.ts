/** Who may do and see what: the guard, the problem filter and the start-up check of every route. */
import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import { AccessGuard } from './access.guard';
import { ProblemFilter } from './problem.filter';
import { RoutePermissions } from './route-permissions';
import { requestValidation } from './validation';

/** `ACCESS_TOKENS` comes from the global wiring module, because it needs the configuration. */
@Module({
  imports: [DiscoveryModule],
  providers: [
    RoutePermissions,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: APP_PIPE, useFactory: requestValidation },
  ],
  exports: [RoutePermissions],
})
export class AccessModule {}
