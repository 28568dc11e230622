/** A small structure set with everything in it, for the tests of this library. */
import { parseUid, type PatientStudyModule } from '@modelbank/dicom';
import { maskWhere, type Grid, type Mask } from '@modelbank/geometry';
import type { HoleEncoding } from './contour';
import { contoursFromMask } from './contours-from-mask';
import type { StructureSetExpectation } from './check/expectation';
import type { Roi, StructureSetToWrite } from './structure-set';

export const EXAMPLE_GRID: Grid = {
  columns: 40,
  rows: 36,
  rowDirection: [1, 0, 0],
  columnDirection: [0, 1, 0],
  normal: [0, 0, 1],
  columnSpacingMm: 1.171875,
  rowSpacingMm: 1.171875,
  origins: Array.from({ length: 6 }, (_, k) => [-23.4, -20.9, 1010.5 + 3 * k] as const),
};

const IMAGES = EXAMPLE_GRID.origins.map((_, k) => `2.25.100${k}`);

/** A shell (a hole in every slice) from slice 1 to 4. */
export const SHELL: Mask = shape((i, j, k) => {
  const distance = Math.hypot(i - 18, j - 17);
  return k >= 1 && k <= 4 && distance < 14 && distance > 6;
});

/** Two islands, one of them a single pixel. */
export const ISLANDS: Mask = shape((i, j, k) => (k === 2 && i < 9 && j < 7) || (k === 2 && i === 30 && j === 30));

export const NOTHING: Mask = shape(() => false);

export function exampleRois(holes: HoleEncoding = 'xor'): Roi[] {
  const roi = (number: number, name: string, mask: Mask, interpretedType: string): Roi => ({
    number,
    name,
    color: [255, 40 * number, 0],
    interpretedType,
    contours: contoursFromMask(mask, { holes, sliceSopInstanceUids: IMAGES }),
  });
  return [
    roi(1, 'External', SHELL, 'EXTERNAL'),
    roi(2, 'Lung_L', ISLANDS, 'ORGAN'),
    roi(3, 'Larynx', NOTHING, 'ORGAN'),
  ];
}

export const EXAMPLE_EXPECTATION: StructureSetExpectation = {
  studyInstanceUid: '2.25.11',
  seriesInstanceUid: '2.25.12',
  frameOfReferenceUid: '2.25.13',
  patientId: 'EXAMPLE-1',
  grid: EXAMPLE_GRID,
  sliceSopInstanceUids: IMAGES,
};

const EXAMPLE_STUDY: PatientStudyModule = {
  PatientName: 'Prøve^Ærlig',
  PatientID: 'EXAMPLE-1',
  PatientBirthDate: '19500101',
  PatientSex: 'O',
  StudyInstanceUID: parseUid(EXAMPLE_EXPECTATION.studyInstanceUid),
  StudyDate: '20250102',
  StudyTime: '101500',
  StudyID: '1',
  AccessionNumber: null,
  ReferringPhysicianName: null,
};

export function exampleStructureSet(change: Partial<StructureSetToWrite> = {}): StructureSetToWrite {
  return {
    sopInstanceUid: '2.25.21',
    seriesInstanceUid: '2.25.22',
    frameOfReferenceUid: EXAMPLE_EXPECTATION.frameOfReferenceUid,
    study: EXAMPLE_STUDY,
    label: 'AI, not approved',
    name: 'reference-ct-anatomy 1.0.0',
    description: 'Automatic contours, not approved',
    seriesDescription: 'Modelbank reference-ct-anatomy 1.0.0',
    seriesNumber: 9001,
    date: '20250103',
    time: '121314',
    equipment: { manufacturer: 'Modelbank', modelName: 'Modelbank hub', softwareVersions: ['0.1.0'] },
    contributingModels: [
      {
        manufacturer: 'Modelbank',
        modelName: 'reference-ct-anatomy',
        modelVersion: '1.0.0',
        packageDigest: '0123456789abcdef'.repeat(4),
        device: 'cpu',
      },
    ],
    generationDescription: 'reference-ct-anatomy 1.0.0',
    referencedSeries: {
      seriesInstanceUid: EXAMPLE_EXPECTATION.seriesInstanceUid,
      sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
      sopInstanceUids: IMAGES,
    },
    rois: exampleRois(),
    ...change,
  };
}

function shape(isInside: (i: number, j: number, k: number) => boolean): Mask {
  const { columns, rows } = EXAMPLE_GRID;
  return maskWhere(EXAMPLE_GRID, (index) =>
    isInside(index % columns, Math.floor(index / columns) % rows, Math.floor(index / (columns * rows))),
  );
}
