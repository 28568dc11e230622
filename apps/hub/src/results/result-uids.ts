/**
 * UIDs of result objects: derived, never random, so that a result that is built again after a crash is the same object to
 * every receiver. They change with the job, the kind, the encoding and the writer.
 */
import { deriveUid } from '@modelbank/dicom';

/** Rises whenever the same masks would be written differently. */
export const WRITER_VERSION = '1';

export interface ResultUids {
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
}

export function resultUids(jobKey: string, kind: 'RTSTRUCT', encodingProfile: 'xor' | 'keyhole'): ResultUids {
  const parts = [jobKey, kind, encodingProfile, WRITER_VERSION];
  return {
    sopInstanceUid: deriveUid('modelbank.result.instance', ...parts),
    seriesInstanceUid: deriveUid('modelbank.result.series', ...parts),
  };
}
