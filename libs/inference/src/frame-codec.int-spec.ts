/** The compiled codecs on the WG-04 images (the same CT in seven encodings) and on streams that dcmtk made of them. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readPixelDescription, readPixelFrames } from '@modelbank/dicom';
import { decodeFrame } from '@modelbank/imaging';
import type { FrameCodec, StoredPixels } from '@modelbank/imaging';
import { itWhen } from '@modelbank/testing';
import { createFrameCodec } from './frame-codec';

const DATA = process.env.MODELBANK_TEST_DATA ?? resolve(__dirname, '../../../../shared/data');
const FOLDER = join(DATA, 'ct-syntaxes-wg04');
const hasData = existsSync(FOLDER);
const hasDcmtk = spawnSync('dcmcjpeg', ['--version']).status === 0;
if (!hasData) process.stdout.write(`skipped: no WG-04 images in ${FOLDER} (set MODELBANK_TEST_DATA)\n`);
const withDcmtk = itWhen(hasDcmtk, 'dcmcjpeg of dcmtk is not installed');
const OPENJPEG = '/usr/bin/opj_decompress';
const withOpenJpeg = itWhen(existsSync(OPENJPEG), 'opj_decompress of OpenJPEG is not installed');

let codec: FrameCodec;

function decodeFile(path: string): StoredPixels {
  const bytes = readFileSync(path);
  const description = readPixelDescription(bytes);
  const [frame] = readPixelFrames(bytes);
  return decodeFrame(description, frame, description.transferSyntax.uid, codec);
}

function differences(a: StoredPixels, b: StoredPixels): { readonly largest: number } {
  let largest = 0;
  for (let index = 0; index < a.length; index++) {
    const difference = Math.abs(a[index] - b[index]);
    if (difference > largest) largest = difference;
  }
  return { largest };
}

/** NEAR stands in the scan header, FFDA, after the components (ISO 14495-1 C.2.3). */
function statedNear(stream: Uint8Array): number {
  const at = Buffer.from(stream.buffer, stream.byteOffset, stream.byteLength).indexOf(Buffer.from([0xff, 0xda]));
  return stream[at + 5 + 2 * stream[at + 4]];
}

