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
const MIB = 1024 * 1024;
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

/** What one peer may use of us; docs/dicom-conformance.md says what a peer sees that passes a limit. */
export class DimseLimits {
  /** In all, and of one centre. */
  @IntegerBetween(1, 1000) maxAssociations = 64;
  @IntegerBetween(1, 1000) maxAssociationsPerCentre = 8;
  /** Sockets in any state. */
  @IntegerBetween(1, 65_535) maxConnections = 1024;
  @IntegerBetween(1 * MIB, Number.MAX_SAFE_INTEGER) maxInstanceBytes = 2048 * MIB;
  /** The longest P-DATA-TF taken, and the longest A-ASSOCIATE-RQ. */
  @IntegerBetween(4096, 1 * MIB) maxPduBytes = 131_072;
  @IntegerBetween(4096, 1 * MIB) maxAssociateBytes = 65_536;
  @IntegerBetween(SECOND, 10 * MINUTE) handshakeTimeoutMs = 10 * SECOND;
  /** ARTIM (PS3.8 9.1.5): a connection without a complete association request. */
  @IntegerBetween(SECOND, 10 * MINUTE) artimTimeoutMs = 10 * SECOND;
  /** ARTIM again: a peer that does not close after the end of its association. */
  @IntegerBetween(100, MINUTE) closeTimeoutMs = SECOND;
  @IntegerBetween(SECOND, HOUR) idleTimeoutMs = 30 * SECOND;
  /** The least that a message must come with, over the window. */
  @IntegerBetween(0, 1 * MIB) minBytesPerSecond = 10_240;
  @IntegerBetween(SECOND, HOUR) rateWindowMs = MINUTE;
}

export class DimseConfiguration {
  @IsString() @IsNotEmpty() host = '127.0.0.1';
  @IntegerBetween(0, PORT_MAX) port = 11112;
  @Section(() => DimseLimits) limits = new DimseLimits();
}

/** What DICOMweb peers may use of us; see docs/dicomweb.md. */
export class DicomwebLimits {
  @IntegerBetween(1, 10_000) maxConnections = 256;
  /** STOW requests at a time, of one centre and of all. */
  @IntegerBetween(1, 1000) maxStoresPerCentre = 8;
  @IntegerBetween(1, 1000) maxStores = 32;
  @IntegerBetween(1 * MIB, Number.MAX_SAFE_INTEGER) maxRequestBytes = 4095 * MIB;
  @IntegerBetween(1 * MIB, Number.MAX_SAFE_INTEGER) maxInstanceBytes = 2048 * MIB;
  @IntegerBetween(1, 1_000_000) maxParts = 20_000;
  @IntegerBetween(SECOND, 10 * MINUTE) handshakeTimeoutMs = 10 * SECOND;
  /** Request line and headers complete. */
  @IntegerBetween(SECOND, 10 * MINUTE) headersTimeoutMs = 10 * SECOND;
  @IntegerBetween(SECOND, HOUR) idleTimeoutMs = 30 * SECOND;
  /** The least that must arrive of a body, over `rateWindowMs`. */
  @IntegerBetween(0, 1024 * MIB) minBytesPerSecond = 10_240;
  @IntegerBetween(SECOND, HOUR) rateWindowMs = MINUTE;
  /** Child processes that decode and render for retrievals, and what one may use for a frame. */
  @IntegerBetween(1, 64) decoders = 2;
  @IntegerBetween(SECOND, 10 * MINUTE) decoderTimeoutMs = MINUTE;
  @IntegerBetween(128, 65_536) decoderMemoryMiB = 2048;
  /** A whole request, however fast it comes. */
  @IntegerBetween(SECOND, 24 * HOUR) requestTimeoutMs = 2 * HOUR;
}

export class DicomwebConfiguration {
  @IsBoolean() enabled = true;
  @IsString() @IsNotEmpty() host = '127.0.0.1';
  @IntegerBetween(0, PORT_MAX) port = 8443;
  /** Web pages (OHIF) that may call us, as `https://viewer.example.org`. No wildcard. */
  @IsArray()
  @ArrayMaxSize(20)
  @Matches(/^https?:\/\/[a-z0-9.-]{1,253}(:\d{1,5})?$/, { each: true, message: 'allowedOrigins must be origins' })
  allowedOrigins: string[] = [];
  @Section(() => DicomwebLimits) limits = new DicomwebLimits();
}

export const ASSURANCE_LEVELS = ['low', 'substantial', 'high'] as const;
export type AssuranceLevel = (typeof ASSURANCE_LEVELS)[number];
/** Signatures of tokens: asymmetric ones only. */
export const TOKEN_ALGORITHMS = ['RS256', 'PS256', 'ES256'] as const;

/** Access tokens of an identity provider (OpenID Connect); verified by signature, never by asking for each request. */
export class OidcConfiguration {
  @Matches(/^https?:\/\/\S{1,500}$/, { message: 'issuer must be a URL' }) issuer!: string;
  @IsString() @IsNotEmpty() audience!: string;
  /** A file (absolute, or below home) or a URL with the provider's public keys; http on loopback only. */
  @Matches(/^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]|(?!https?:)\S)/, {
    message: 'jwks must be a file, an https URL, or an http URL on loopback',
  })
  jwks!: string;
  @IsArray() @ArrayMinSize(1) @IsIn(TOKEN_ALGORITHMS, { each: true }) algorithms: string[] = [...TOKEN_ALGORITHMS];
  /** The claim that names the centre of the person. */
  @IsString() @IsNotEmpty() centreClaim = 'modelbank_centre';
  /** The claim that names the role (access/roles.ts); without the claim: clinician. */
  @IsString() @IsNotEmpty() roleClaim = 'modelbank_role';
  /** The claim with the level of assurance of the Danish standard NSIS. */
  @IsString() @IsNotEmpty() assuranceClaim = 'https://data.gov.dk/concept/core/nsis/loa';
  @IsIn(ASSURANCE_LEVELS) minimumAssurance: AssuranceLevel = 'substantial';
}

/** Who people are. */
export class IdentityConfiguration {
  /** How long a token of `modelbank person add` is good for, when nothing else is said. */
  @IntegerBetween(1, 366) personTokenDays = 90;
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => OidcConfiguration)
  oidc?: OidcConfiguration;
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

/** Storage commitment: for how long what was committed is kept, and how reports are tried. */
export class CommitmentConfiguration {
  @IntegerBetween(1, 3650) keepDays = 30;
  /** Waits between attempts to report; the last one repeats until `giveUpAfterDays`. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @IsInt({ each: true })
  @Min(100, { each: true })
  @Max(24 * HOUR, { each: true })
  retryAfterMs: number[] = [10 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR];
  @IntegerBetween(1, 365) giveUpAfterDays = 7;
  /** The answer of a gateway to a report. */
  @IntegerBetween(SECOND, HOUR) timeoutMs = 30 * SECOND;
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
  @Section(() => DicomwebConfiguration) dicomweb = new DicomwebConfiguration();
  @Section(() => IdentityConfiguration) identity = new IdentityConfiguration();
  @Section(() => DatabaseConfiguration) database = new DatabaseConfiguration();
  @Section(() => ObjectsConfiguration) objects = new ObjectsConfiguration();
  @Section(() => AssemblyConfiguration) assembly = new AssemblyConfiguration();
  @Section(() => InferenceConfiguration) inference = new InferenceConfiguration();
  @Section(() => DeliveryConfiguration) delivery = new DeliveryConfiguration();
  @Section(() => CommitmentConfiguration) commitment = new CommitmentConfiguration();
  @Section(() => LogConfiguration) log = new LogConfiguration();
}
