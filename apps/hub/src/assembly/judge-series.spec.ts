import type { InstanceHeader } from '@modelbank/dicom';
import { judgeSeries, overruledBy } from './judge-series';
import type { SeriesVerdict, Slice } from './judge-series';

const AXIAL = [1, 0, 0, 0, 1, 0] as const;

function slice(k: number, header: Partial<InstanceHeader> = {}, more: Partial<Slice> = {}): Slice {
  return {
    instanceId: `i${k}`,
    studyInstanceUid: '1.2.1',
    patientKey: 'aa',
    purpose: 'test',
    parametersKey: '[]',
    header: {
      sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
      sopInstanceUid: `1.2.3.${k}`,
      studyInstanceUid: '1.2.1',
      seriesInstanceUid: '1.2.2',
      frameOfReferenceUid: '1.2.9',
      modality: 'CT',
      imageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
      rows: 4,
      columns: 5,
      pixelSpacingMm: [1, 1],
      imagePositionPatient: [0, 0, 3 * k],
      imageOrientationPatient: AXIAL,
      contrast: false,
      transferSyntaxUid: '1.2.840.10008.1.2.1',
      ...header,
    },
    ...more,
  };
}

const stack = (count: number) => Array.from({ length: count }, (_, k) => slice(k));
const codeOf = (verdict: SeriesVerdict) =>
  verdict.kind === 'regular' ? verdict.kind : `${verdict.kind} ${verdict.code}`;

describe('the verdict on a series', () => {
  it('finds the grid and puts the members in the order of the slices', () => {
    const verdict = judgeSeries([slice(2), slice(0), slice(3), slice(1)]);
    expect(verdict).toMatchObject({ kind: 'regular', memberIds: ['i0', 'i1', 'i2', 'i3'] });
    expect(verdict.kind === 'regular' && verdict.grid.origins.map((origin) => origin[2])).toEqual([0, 3, 6, 9]);
  });

  const localizer = (k: number) =>
    slice(k, { imageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'], frameOfReferenceUid: '1.2.8' });

  it.each<[string, Slice[], string]>([
    ['nothing but localizers', [localizer(0), localizer(1), localizer(2)], 'notApplicable LOCALIZER'],
    ['two slices', stack(2), 'notApplicable TOO_FEW_SLICES'],
    ['a localizer beside a volume', [...stack(4), localizer(9)], 'regular'],
    ['a missing slice', [...stack(3), slice(4), slice(5)], 'irregular GAP'],
    ['a rescale slope of zero', [...stack(3), slice(3, { unusable: ['RescaleSlope'] })], 'irregular RESCALE_UNUSABLE'],
    [
      'a supine patient that is called prone',
      [...stack(3), slice(3)].map((each) => ({ ...each, header: { ...each.header, patientPosition: 'HFP' } })),
      'irregular POSITION_CONTRADICTS_ORIENTATION',
    ],
    [
      'uneven spacing',
      [...stack(4), slice(0, { imagePositionPatient: [0, 0, 10.7] })],
      'irregular NON_UNIFORM_SPACING',
    ],
    [
      'two slices at one position',
      [...stack(4), slice(7, { imagePositionPatient: [0, 0, 3] })],
      'irregular DUPLICATE_POSITION',
    ],
    ['a stated gantry tilt', stack(4).map((_, k) => slice(k, { gantryTiltDegrees: 12 })), 'irregular GANTRY_TILT'],
    [
      'a sheared stack',
      stack(4).map((_, k) => slice(k, { imagePositionPatient: [0, k, 3 * k] })),
      'irregular GANTRY_TILT',
    ],
    [
      'mixed orientations',
      [...stack(4), slice(4, { imageOrientationPatient: [1, 0, 0, 0, 0, -1] })],
      'irregular MIXED_ORIENTATIONS',
    ],
    [
      'two frames of reference',
      [...stack(4), slice(4, { frameOfReferenceUid: '1.2.8' })],
      'irregular MIXED_FRAMES_OF_REFERENCE',
    ],
    [
      'no frame of reference',
      stack(4).map((_, k) => slice(k, { frameOfReferenceUid: undefined })),
      'irregular FRAME_OF_REFERENCE_MISSING',
    ],
    ['other sizes', [...stack(4), slice(4, { rows: 8 })], 'irregular MIXED_SIZES'],
    ['other pixel spacings', [...stack(4), slice(4, { pixelSpacingMm: [2, 2] })], 'irregular MIXED_PIXEL_SPACINGS'],
    ['no position', [...stack(4), slice(4, { imagePositionPatient: undefined })], 'irregular GEOMETRY_MISSING'],
    ['several frames', [...stack(4), slice(4, { numberOfFrames: 2 })], 'irregular MULTI_FRAME'],
    ['two patients', [...stack(4), slice(4, {}, { patientKey: 'bb' })], 'irregular MIXED_PATIENTS'],
    ['two studies', [...stack(4), slice(4, {}, { studyInstanceUid: '1.2.7' })], 'irregular MIXED_STUDIES'],
    ['two purposes', [...stack(4), slice(4, {}, { purpose: 'care' })], 'irregular MIXED_PURPOSES'],
    [
      'two sides by protocol',
      [...stack(4), slice(4, {}, { parametersKey: '[["side","left"]]' })],
      'irregular MIXED_PARAMETERS',
    ],
    ['no patient id', stack(4).map((_, k) => slice(k, {}, { patientKey: null })), 'irregular PATIENT_ID_MISSING'],
  ])('%s', (_what, slices, expected) => {
    expect(codeOf(judgeSeries(slices))).toBe(expected);
  });

  const anonymous = (ks: number[]) => ks.map((k) => slice(k, {}, { patientKey: null }));

  it.each<[string, Slice[], string, string]>([
    ['a gap', [...stack(3), slice(4), slice(5)], 'GAP', 'regular'],
    ['no patient id', anonymous([0, 1, 2, 3]), 'PATIENT_ID_MISSING', 'regular'],
    ['no patient id, and a gap behind it', anonymous([0, 1, 3, 4]), 'PATIENT_ID_MISSING', 'irregular GAP'],
    ['a gap of slices without patient id', anonymous([0, 1, 3, 4]), 'GAP', 'regular'],
    [
      'a tilt behind a gap',
      stack(4).map((_, k) => slice(k, { gantryTiltDegrees: 12 })),
      'GAP',
      'irregular GANTRY_TILT',
    ],
    [
      'no patient id, and a position that cannot be behind it',
      anonymous([0, 1, 2]).map((each) => ({ ...each, header: { ...each.header, patientPosition: 'HFP' } })),
      'PATIENT_ID_MISSING',
      'irregular POSITION_CONTRADICTS_ORIENTATION',
    ],
    [
      'a position that cannot be',
      stack(3).map((each) => ({ ...each, header: { ...each.header, patientPosition: 'HFP' } })),
      'POSITION_CONTRADICTS_ORIENTATION',
      'regular',
    ],
    ['two patients behind a gap', [...stack(4), slice(4, {}, { patientKey: 'bb' })], 'GAP', 'irregular MIXED_PATIENTS'],
  ])('a person overrules what was held: %s', (_what, slices, code, expected) => {
    expect(codeOf(judgeSeries(slices, overruledBy(code)))).toBe(expected);
  });

  it.each(['GANTRY_TILT', 'RESCALE_UNUSABLE', 'MIXED_PATIENTS', 'MULTI_FRAME', 'toString'])(
    'nobody overrules %s',
    (code) => {
      expect(overruledBy(code)).toBeUndefined();
    },
  );
});
