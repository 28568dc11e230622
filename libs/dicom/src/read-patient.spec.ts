import { file, identity, raw } from '../test-support/raw-bytes';
import type { DataSet } from './dictionary/dictionary';
import { openPart10 } from './open-part10';
import { readDescriptions, readPatientIdentity, readPatientStudyModule } from './read-patient';
import { writePart10 } from './writer';

const uids = {
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.481.3',
  SOPInstanceUID: '1.2.3.9',
  StudyInstanceUID: '1.2.3.4',
  SeriesInstanceUID: '1.2.3.6',
};
const PATIENT: DataSet = {
  ...uids,
  PatientName: 'Sørensen^Åse',
  PatientID: 'A-1',
  IssuerOfPatientID: 'REGION',
  PatientBirthDate: '19600615',
  PatientSex: 'F',
  StudyDate: '20260131',
  StudyTime: '123000',
  StudyID: '7',
  AccessionNumber: 'ACC1',
  ReferringPhysicianName: 'Nørgaard^Ib',
  StudyDescription: 'CT thorax',
  SeriesDescription: 'Serie 1',
  ProtocolName: 'Lunge',
};

describe('the patient and the study', () => {
  it('are copied as they stand, and can be written again', () => {
    const module = readPatientStudyModule(writePart10(PATIENT));
    expect(module).toEqual({
      ...Object.fromEntries(
        Object.entries(PATIENT).filter(([key]) => /^(Patient|Issuer|Study|Accession|Referring)/.test(key)),
      ),
    });
    const again = writePart10({ ...uids, ...module });
    expect(readPatientStudyModule(openPart10(again))).toEqual(module);
    expect(readPatientIdentity(again)).toEqual({ patientId: 'A-1', issuerOfPatientId: 'REGION' });
    expect(readDescriptions(writePart10(PATIENT))).toEqual({
      study: 'CT thorax',
      series: 'Serie 1',
      protocol: 'Lunge',
    });
  });

  it.each([
    ['StudyDate', 0x00080020, 'DA', '2026.01.31', '20260131'],
    ['StudyDate', 0x00080020, 'DA', '20260231', null],
    ['StudyDate', 0x00080020, 'DA', '20261345', null],
    ['StudyTime', 0x00080030, 'TM', '12:30:05', '123005'],
    ['StudyTime', 0x00080030, 'TM', '25:61 ', null],
    ['PatientSex', 0x00100040, 'CS', 'FEMALE', null],
    ['StudyID', 0x00200010, 'SH', 'longer than sixteen!', null],
    ['PatientID', 0x00100020, 'LO', 'X'.repeat(70), 'X'.repeat(70)],
  ])('%s: %j as the standard allows it', (keyword, tag, vr, text, expected) => {
    const bytes = file(Buffer.concat([identity(), raw(tag, vr, text)]));
    expect(readPatientStudyModule(bytes)).toMatchObject({ [keyword]: expected });
  });
});
