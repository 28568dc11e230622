/**
 * Real and broken files: what becomes of each (a change of the table is a decision), and whether we read what pydicom reads.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import * as fc from 'fast-check';
import { cpuMs } from '../test-support/cpu-time';
import { differences, type Described } from '../test-support/pydicom-comparison';
import { checkPart10 } from './check-part10';
import { DicomError } from './dicom-error';
import { openPart10, openPart10WithPixels } from './open-part10';
import { readPixelFrames } from './pixel-data';
import type { ReadableDataSet } from './readable-data-set';
import { readInstanceHeader } from './read-instance-header';
import { readDescriptions, readPatientStudyModule } from './read-patient';

const ROOT = process.env.MODELBANK_TEST_DATA ?? resolve(__dirname, '../../../../shared/data');

/** All DICOM files below a folder of the test data. Empty, with the reason printed, when the data is not here. */
function testFiles(folder = '.'): string[] {
  const start = join(ROOT, folder);
  if (!existsSync(start)) {
    process.stdout.write(`skipped: there is no test data in ${start} (set MODELBANK_TEST_DATA)\n`);
    return [];
  }
  return readdirSync(start, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.dcm'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

const PYTHON = '/usr/bin/python3';
const hasPydicom = spawnSync(PYTHON, ['-c', 'import pydicom']).status === 0;

function pydicom(paths: readonly string[]): Described[] {
  const script = join(__dirname, '../test-support/read-with-pydicom.py');
  const output = execFileSync(PYTHON, [script, ...paths], { maxBuffer: 1 << 28, encoding: 'utf8' });
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Described);
}

const files = testFiles();
const whenHere = files.length > 0 ? describe : describe.skip;

function outcome(run: () => unknown): string {
  try {
    run();
    return 'sound';
  } catch (error) {
    if (error instanceof DicomError) return error.code;
    throw error;
  }
}

const REFUSED: Readonly<Record<string, string>> = {
  'ExplVR_BigEndNoMeta.dcm': 'NOT_DICOM',
  'ExplVR_LitEndNoMeta.dcm': 'NOT_DICOM',
  'no_meta.dcm': 'NOT_DICOM',
  'MR_truncated.dcm': 'DATASET_TRUNCATED',
  'rtplan_truncated.dcm': 'DATASET_TRUNCATED',
  'emri_small_jpeg_2k_lossless_too_short.dcm': 'DATASET_TRUNCATED',
  'bad_sequence.dcm': 'UID_INVALID',
  'image_dfl.dcm': 'DATASET_MALFORMED',
  'meta_missing_tsyntax.dcm': 'DATASET_MALFORMED',
  'nested_priv_SQ.dcm': 'DATASET_MALFORMED',
  // pixel data of odd length
  'dx_image.dcm': 'DATASET_MALFORMED',
};

whenHere('the test data', () => {
  it('is sound, but for the files that are known not to be', () => {
    const refused = files
      .map((path) => [basename(path), outcome(() => checkPart10(readFileSync(path)))] as const)
      .filter(([, code]) => code !== 'sound');
    expect(Object.fromEntries(refused)).toEqual(REFUSED);
  });

  it('gives the same header from the bytes before the pixels', () => {
    for (const path of files.filter((each) => /ct-syntaxes|mg-ge|ct3-seg|ct-head-cranium\/CT\/CT.00/.test(each))) {
      const bytes = readFileSync(path);
      const { structure, dataSetOffset } = checkPart10(bytes);
      const prefix = bytes.subarray(0, dataSetOffset + (structure.pixelDataOffset ?? 0));
      expect(readInstanceHeader(prefix)).toEqual(readInstanceHeader(bytes));
      expect(readPatientStudyModule(prefix)).toEqual(readPatientStudyModule(bytes));
    }
  });

  it('survives flipped bits, cuts and lies about lengths, with a DicomError or a value, and quickly', () => {
    const samples = files
      .filter((path) =>
        /CT1_RLE|ct-syntaxes.*CT2_J2KR|RS.mim|sr_document.dcm|chrH32|UN_sequence|ExplVR_BigEnd.dcm|seg_image_ct_binary.dcm/.test(
          path,
        ),
      )
      .map((path) => readFileSync(path));
    const mutation = fc.record({
      sample: fc.nat(samples.length - 1),
      cut: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 3 }),
      flips: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(255)), {
        minLength: 1,
        maxLength: 8,
      }),
    });
    fc.assert(
      fc.property(mutation, ({ sample, cut, flips }) => {
        const bytes = Buffer.from(samples[sample]);
        const headerEnd = Math.min(bytes.length, 8000);
        for (const [where, value] of flips) bytes[Math.floor(where * (headerEnd - 1))] = value;
        const mutated = cut === null ? bytes : bytes.subarray(0, Math.floor(cut * bytes.length));
        const started = cpuMs();
        for (const read of [
          checkPart10,
          readInstanceHeader,
          readPatientStudyModule,
          readDescriptions,
          readPixelFrames,
          readEverything,
        ]) {
          outcome(() => read(mutated));
        }
        expect(cpuMs() - started).toBeLessThan(1000);
      }),
      { numRuns: 400 },
    );
  });
});

