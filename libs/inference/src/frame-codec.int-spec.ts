/** The compiled codecs on the WG-04 images (the same CT in seven encodings) and on streams that dcmtk made of them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readPixelDescription, readPixelFrames } from '@modelbank/dicom';
import { decodeFrame } from '@modelbank/imaging';
import type { FrameCodec, StoredPixels } from '@modelbank/imaging';
import { createFrameCodec } from './frame-codec';

const DATA = process.env.MODELBANK_TEST_DATA ?? resolve(__dirname, '../../../../shared/data');
const FOLDER = join(DATA, 'ct-syntaxes-wg04');
const hasData = existsSync(FOLDER);
const hasDcmtk = spawnSync('dcmcjpeg', ['--version']).status === 0;
if (!hasData) process.stdout.write(`skipped: no WG-04 images in ${FOLDER} (set MODELBANK_TEST_DATA)\n`);
if (!hasDcmtk) process.stdout.write('skipped in part: dcmcjpeg of dcmtk is not installed\n');

let codec: FrameCodec;

function decodeFile(path: string): StoredPixels {
  const bytes = readFileSync(path);
  const description = readPixelDescription(bytes);
  const [frame] = readPixelFrames(bytes);
  return decodeFrame(description, frame, description.transferSyntax.uid, codec);
}

function differences(a: StoredPixels, b: StoredPixels): { readonly largest: number; readonly rms: number } {
  let largest = 0;
  let squares = 0;
  for (let index = 0; index < a.length; index++) {
    const difference = Math.abs(a[index] - b[index]);
    if (difference > largest) largest = difference;
    squares += difference * difference;
  }
  return { largest, rms: Math.sqrt(squares / a.length) };
}

(hasData ? describe : describe.skip)('createFrameCodec', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'modelbank-codec-'));
    codec = await createFrameCodec();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(['CT1_RLE', 'CT1_JPLL', 'CT1_JLSL', 'CT1_J2KR', 'CT2_RLE', 'CT2_JPLL', 'CT2_JLSL', 'CT2_J2KR'])(
    '%s has the pixels of the uncompressed image',
    (name) => {
      const original = decodeFile(join(FOLDER, `${name.slice(0, 3)}_UNC.dcm`));
      expect(differences(decodeFile(join(FOLDER, `${name}.dcm`)), original).largest).toBe(0);
    },
  );

  it.each([
    ['CT1_JLSN', 4, 4],
    ['CT1_J2KI', 500, 40],
    ['CT2_J2KI', 500, 40],
  ])('%s is as near as its lossy encoding allows', (name, largest, rms) => {
    const original = decodeFile(join(FOLDER, `${name.slice(0, 3)}_UNC.dcm`));
    const measured = differences(decodeFile(join(FOLDER, `${name}.dcm`)), original);
    expect(measured.largest).toBeLessThanOrEqual(largest);
    expect(measured.rms).toBeLessThanOrEqual(rms);
  });

  (hasDcmtk ? it : it.skip).each([1, 2, 3, 4, 5, 6, 7])('JPEG lossless of predictor %i is exact', (predictor) => {
    const source = join(FOLDER, 'CT2_UNC.dcm');
    const made = join(folder, `predictor-${predictor}.dcm`);
    execFileSync('dcmcjpeg', ['--encode-lossless', '--selection-value', String(predictor), source, made]);
    expect(differences(decodeFile(made), decodeFile(source)).largest).toBe(0);
  });

  it('refuses lossy JPEG with the name of the transfer syntax', () => {
    const bytes = readFileSync(join(FOLDER, 'CT1_JPLL.dcm'));
    const [frame] = readPixelFrames(bytes);
    expect(() => decodeFrame(readPixelDescription(bytes), frame, '1.2.840.10008.1.2.4.51', codec)).toThrow(
      expect.objectContaining({
        code: 'UNSUPPORTED_TRANSFER_SYNTAX',
        message: 'Transfer syntax 1.2.840.10008.1.2.4.51 cannot be decoded here',
      }),
    );
  });

  it.each(['CT1_JPLL', 'CT1_J2KR', 'CT1_JLSL', 'CT1_RLE'])('turns rubbish in %s into an error', (name) => {
    const bytes = readFileSync(join(FOLDER, `${name}.dcm`));
    const description = readPixelDescription(bytes);
    const rubbish = new Uint8Array(500).fill(7);
    expect(() => decodeFrame(description, rubbish, description.transferSyntax.uid, codec)).toThrow(
      expect.objectContaining({ name: 'ImagingError' }),
    );
  });
});
