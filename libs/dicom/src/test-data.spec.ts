/** What becomes of real and of broken files, by name: a change of this table is a decision. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import * as fc from 'fast-check';
import { testFiles } from '../test-support/test-data';
import { checkPart10 } from './check-part10';
import { DicomError } from './dicom-error';
import { openPart10WithPixels } from './open-part10';
import { readPixelFrames } from './pixel-data';
import type { ReadableDataSet } from './readable-data-set';
import { readInstanceHeader } from './read-instance-header';
import { readDescriptions, readPatientStudyModule } from './read-patient';

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
        const started = performance.now();
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
        expect(performance.now() - started).toBeLessThan(1000);
      }),
      { numRuns: 400 },
    );
  });
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