/** Of each file: the UIDs, and where the header of the pixel data begins, as pydicom finds them. */
const STRUCTURE_OF_PYDICOM = `
import json, sys, pydicom
for path in sys.argv[1:]:
    ds = pydicom.dcmread(path, force=True)
    text = lambda name: str(ds.get(name, '')) or None
    tag = next((t for t in (0x7fe00008, 0x7fe00009, 0x7fe00010) if t in ds), None)
    at = None if tag is None else ds.get_item(tag)
    end = None if at is None else (at.value_tell if hasattr(at, 'value_tell') else at.file_tell)
    print(json.dumps([text('SOPClassUID'), text('SOPInstanceUID'), text('StudyInstanceUID'), text('SeriesInstanceUID'), end]))
`;

const whenPydicom = files.length > 0 && hasPydicom ? it : it.skip;
whenPydicom('the structure check finds what pydicom finds in every sound file: UIDs, pixel data, the last byte', () => {
  const sound = files.filter((path) => outcome(() => checkPart10(readFileSync(path))) === 'sound');
  const lines = execFileSync(PYTHON, ['-W', 'ignore', '-c', STRUCTURE_OF_PYDICOM, ...sound], {
    maxBuffer: 1 << 26,
    encoding: 'utf8',
  });
  const theirs = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as (string | number | null)[]);
  const ours = sound.map((path) => {
    const bytes = readFileSync(path);
    const { structure, dataSetOffset, meta } = checkPart10(bytes);
    expect(dataSetOffset + structure.byteLength).toBe(bytes.length);
    const { sopClassUid, sopInstanceUid, studyInstanceUid, seriesInstanceUid, pixelDataOffset } = structure;
    const headerBytes = meta.transferSyntaxUid === '1.2.840.10008.1.2' ? 8 : 12;
    const value = pixelDataOffset === undefined ? null : dataSetOffset + pixelDataOffset + headerBytes;
    return [sopClassUid, sopInstanceUid, studyInstanceUid, seriesInstanceUid]
      .map((uid) => uid ?? null)
      .concat(value as never);
  });
  expect(ours).toEqual(theirs);
});

function readEverything(bytes: Uint8Array): void {
  const pending: ReadableDataSet[] = [openPart10WithPixels(bytes).dataSet];
  for (let read = 0; pending.length > 0 && read < 2000; read += 1) {
    const dataSet = pending.pop();
    for (const tag of dataSet?.tags ?? []) {
      dataSet?.texts(tag);
      dataSet?.numbers(tag);
      pending.push(...(dataSet?.items(tag) ?? []));
    }
  }
}

describe('what pydicom reads from real files', () => {
  /** Of a series, one slice is enough. */
  const samples = files.filter((path) => !/CT\.\d+\.dcm$/.test(path) || path.endsWith('CT.001.dcm'));
  const readable = samples.filter((path) => {
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
    process.stdout.write('skipped: no real data, or no python3 with pydicom here\n');
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
