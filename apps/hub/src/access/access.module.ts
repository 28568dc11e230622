/** Who may do and see what: the operator token, the guard, the problem filter and the start-up check of every route. */
import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import { CONFIGURATION, LOGGER } from '@modelbank/platform';
import type { Configuration, HubLogger } from '@modelbank/platform';
import { ACCESS_TOKENS, accessTokens } from './access-tokens';
import { AccessGuard } from './access.guard';
import { AccessRefusals } from './access-refusals';
import { MachineCallers } from './callers/machine-callers';
import { OidcTokens } from './callers/oidc-tokens';
import { PersonTokens } from './callers/person-tokens';
import { RequestCallers } from './callers/request-callers';
import { readOrMakeOperatorToken } from './operator-token';
import type { Caller } from './permissions';
import { PersonRegister } from './persons/person-register';
import { PersonsController } from './persons/persons.controller';
import { PROBLEM_REPORTER, ProblemFilter } from './problem.filter';
import type { ProblemReporter } from './problem.filter';
import { RoutePermissions } from './route-permissions';
import { requestValidation } from './validation';

@Module({})
export class AccessModule {
  /** `callers` are known beside the operator, by token; tests use them to show what each permission opens. */
  static forRoot(callers: Readonly<Record<string, Caller>> = {}): DynamicModule {
    return {
      module: AccessModule,
      imports: [DiscoveryModule],
      controllers: [PersonsController],
      providers: [
        RoutePermissions,
        AccessRefusals,
        MachineCallers,
        OidcTokens,
        PersonRegister,
        PersonTokens,
        RequestCallers,
        {
          provide: ACCESS_TOKENS,
          inject: [CONFIGURATION],
          useFactory: ({ home }: Configuration) => accessTokens(readOrMakeOperatorToken(home), callers),
        },
        {
          provide: PROBLEM_REPORTER,
          inject: [LOGGER],
          useFactory:
            (logger: HubLogger): ProblemReporter =>
            ({ code, status }, thrown) =>
              logger.error('a request failed', thrown, { code, status }),
        },
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useFactory: requestValidation },
      ],
      exports: [RoutePermissions],
    };
  }
}
