/** What we write, others read as we meant it: pydicom and dcmtk as oracles. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { differences, type Described } from '../test-support/pydicom-comparison';
import { DICTIONARY, type DataSet } from './dictionary/dictionary';
import { openPart10WithPixels } from './open-part10';
import { sopClassUid, STORAGE_SOP_CLASSES } from './sop-classes';
import { TRANSFER_SYNTAXES } from './transfer-syntaxes';
import { deriveUid } from './uid';
import { writePart10 } from './writer';

const PYTHON = '/usr/bin/python3';
const hasPydicom = spawnSync(PYTHON, ['-c', 'import pydicom']).status === 0;
const hasDcmdump = spawnSync('dcmdump', ['--version']).status === 0;
if (!hasPydicom) process.stdout.write('skipped: no python3 with pydicom here\n');
if (!hasDcmdump) process.stdout.write('skipped: dcmdump is not installed\n');
const withPydicom = hasPydicom ? it : it.skip;
const withDcmtk = hasDcmdump ? it : it.skip;

function pydicom(paths: readonly string[]): Described[] {
  const script = join(__dirname, '../test-support/read-with-pydicom.py');
  const output = execFileSync(PYTHON, [script, ...paths], { maxBuffer: 1 << 28, encoding: 'utf8' });
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Described);
}

const STRUCTURE_SET: DataSet = {
  SOPClassUID: sopClassUid('RTStructureSetStorage'),
  SOPInstanceUID: deriveUid('test', 'structure set'),
  StudyInstanceUID: deriveUid('test', 'study'),
  SeriesInstanceUID: deriveUid('test', 'series'),
  Modality: 'RTSTRUCT',
  PatientName: 'Sørensen^Åse Ægir=山田^太郎=やまだ^たろう',
  PatientID: 'TEST-1',
  PatientBirthDate: null,
  PatientSex: 'F',
  StudyDate: '20260131',
  StudyTime: '235959.123456',
  StructureSetLabel: 'AI, not approved',
  StructureSetROISequence: [{ ROINumber: 1, ROIName: 'Lung_L', ReferencedFrameOfReferenceUID: deriveUid('frame') }],
  ROIContourSequence: [
    {
      ReferencedROINumber: 1,
      ROIDisplayColor: [255, 128, 0],
      ContourSequence: [
        {
          ContourGeometricType: 'CLOSED_PLANAR',
          NumberOfContourPoints: 3,
          ContourData: [-0.1234567890123456, 1 / 3, 1e-7, 3.14159265358979e-7, -1234.56789012345, 99, 0, 1, 2],
        },
        { ContourGeometricType: 'POINT', NumberOfContourPoints: 1, ContourData: [0, -0, 1e20] },
      ],
    },
    { ReferencedROINumber: 2, ContourSequence: [] },
  ],
  SegmentSequence: [{ RecommendedDisplayCIELabValue: [65535, 0, 32768] }],
  PixelRepresentation: 1,
  PixelPaddingValue: -2000,
  TextValue: 'Line 1\r\nLine 2 \\ not split',
  ExtendedOffsetTable: new Uint8Array(16),
  FloatingPointValue: [1.5, -2.25e-300],
};

describe.each(['explicit', 'implicit'] as const)('a file that we wrote in %s VR', (encoding) => {
  const folder = mkdtempSync(join(tmpdir(), 'modelbank-dicom-'));
  const path = join(folder, `${encoding}.dcm`);
  const bytes = writePart10(STRUCTURE_SET, { encoding, sourceAeTitle: 'MODELBANK' });
  beforeAll(() => writeFileSync(path, bytes));
  afterAll(() => rmSync(folder, { recursive: true }));

  withPydicom('is read by pydicom exactly as by us', () => {
    const [described] = pydicom([path]);
    expect(Object.keys(described).length).toBe(Object.keys(STRUCTURE_SET).length);
    expect(differences(described, openPart10WithPixels(bytes).dataSet)).toEqual([]);
    expect(described['00100010']).toMatchObject({ values: [STRUCTURE_SET.PatientName] });
    const [roi] = described['30060039'] as Described[];
    const [contour] = roi['30060040'] as Described[];
    const data = (contour['30060050'] as { values: number[] }).values;
    expect(data[3]).toBeCloseTo(3.14159265358979e-7, 17);
  });

  withDcmtk('is read by dcmdump without a warning', () => {
    const dump = spawnSync('dcmdump', ['+L', '+U8', path], { encoding: 'utf8' });
    expect({ status: dump.status, stderr: dump.stderr }).toEqual({ status: 0, stderr: '' });
    expect(dump.stdout).toContain('Sørensen^Åse Ægir=山田^太郎=やまだ^たろう');
    expect(dump.stdout).toContain('[3.14159265359e-7'.slice(1));
  });
});

withPydicom('the tables of elements and UIDs are those of pydicom', () => {
  const elements = Object.entries(DICTIONARY).map(([keyword, { tag, vr, vm }]) => [
    keyword,
    tag.toString(16).padStart(8, '0'),
    vr,
    vm,
  ]);
  const uids = [...STORAGE_SOP_CLASSES, ...TRANSFER_SYNTAXES].map(({ keyword, uid }) => [keyword, uid]);
  const script = join(__dirname, '../test-support/known-to-pydicom.py');
  const wrong = execFileSync(PYTHON, [script], { input: JSON.stringify({ elements, uids }), encoding: 'utf8' });
  expect(JSON.parse(wrong)).toEqual([]);
});
