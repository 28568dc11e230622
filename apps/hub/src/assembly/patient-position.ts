/**
 * Whether PatientPosition and ImageOrientationPatient can both be true (PS3.3 C.7.3.1.1.2, C.7.6.2.1.1). In an original
 * transverse slice the image's bottom is where gravity points, so that it shows the back of a supine patient and the front of
 * a prone one. Left and right say nothing: scanners turn feet-first images about for display.
 */
import type { InstanceHeader } from '@modelbank/dicom';

type Vector = readonly [number, number, number];

/** Where gravity points in the patient (LPS), by what follows head-first or feet-first. */
const DOWN: Readonly<Record<string, Vector>> = { S: [0, 1, 0], P: [0, -1, 0], DL: [1, 0, 0], DR: [-1, 0, 0] };

/** Half of a right angle from the axis counts as along it; a tilted or turned head does not reach it. */
const ALONG = Math.SQRT1_2;

/** True where the slice says that it shows the patient upside down. */
export function contradictsPosition(header: InstanceHeader): boolean {
  const { patientPosition = '', imageOrientationPatient, imageType } = header;
  const down = DOWN[patientPosition.replace(/^(?:HF|FF)/, '')];
  if (down === undefined || imageOrientationPatient === undefined || imageType.includes('DERIVED')) return false;
  const [rowX, rowY, , columnX, columnY, columnZ] = imageOrientationPatient;
  const isTransverse = Math.abs(rowX * columnY - rowY * columnX) > ALONG;
  return isTransverse && columnX * down[0] + columnY * down[1] + columnZ * down[2] < -ALONG;
}
