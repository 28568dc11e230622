import { deriveUid, sopClassUid } from '@modelbank/dicom';
import type { InstanceHeader } from '@modelbank/dicom';
import { judgeFacts } from './judge-content';
import { compareFacts } from './outlived-facts';
import type { OutlivedFacts } from './outlived-facts';

const HEADER: InstanceHeader = {
  sopClassUid: sopClassUid('CTImageStorage'),
  sopInstanceUid: deriveUid('facts', 'instance'),
  studyInstanceUid: deriveUid('facts', 'study'),
  seriesInstanceUid: deriveUid('facts', 'series'),
  modality: 'CT',
  imageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
  rows: 512,
  columns: 512,
  pixelSpacingMm: [1, 1],
  imagePositionPatient: [0, 0, 10],
  contrast: false,
  transferSyntaxUid: '1.2.840.10008.1.2.1',
};
const FIRST: OutlivedFacts = { patientKey: 'a', header: HEADER };
const image = (change: Partial<InstanceHeader>): OutlivedFacts => ({ ...FIRST, header: { ...HEADER, ...change } });
const document = (change: Partial<InstanceHeader>): OutlivedFacts => ({
  patientKey: 'a',
  header: {
    ...{ ...HEADER, rows: undefined, columns: undefined },
    ...{ sopClassUid: sopClassUid('RTStructureSetStorage'), ...change },
  },
});

describe('an object under the UID of one that retention deleted', () => {
  it.each<[string, OutlivedFacts, string, string]>([
    ['another patient', { ...FIRST, patientKey: 'b' }, 'PATIENT_CHANGED', 'PatientID'],
    ['no patient', { ...FIRST, patientKey: null }, 'PATIENT_CHANGED', 'PatientID'],
    ['another series', image({ seriesInstanceUid: deriveUid('other') }), 'STUDY_CHANGED', 'SeriesInstanceUID'],
    ['another class', image({ sopClassUid: sopClassUid('MRImageStorage') }), 'STUDY_CHANGED', 'SOPClassUID'],
    ['another position', image({ imagePositionPatient: [0, 0, 11] }), 'GEOMETRY_CHANGED', 'ImagePositionPatient'],
    ['another size', image({ rows: 256 }), 'PIXELS_CHANGED', 'Rows'],
    ['pixels that lost something', image({ lossyCompressed: true }), 'PIXELS_CHANGED', 'LossyImageCompression'],
  ])('with %s is known to be another', (_, second, code, attribute) => {
    const found = compareFacts(FIRST, second);
    expect(found.differences).toMatchObject([{ attribute }]);
    expect(judgeFacts(found)).toMatchObject({ kind: 'quarantine', code });
  });

  it.each([
    ['the same facts in another encoding', image({ transferSyntaxUid: '1.2.840.10008.1.2.4.70' })],
    ['another kernel, which describes', image({ convolutionKernel: 'B31f' })],
  ])('with %s is refused because nobody can say', (_, second) => {
    expect(judgeFacts(compareFacts(FIRST, second))).toMatchObject({ kind: 'quarantine', code: 'FIRST_DELETED' });
  });

  it('tells the numbers of its geometry, and no value of a patient', () => {
    const { differences } = compareFacts(FIRST, {
      patientKey: 'b',
      header: { ...HEADER, pixelSpacingMm: [1, 2], sex: 'F' },
    });
    expect(differences).toEqual([
      { attribute: 'PatientID', concern: 'patient' },
      { attribute: 'PatientSex', concern: 'patient' },
      { attribute: 'PixelSpacing', concern: 'geometry', numbers: { first: [1, 1], second: [1, 2] } },
    ]);
  });

  it('that is a document is another by patient, study or class only', () => {
    const first = document({});
    expect(
      judgeFacts(compareFacts(first, document({ seriesInstanceUid: deriveUid('other'), sex: 'F' }))),
    ).toMatchObject({ code: 'FIRST_DELETED' });
    expect(judgeFacts(compareFacts(first, document({ studyInstanceUid: deriveUid('other') })))).toMatchObject({
      code: 'STUDY_CHANGED',
    });
  });
});
