/** Which environment variable sets which key of the configuration: the table that the README prints. */

export interface EnvironmentVariable {
  readonly name: `MODELBANK_${string}`;
  /** Path in the configuration. */
  readonly key: string;
  readonly kind: 'text' | 'integer' | 'flag' | 'integers';
  readonly does: string;
}

const variable = (
  name: EnvironmentVariable['name'],
  key: string,
  kind: EnvironmentVariable['kind'],
  does: string,
): EnvironmentVariable => ({ name, key, kind, does });

export const ENVIRONMENT: readonly EnvironmentVariable[] = [
  variable('MODELBANK_HOME', 'home', 'text', 'Folder of everything the hub keeps (default ./.modelbank)'),
  variable('MODELBANK_HTTP_HOST', 'http.host', 'text', 'Address of the API and the portal'),
  variable('MODELBANK_HTTP_PORT', 'http.port', 'integer', 'Port of the API and the portal; 0 picks a free one'),
  variable('MODELBANK_DIMSE_HOST', 'dimse.host', 'text', 'Address of the DICOM listener'),
  variable('MODELBANK_DIMSE_PORT', 'dimse.port', 'integer', 'Port of the DICOM listener; 0 picks a free one'),
  variable('MODELBANK_DIMSE_MAX_ASSOCIATIONS', 'dimse.limits.maxAssociations', 'integer', 'Associations at a time'),
  variable(
    'MODELBANK_DIMSE_MAX_ASSOCIATIONS_PER_CENTRE',
    'dimse.limits.maxAssociationsPerCentre',
    'integer',
    'Associations of one centre at a time',
  ),
  variable(
    'MODELBANK_DIMSE_MAX_INSTANCE_BYTES',
    'dimse.limits.maxInstanceBytes',
    'integer',
    'Largest data set accepted',
  ),
  variable(
    'MODELBANK_DIMSE_IDLE_TIMEOUT_MS',
    'dimse.limits.idleTimeoutMs',
    'integer',
    'Silence that ends an association',
  ),
  variable('MODELBANK_DICOMWEB_ENABLED', 'dicomweb.enabled', 'flag', 'Whether the DICOMweb listener opens'),
  variable('MODELBANK_DICOMWEB_HOST', 'dicomweb.host', 'text', 'Address of the DICOMweb listener'),
  variable('MODELBANK_DICOMWEB_PORT', 'dicomweb.port', 'integer', 'Port of the DICOMweb listener; 0 picks a free one'),
  variable('MODELBANK_DATABASE_TYPE', 'database.type', 'text', 'sqlite, postgres or mssql'),
  variable('MODELBANK_DATABASE_URL', 'database.url', 'text', 'Where the database server is; a secret'),
  variable('MODELBANK_OBJECTS_FOLDER', 'objects.folder', 'text', 'Folder of the stored objects'),
  variable('MODELBANK_SETTLE_TIME_MS', 'assembly.settleTimeMs', 'integer', 'Silence after which a series is complete'),
  variable('MODELBANK_SWEEP_EVERY_MS', 'assembly.sweepEveryMs', 'integer', 'How often deadlines are looked at'),
  variable('MODELBANK_EXECUTION_PROVIDER', 'inference.executionProvider', 'text', 'cpu, cuda or auto'),
  variable('MODELBANK_INFERENCE_WORKERS', 'inference.workers', 'integer', 'Inference processes at a time; 0 runs none'),
  variable('MODELBANK_INFERENCE_THREADS', 'inference.threads', 'integer', 'Threads of one inference process'),
  variable('MODELBANK_INFERENCE_ATTEMPTS', 'inference.attempts', 'integer', 'Attempts before a job has failed'),
  variable('MODELBANK_INFERENCE_LEASE_MS', 'inference.leaseMs', 'integer', 'Silence after which a job is taken over'),
  variable(
    'MODELBANK_DELIVERY_RETRY_AFTER_MS',
    'delivery.retryAfterMs',
    'integers',
    'Waits between attempts, by comma',
  ),
  variable('MODELBANK_DELIVERY_GIVE_UP_AFTER_DAYS', 'delivery.giveUpAfterDays', 'integer', 'When a delivery is parked'),
  variable(
    'MODELBANK_DELIVERY_TIMEOUT_MS',
    'delivery.timeoutMs',
    'integer',
    'Silence of a receiver that ends an attempt',
  ),
  variable('MODELBANK_COMMITMENT_KEEP_DAYS', 'commitment.keepDays', 'integer', 'How long committed objects are kept'),
  variable(
    'MODELBANK_COMMITMENT_RETRY_AFTER_MS',
    'commitment.retryAfterMs',
    'integers',
    'Waits between attempts to report a commitment, by comma',
  ),
  variable('MODELBANK_LOG_LEVEL', 'log.level', 'text', 'fatal, error, warn, info, debug, trace or silent'),
  variable('MODELBANK_LOG_PRETTY', 'log.pretty', 'flag', 'Lines for people instead of JSON'),
];
