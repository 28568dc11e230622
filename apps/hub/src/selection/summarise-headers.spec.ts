import type { InstanceHeader } from '@modelbank/dicom';
import { observeGrid } from './observe-grid';
import { summariseHeaders } from './summarise-headers';

const HEADER: InstanceHeader = {
  sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
  sopInstanceUid: '1.1',
  studyInstanceUid: '1.2',
  seriesInstanceUid: '1.3',
  modality: 'CT',
  imageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
  sliceThicknessMm: 2,
  bodyPart: 'CHEST',
  contrast: false,
  convolutionKernel: 'B30f',
  patientPosition: 'HFS',
  sex: 'F',
  ageYears: 60,
  transferSyntaxUid: '1.2.840.10008.1.2.1',
};
const summary = (...changes: Partial<InstanceHeader>[]) =>
  summariseHeaders(changes.map((change) => ({ ...HEADER, ...change })));

describe('summariseHeaders', () => {
  it('keeps what all instances agree on', () => {
    expect(summary({}, {})).toEqual({
      sopClassUids: ['1.2.840.10008.5.1.4.1.1.2'],
      modality: 'CT',
      imageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
      bodyPart: 'CHEST',
      patientPosition: 'HFS',
      contrast: false,
      irreversiblyCompressed: false,
      convolutionKernel: 'B30f',
      sliceThicknessMm: 2,
      sex: 'F',
      ageYears: 60,
    });
  });

  it.each<[string, Partial<InstanceHeader>, object]>([
    ['a body part on which they differ is not known', { bodyPart: 'HEAD' }, { bodyPart: undefined }],
    ['a body part that one leaves out is not known', { bodyPart: undefined }, { bodyPart: undefined }],
    ['two positions are none', { patientPosition: 'HFP' }, { patientPosition: undefined }],
    ['one slice that says so is irreversibly compressed', { lossyCompressed: true }, { irreversiblyCompressed: true }],
    [
      'one slice in a lossy transfer syntax is irreversibly compressed',
      { transferSyntaxUid: '1.2.840.10008.1.2.4.91' },
      { irreversiblyCompressed: true },
    ],
    [
      'lossless compression took nothing',
      { transferSyntaxUid: '1.2.840.10008.1.2.4.90' },
      { irreversiblyCompressed: false },
    ],
    ['one slice with contrast is with contrast', { contrast: true }, { contrast: true }],
    ['the thickest slice counts', { sliceThicknessMm: 5 }, { sliceThicknessMm: 5 }],
    ['a slice without thickness does not', { sliceThicknessMm: undefined }, { sliceThicknessMm: 2 }],
    [
      'one localizer shows',
      { imageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] },
      { imageType: ['ORIGINAL', 'PRIMARY', 'AXIAL', 'LOCALIZER'] },
    ],
    ['every SOP class shows', { sopClassUid: '1.2' }, { sopClassUids: ['1.2.840.10008.5.1.4.1.1.2', '1.2'] }],
  ])('%s', (_, change, expected) => {
    expect(summary({}, change, {})).toMatchObject(expected);
  });
});

describe('observeGrid', () => {
  const grid = {
    ...{ columns: 100, rows: 50, columnSpacingMm: 1, rowSpacingMm: 2 },
    ...{ rowDirection: [1, 0, 0] as const, columnDirection: [0, 1, 0] as const, normal: [0, 0, 1] as const },
  };

  it('gives the smallest and largest distances, the extent with voxel edges, and the orientation', () => {
    const origins = [0, 3, 6, 9.5].map((z) => [0, 0, z] as const);
    expect(observeGrid({ ...grid, origins })).toEqual({
      slices: 4,
      sliceSpacingMm: { min: 3, max: 3.5 },
      pixelSpacingMm: { min: 1, max: 2 },
      extentMm: { leftRight: 100, anteriorPosterior: 100, craniocaudal: expect.closeTo(12.75, 6) },
      orientation: 'axial',
    });
  });

  it('knows no slice distance of one slice', () => {
    expect(observeGrid({ ...grid, origins: [[0, 0, 0]] }).sliceSpacingMm).toBeUndefined();
  });
});
