/** What every stage may inject: configuration, clock, timers, logger, crash points, secrets, metrics. */
import { Module } from '@nestjs/common';
import type { DynamicModule, Provider } from '@nestjs/common';
import { CLOCK, CRASH_POINTS_PORT } from '@modelbank/contracts';
import type { Clock, CrashPoints } from '@modelbank/contracts';
import type { Configuration } from './config/configuration';
import { locationsOf } from './config/locations';
import { createLogger, LOGGER } from './logging/logger';
import type { HubLogger } from './logging/logger';
import { Metrics, METRICS } from './metrics/metrics';
import { ProcessCrashPoints } from './process/crash-points';
import { CentreSecrets } from './secrets/secrets';
import { SCHEDULER } from './time/scheduler';
import type { Scheduler } from './time/scheduler';
import { SystemClock } from './time/system-clock';

export const CONFIGURATION = Symbol('Configuration');
export const CENTRE_SECRETS = Symbol('CentreSecrets');

/** What a test replaces; everything else is real. */
export interface PlatformParts {
  readonly clock?: Clock & Scheduler;
  readonly logger?: HubLogger;
  readonly crashPoints?: CrashPoints;
}

@Module({})
export class PlatformModule {
  /** Global: stages need not import it. */
  static forRoot(configuration: Configuration, parts: PlatformParts = {}): DynamicModule {
    const clock = parts.clock ?? new SystemClock();
    const providers: Provider[] = [
      { provide: CONFIGURATION, useValue: configuration },
      { provide: CLOCK, useValue: clock },
      { provide: SCHEDULER, useValue: clock },
      { provide: LOGGER, useValue: parts.logger ?? createLogger(configuration.log) },
      { provide: CRASH_POINTS_PORT, useValue: parts.crashPoints ?? new ProcessCrashPoints() },
      { provide: CENTRE_SECRETS, useValue: new CentreSecrets(locationsOf(configuration).secrets) },
      { provide: METRICS, useValue: new Metrics({ withProcess: true }) },
    ];
    return { module: PlatformModule, global: true, providers, exports: providers.map(tokenOf) };
  }
}

function tokenOf(provider: Provider): symbol {
  return (provider as { provide: symbol }).provide;
}
