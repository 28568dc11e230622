/**
 * The port that every door asks whether there is room (PS3.8 9.3.4: rejection 2/3/1; PS3.4 B.2.3: 0xA700; PS3.18: 503). Two
 * lines: past the first nobody may begin to send, past the second nothing more is stored. What lies between is for those who
 * have begun, what lies behind for label volumes, results and rows.
 */

export const STORAGE_GAUGE = Symbol('StorageGauge');

/** `full`: past the first line; `failed`: the storage is not there, not the right one, or cannot be written. */
export const STORAGE_CONDITIONS = ['ok', 'full', 'failed'] as const;
export type StorageCondition = (typeof STORAGE_CONDITIONS)[number];

/** Of one file system that the hub writes to. */
export interface VolumeReading {
  readonly part: 'objects' | 'database';
  readonly totalBytes: number;
  /** What the hub may still write. */
  readonly freeBytes: number;
  /** As `df` counts it: of what the hub may use. */
  readonly usedPercent: number;
}

export interface StorageStanding {
  readonly condition: StorageCondition;
  /** Why, without a path; null while all is well. */
  readonly reason: string | null;
  readonly volumes: readonly VolumeReading[];
}

export interface StorageGauge {
  /**
   * Asked before an association or a request is accepted; `announcedBytes` where its size is known. Throws STORAGE_FULL or
   * STORAGE_FAILED with `retryAfterSeconds`.
   */
  mayAccept(announcedBytes?: number): Promise<void>;
  /** Asked before each object of what was accepted. Throws the same. */
  mayStore(announcedBytes?: number): Promise<void>;
  /** A write failed: until one works again the gauge tries the storage itself. Failures of other kinds are ignored. */
  noteFailure(failure: unknown): void;
  standing(): Promise<StorageStanding>;
}
