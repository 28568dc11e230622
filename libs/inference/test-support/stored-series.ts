/** Series on the disk as the hub's store would hold them: made from a volume, or real ones where the machine has them. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { JobInstance } from '@modelbank/contracts';
import { formatDs, writePart10 } from '@modelbank/dicom';
import type { DataSet } from '@modelbank/dicom';
import type { Grid } from '@modelbank/geometry';

const CT_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.2';

/**
 * Writes one CT instance per slice (stored values are HU + 1024) and lists them, last slice first: order must not matter.
 * `changes` replaces elements of single slices.
 */
export function storeSeries(
  folder: string,
  grid: Grid,
  slice: (k: number) => Int16Array,
  changes: (k: number) => DataSet = () => ({}),
): JobInstance[] {
  mkdirSync(folder, { recursive: true });
  const instances = grid.origins.map((_, k) => {
    const bytes = writePart10({ ...ctInstance(grid, k, slice(k)), ...changes(k) });
    const path = join(folder, `${k}.dcm`);
    writeFileSync(path, bytes);
    return { path, sha256: sha256(bytes), sopInstanceUid: `2.25.1000.${k + 1}` };
  });
  return instances.reverse();
}

/** The instances of a real series, or undefined where the test data are not present. */
export function realSeries(name: string): JobInstance[] | undefined {
  const folder = join(testData(), name);
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder).map((file) => {
    const path = join(folder, file);
    return { path, sha256: sha256(readFileSync(path)), sopInstanceUid: '2.25.1' };
  });
}

/** The folder of real test data. */
export function testData(): string {
  return resolve(process.env.MODELBANK_TEST_DATA ?? join(__dirname, '../../../../shared/data'));
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function ctInstance(grid: Grid, k: number, hu: Int16Array): DataSet {
  return {
    SOPClassUID: CT_IMAGE_STORAGE,
    SOPInstanceUID: `2.25.1000.${k + 1}`,
    StudyInstanceUID: '2.25.1001',
    SeriesInstanceUID: '2.25.1002',
    FrameOfReferenceUID: '2.25.1003',
    Modality: 'CT',
    PatientName: 'Test^Person',
    PatientID: 'TEST',
    InstanceNumber: k + 1,
    ImagePositionPatient: grid.origins[k].map(rounded),
    ImageOrientationPatient: [...grid.rowDirection, ...grid.columnDirection].map(rounded),
    PixelSpacing: [grid.rowSpacingMm, grid.columnSpacingMm],
    Rows: grid.rows,
    Columns: grid.columns,
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    BitsAllocated: 16,
    BitsStored: 16,
    HighBit: 15,
    PixelRepresentation: 0,
    RescaleIntercept: -1024,
    RescaleSlope: 1,
    PixelData: Uint16Array.from(hu, (value) => Math.max(0, value + 1024)),
  };
}

/** As a decimal string of 16 characters can hold it. */
function rounded(value: number): number {
  return Number(formatDs(value));
}
