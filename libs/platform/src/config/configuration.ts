/**
 * The configuration of the hub as one validated tree. Defaults are the embedded default: SQLite, a folder of objects,
 * loopback only. Where a value comes from: defaults, then `<home>/modelbank.yaml`, then the environment (environment.ts).
 */
import 'reflect-metadata';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const PORT_MAX = 65535;

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export const DATABASE_TYPES = ['sqlite', 'postgres', 'mssql'] as const;
export type DatabaseType = (typeof DATABASE_TYPES)[number];
export const EXECUTION_PROVIDERS = ['cpu', 'cuda', 'auto'] as const;

/** A section that must be there and is validated itself. */
const Section =
  (type: () => new () => object): PropertyDecorator =>
  (target, key) => {
    IsDefined()(target, key);
    IsObject()(target, key);
    ValidateNested()(target, key);
    Type(type)(target, key);
  };

const IntegerBetween =
  (minimum: number, maximum: number): PropertyDecorator =>
  (target, key) => {
    IsInt()(target, key);
    Min(minimum)(target, key);
    Max(maximum)(target, key);
  };

/** Port 0 asks the system for a free port. */
export class HttpConfiguration {
  @IsString() @IsNotEmpty() host = '127.0.0.1';
  @IntegerBetween(0, PORT_MAX) port = 8090;
}

/** What one peer may use of us; see docs of libs/dimse. */
export class DimseLimits {
  @IntegerBetween(1, 1000) maxAssociations = 32;
  @IntegerBetween(1 * MIB, Number.MAX_SAFE_INTEGER) maxInstanceBytes = 4096 * MIB;
  @IntegerBetween(SECOND, 10 * MINUTE) handshakeTimeoutMs = 10 * SECOND;
  /** ARTIM (PS3.8 9.1.5): a connection without a request, or one that does not close. */
  @IntegerBetween(SECOND, 10 * MINUTE) artimTimeoutMs = 30 * SECOND;
  @IntegerBetween(SECOND, HOUR) idleTimeoutMs = 60 * SECOND;
}

export class DimseConfiguration {
  @IsString() @IsNotEmpty() host = '127.0.0.1';
  @IntegerBetween(0, PORT_MAX) port = 11112;
  @Section(() => DimseLimits) limits = new DimseLimits();
}

export class DatabaseConfiguration {
  @IsIn(DATABASE_TYPES) type: DatabaseType = 'sqlite';
  /** `postgres://user:password@host:port/database` or `mssql://...`; a secret. SQLite lies in `<home>/modelbank.sqlite`. */
  @IsOptional() @IsString() @IsNotEmpty() url?: string;
}

export class ObjectsConfiguration {
  /** Absolute, or below home. */
  @IsString() @IsNotEmpty() folder = 'objects';
}

/** When the hub takes nothing more in, so that what it has can still be worked on and delivered. */
export class StorageConfiguration {
  /** Above it no association begins. */
  @IntegerBetween(1, 100) maxUsedPercent = 90;
  /** Below it no association begins. */
  @IntegerBetween(0, Number.MAX_SAFE_INTEGER) minFreeBytes = 2 * GIB;
  /** Below it associations that are open store nothing more either: room for label volumes, results and rows. */
  @IntegerBetween(0, Number.MAX_SAFE_INTEGER) reserveFreeBytes = 1 * GIB;
}

/** What is kept how long, where no rule of the protocol says otherwise; docs/retention.md. */
export class RetentionConfiguration {
  /** Image copies, after the last delivery of a result made of them: at most. */
  @IntegerBetween(0, 3650) afterDeliveryDays = 30;
  /** What no result was made of, after its reception. */
  @IntegerBetween(1, 3650) unassignedDays = 180;
  @IntegerBetween(100, DAY) sweepEveryMs = HOUR;
}

export class AssemblyConfiguration {
  /** Of a calling AE title that states none: silence after which a series is complete. */
  @IntegerBetween(100, 24 * HOUR) settleTimeMs = 90 * SECOND;
  @IntegerBetween(50, 10 * MINUTE) sweepEveryMs = SECOND;
}

export class InferenceConfiguration {
  @IsIn(EXECUTION_PROVIDERS) executionProvider: (typeof EXECUTION_PROVIDERS)[number] = 'cpu';
  @IntegerBetween(0, 64) workers = 1;
  @IntegerBetween(1, 256) threads = 2;
  @IntegerBetween(1, 20) attempts = 3;
  @IntegerBetween(SECOND, HOUR) leaseMs = MINUTE;
}

export class DeliveryConfiguration {
  /** Waits between attempts; the last one repeats until `giveUpAfterDays`. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @IsInt({ each: true })
  @Min(100, { each: true })
  @Max(24 * HOUR, { each: true })
  retryAfterMs: number[] = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR];
  @IntegerBetween(1, 365) giveUpAfterDays = 14;
  @IntegerBetween(SECOND, HOUR) timeoutMs = MINUTE;
}

export class LogConfiguration {
  @IsIn(LOG_LEVELS) level: LogLevel = 'info';
  @IsBoolean() pretty = false;
}

export class Configuration {
  /** MODELBANK_HOME, absolute: everything that the hub keeps. */
  @IsString() @Matches(/^\//, { message: 'home must be an absolute path' }) home!: string;
  @Section(() => HttpConfiguration) http = new HttpConfiguration();
  @Section(() => DimseConfiguration) dimse = new DimseConfiguration();
  @Section(() => DatabaseConfiguration) database = new DatabaseConfiguration();
  @Section(() => ObjectsConfiguration) objects = new ObjectsConfiguration();
  @Section(() => StorageConfiguration) storage = new StorageConfiguration();
  @Section(() => RetentionConfiguration) retention = new RetentionConfiguration();
  @Section(() => AssemblyConfiguration) assembly = new AssemblyConfiguration();
  @Section(() => InferenceConfiguration) inference = new InferenceConfiguration();
  @Section(() => DeliveryConfiguration) delivery = new DeliveryConfiguration();
  @Section(() => LogConfiguration) log = new LogConfiguration();
}