function littleEndianWords(bytes: Buffer, signed: boolean): StoredPixels {
  const words = Array.from({ length: bytes.length / 2 }, (_, i) =>
    signed ? bytes.readInt16LE(2 * i) : bytes.readUInt16LE(2 * i),
  );
  return signed ? Int16Array.from(words) : Uint16Array.from(words);
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

  it('CT1_JLSN is within NEAR of the uncompressed image, as its stream states it', () => {
    const bytes = readFileSync(join(FOLDER, 'CT1_JLSN.dcm'));
    const near = statedNear(readPixelFrames(bytes)[0]);
    expect(near).toBeGreaterThan(0);
    const original = decodeFile(join(FOLDER, 'CT1_UNC.dcm'));
    expect(differences(decodeFile(join(FOLDER, 'CT1_JLSN.dcm')), original).largest).toBeLessThanOrEqual(near);
  });

  /** What another decoder makes of the same stream; within 1, because arithmetic of floating point may be rounded either way. */
  withOpenJpeg.each(['CT1_J2KI', 'CT2_J2KI', 'CT1_J2KR', 'CT2_J2KR'])('%s is within 1 of OpenJPEG', (name) => {
    const path = join(FOLDER, `${name}.dcm`);
    const ours = decodeFile(path);
    const description = readPixelDescription(readFileSync(path));
    writeFileSync(join(folder, `${name}.j2k`), readPixelFrames(readFileSync(path))[0]);
    execFileSync(OPENJPEG, ['-i', join(folder, `${name}.j2k`), '-o', join(folder, `${name}.rawl`)], { stdio: 'pipe' });
    const theirs = littleEndianWords(readFileSync(join(folder, `${name}.rawl`)), description.pixelRepresentation === 1);
    expect(theirs).toHaveLength(ours.length);
    expect(differences(ours, theirs).largest).toBeLessThanOrEqual(1);
  });

  withDcmtk.each([
    ['JPEG of 8 bits', '+eb', 'dcmdjpeg'],
    ['JPEG of 12 bits', '+ee', 'dcmdjpeg'],
  ])('%s is within 1 of dcmtk', (_, encoder, decoder) => {
    const made = join(folder, `jpeg${encoder}.dcm`);
    execFileSync('dcmcjpeg', [encoder, join(FOLDER, 'CT2_UNC.dcm'), made], { stdio: 'pipe' });
    execFileSync(decoder, [made, `${made}.native`], { stdio: 'pipe' });
    expect(differences(decodeFile(made), decodeFile(`${made}.native`)).largest).toBeLessThanOrEqual(1);
  });

  withDcmtk('CT1_JLSN is what dcmtk makes of it', () => {
    const native = join(folder, 'jlsn.dcm');
    execFileSync('dcmdjpls', [join(FOLDER, 'CT1_JLSN.dcm'), native], { stdio: 'pipe' });
    expect(differences(decodeFile(join(FOLDER, 'CT1_JLSN.dcm')), decodeFile(native)).largest).toBe(0);
  });

  withDcmtk.each([1, 2, 3, 4, 5, 6, 7])('JPEG lossless of predictor %i is exact', (predictor) => {
    const source = join(FOLDER, 'CT2_UNC.dcm');
    const made = join(folder, `predictor-${predictor}.dcm`);
    execFileSync('dcmcjpeg', ['--encode-lossless', '--selection-value', String(predictor), source, made]);
    expect(differences(decodeFile(made), decodeFile(source)).largest).toBe(0);
  });

  it('refuses video with the name of the transfer syntax', () => {
    const bytes = readFileSync(join(FOLDER, 'CT1_JPLL.dcm'));
    const [frame] = readPixelFrames(bytes);
    expect(() => decodeFrame(readPixelDescription(bytes), frame, '1.2.840.10008.1.2.4.107', codec)).toThrow(
      expect.objectContaining({
        code: 'UNSUPPORTED_TRANSFER_SYNTAX',
        message: 'Transfer syntax 1.2.840.10008.1.2.4.107 cannot be decoded here',
      }),
    );
  });

  /** The compiled decoders make pixels of nearly half of these and say nothing. */
  describe.each(['CT1_JPLL', 'CT1_J2KR', 'CT1_J2KI', 'CT1_JLSL', 'CT1_JLSN', 'CT1_RLE'])('of %s', (name) => {
    const bytes = hasData ? readFileSync(join(FOLDER, `${name}.dcm`)) : Buffer.alloc(0);
    const decode = (change: (frame: Uint8Array) => Uint8Array, more: { rows?: number; columns?: number } = {}) => {
      const description = { ...readPixelDescription(bytes), ...more };
      return decodeFrame(description, change(readPixelFrames(bytes)[0]), description.transferSyntax.uid, codec);
    };
    const corrupt = expect.objectContaining({ name: 'ImagingError', code: 'PIXEL_DATA_CORRUPT' }) as Error;

    it.each([0.1, 0.5, 0.9, 0.99])('refuses a stream of which only %d is there', (share) => {
      expect(() => decode((frame) => frame.subarray(0, Math.floor(frame.length * share)))).toThrow(corrupt);
    });

    it('refuses a stream whose end is zeros', () => {
      expect(() => decode((frame) => Uint8Array.from(frame).fill(0, frame.length - 2000))).toThrow(corrupt);
    });

    it.each([{ rows: 600 }, { columns: 600 }, { rows: 600, columns: 600 }])(
      'refuses a stream that is smaller than the header says: %j',
      (size) => expect(() => decode((frame) => frame, size)).toThrow(corrupt),
    );
  });

  it('decodes the mammogram', () => {
    const path = join(DATA, 'mg-ge-ffdm-fodicom/MG.R-MLO.GH133.dcm');
    const { rows, columns } = readPixelDescription(readFileSync(path));
    expect(new Set(decodeFile(path)).size).toBeGreaterThan(1000);
    expect(decodeFile(path)).toHaveLength(rows * columns);
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
