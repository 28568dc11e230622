/** What we write, others read; what others read from real files, we read too: pydicom and dcmtk as oracles. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { testFiles } from '../test-support/test-data';
import { checkPart10 } from './check-part10';
import { DicomError } from './dicom-error';
import { DICTIONARY, type DataSet } from './dictionary/dictionary';
import { openPart10, openPart10WithPixels } from './open-part10';
import { readPixelFrames } from './pixel-data';
import type { ReadableDataSet } from './readable-data-set';
import { sopClassUid, STORAGE_SOP_CLASSES } from './sop-classes';
import { TRANSFER_SYNTAXES } from './transfer-syntaxes';
import { deriveUid } from './uid';
import { writePart10 } from './writer';

const PYTHON = '/usr/bin/python3';
const hasPydicom = spawnSync(PYTHON, ['-c', 'import pydicom']).status === 0;
const hasDcmdump = spawnSync('dcmdump', ['--version']).status === 0;
if (!hasPydicom) process.stdout.write('skipped: no python3 with pydicom here\n');
const withPydicom = hasPydicom ? it : it.skip;
const withDcmtk = hasDcmdump ? it : it.skip;

type Described = { [tag: string]: Described[] | string[] | { vr: string; values: (string | number)[] } };

function pydicom(paths: readonly string[]): Described[] {
  const script = join(__dirname, '../test-support/read-with-pydicom.py');
  const output = execFileSync(PYTHON, [script, ...paths], { maxBuffer: 1 << 28, encoding: 'utf8' });
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Described);
}

const NUMBERS = new Set(['DS', 'IS', 'US', 'SS', 'UL', 'SL', 'FL', 'FD']);

/** Every difference between what pydicom saw and what we see, as paths of tags. */
function differences(described: Described, ours: ReadableDataSet, path = ''): string[] {
  return Object.entries(described).flatMap(([key, theirs]) => {
    const tag = parseInt(key, 16);
    const here = `${path}/${key}`;
    if (tag === 0x7fe00010) return [];
    if (Array.isArray(theirs)) {
      const items = ours.items(tag);
      if (items.length !== theirs.length) return [`${here}: ${items.length} items, not ${theirs.length}`];
      return theirs.flatMap((item, i) => differences(item as Described, items[i], `${here}[${i}]`));
    }
    const same = NUMBERS.has(theirs.vr)
      ? sameNumbers(theirs.values, ours.numbers(tag))
      : sameTexts(theirs.values, ours.texts(tag));
    return same
      ? []
      : [`${here} ${theirs.vr}: ${JSON.stringify(ours.texts(tag))}, not ${JSON.stringify(theirs.values)}`];
  });
}

const sameNumbers = (theirs: readonly (string | number)[], ours: readonly number[]) =>
  theirs.length === ours.length &&
  theirs.every((value, i) => value === ours[i] || Math.fround(Number(value)) === ours[i]);

/** pydicom keeps leading spaces and drops the empty groups of names. */
const canonical = (value: string | number) => String(value).replace(/=+$/, '').replace(/\0+$/, '').trim();
const sameTexts = (theirs: readonly (string | number)[], ours: readonly string[]) =>
  theirs.map(canonical).join('\\') === ours.map(canonical).join('\\') ||
  theirs.map(canonical).join('\\').replace(/\s+/g, '') === ours.map(canonical).join('\\').replace(/\s+/g, '');

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

describe('real files', () => {
  /** Of a series, one slice is enough. */
  const files = testFiles().filter((path) => !/CT\.\d+\.dcm$/.test(path) || path.endsWith('CT.001.dcm'));
  const readable = files.filter((path) => {
    try {
      checkPart10(readFileSync(path));
      return true;
    } catch (error) {
      if (error instanceof DicomError) return false;
      throw error;
    }
  });
  const described = hasPydicom && readable.length > 0 ? pydicom(readable) : [];
  const all = readable.map((path, index) => [basename(path), path, described[index]] as const);
  const rows = all.filter(([, , theirs]) => !('error' in theirs));

  if (rows.length === 0 || !hasPydicom) {
    it.skip('are not here', () => undefined);
    return;
  }

  it('are all read by pydicom too, but for the one with IS that are no integers', () => {
    expect(all.filter(([, , theirs]) => 'error' in theirs).map(([name]) => name)).toEqual(['badVR.dcm']);
  });

  it.each(rows)('%s is read as by pydicom', (_name, path, theirs) => {
    expect(differences(theirs, openPart10WithPixels(readFileSync(path)).dataSet)).toEqual([]);
  });

  it.each(rows.filter(([name, , theirs]) => '7fe00010' in theirs && name !== 'MR_small_padded.dcm'))(
    '%s has the frames of pydicom',
    (_name, path, theirs) => {
      const bytes = readFileSync(path);
      const frames = readPixelFrames(bytes);
      const { transferSyntax } = openPart10(bytes);
      const digest = (frame: Uint8Array) => createHash('sha256').update(frame).digest('hex');
      if (transferSyntax.encapsulated) expect(frames.map(digest)).toEqual(theirs['7fe00010']);
      else if (transferSyntax.littleEndian) {
        const joined = Buffer.concat(frames);
        const padded = joined.length % 2 === 0 ? joined : Buffer.concat([joined, Buffer.alloc(1)]);
        expect([digest(padded)]).toEqual(theirs['7fe00010']);
      }
    },
  );
});
