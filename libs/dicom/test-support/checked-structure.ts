/** The structure check over bytes in pieces, and the code of what it throws, for its tests. */
import { DicomError, type DicomErrorCode } from '../src/dicom-error';
import { StructureCheck, type StructureLimits, type StructureSummary } from '../src/structure-check';
import { EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN } from '../src/transfer-syntaxes';
import { EXPLICIT_BE, EXPLICIT_LE, IMPLICIT_LE, type RawEncoding } from './raw-bytes';

export const ENCODINGS: readonly (readonly [string, string, RawEncoding])[] = [
  ['explicit LE', EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_LE],
  ['implicit LE', IMPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_LE],
  ['explicit BE', EXPLICIT_VR_BIG_ENDIAN, EXPLICIT_BE],
];
export function check(
  dataSet: Uint8Array,
  syntax: string = EXPLICIT_VR_LITTLE_ENDIAN,
  options: { chunk?: number; limits?: Partial<StructureLimits> } = {},
): StructureSummary {
  const structure = new StructureCheck(syntax, options.limits);
  const size = options.chunk ?? dataSet.length;
  for (let at = 0; at < dataSet.length; at += size) structure.push(dataSet.subarray(at, at + size));
  return structure.finish();
}

export function codeOf(run: () => unknown): DicomErrorCode | 'none' {
  try {
    run();
    return 'none';
  } catch (error) {
    if (error instanceof DicomError) return error.code;
    throw error;
  }
}
