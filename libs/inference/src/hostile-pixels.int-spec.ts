/**
 * Pixel data made to harm a decoder (group E of the bad inputs): the child fails or is killed within its limits, with a code that
 * says so, and the process that asked goes on and gets the next answer.
 */
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobInstance } from '@modelbank/contracts';
import { part10Preamble, parseUid, readPixelFrames, sopClassUid, writeDataSet } from '@modelbank/dicom';
import type { DataSet } from '@modelbank/dicom';
import { itWhen } from '@modelbank/testing';
import { compareObjects } from './compare-objects';
import { measureImageFacts } from './measure-image-facts';

jest.setTimeout(90_000);

const JPEG_BASELINE = '1.2.840.10008.1.2.4.50';
const RLE = '1.2.840.10008.1.2.5';
const JPEG_2000 = '1.2.840.10008.1.2.4.90';
const NATIVE = '1.2.840.10008.1.2.1';
const SIDE = 64;
const CT: DataSet = {
  SOPClassUID: sopClassUid('CTImageStorage'),
  SOPInstanceUID: parseUid('1.2.3.1'),
  StudyInstanceUID: parseUid('1.2.3.2'),
  SeriesInstanceUID: parseUid('1.2.3.3'),
  ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
  ImagePositionPatient: [0, 0, 0],
  ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
  PixelSpacing: [1, 1],
  RescaleIntercept: 0,
  RescaleSlope: 1,
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  Rows: SIDE,
  Columns: SIDE,
  BitsAllocated: 16,
  BitsStored: 16,
  HighBit: 15,
  PixelRepresentation: 0,
};

let folder: string;
let good: JobInstance;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'modelbank-hostile-'));
  good = native(CT, Buffer.alloc(SIDE * SIDE * 2));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let made = 0;
function keep(transferSyntaxUid: string, dataSet: DataSet, pixelElement: Buffer): JobInstance {
  const uid = parseUid('1.2.3.1');
  const meta = { sopClassUid: uid, sopInstanceUid: uid, transferSyntaxUid: parseUid(transferSyntaxUid) };
  const bytes = Buffer.concat([part10Preamble(meta), writeDataSet(dataSet, 'explicit'), pixelElement]);
  const path = join(folder, `${(made += 1)}.dcm`);
  writeFileSync(path, bytes);
  return { path, sha256: createHash('sha256').update(bytes).digest('hex'), sopInstanceUid: uid };
}

const PIXEL_DATA = Buffer.from('e07f1000', 'hex');
function native(dataSet: DataSet, pixels: Buffer): JobInstance {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(pixels.length);
  return keep(NATIVE, dataSet, Buffer.concat([PIXEL_DATA, Buffer.from('OW\0\0', 'latin1'), length, pixels]));
}
function encapsulated(transferSyntaxUid: string, stream: Buffer, more: DataSet = {}): JobInstance {
  const even = stream.length % 2 === 0 ? stream : Buffer.concat([stream, Buffer.alloc(1)]);
  const item = Buffer.from('feff00e000000000', 'hex');
  const fragment = Buffer.from(item);
  fragment.writeUInt32LE(even.length, 4);
  const header = Buffer.concat([PIXEL_DATA, Buffer.from('OB\0\0', 'latin1'), Buffer.alloc(4, 0xff)]);
  const end = Buffer.from('feffdde000000000', 'hex');
  return keep(transferSyntaxUid, { ...CT, ...more }, Buffer.concat([header, item, fragment, even, end]));
}

/** SOC and SIZ that claim this image and these tiles (ISO 15444-1 A.5.1), then nothing that could be decoded. */
function jpeg2000(side: number, tile: number): Buffer {
  const siz = Buffer.alloc(41);
  siz.writeUInt16BE(41, 0);
  for (const [value, at] of [
    [side, 4],
    [side, 8],
    [tile, 20],
    [tile, 24],
  ])
    siz.writeUInt32BE(value, at);
  siz.writeUInt16BE(1, 36);
  siz.set([15, 1, 1], 38);
  const cod = Buffer.from('ff52000c00000001000503030001', 'hex');
  const qcd = Buffer.from('ff5c00134000', 'hex');
  return Buffer.concat([Buffer.from('ff4fff51', 'hex'), siz, cod, qcd, Buffer.alloc(200), Buffer.from('ffd9', 'hex')]);
}

/** One segment whose offset points behind the end (PS3.5 G.5). */
function rle(offset: number, body: number[]): Buffer {
  const header = Buffer.alloc(64);
  header.writeUInt32LE(2, 0);
  header.writeUInt32LE(64, 4);
  header.writeUInt32LE(offset, 8);
  return Buffer.concat([header, Buffer.from(body)]);
}

const KILLED = ['INFERENCE_OUT_OF_MEMORY', 'INFERENCE_TIMEOUT', 'INFERENCE_CRASHED'];
const REFUSED = ['DECODING_FAILED', 'DATASET_TOO_LARGE', 'SERIES_NOT_USABLE'];

describe('pixel data that would harm a decoder', () => {
  it.each<[string, () => JobInstance]>([
    ['JPEG 2000 that claims 60000 x 60000', () => encapsulated(JPEG_2000, jpeg2000(60_000, 60_000))],
    ['JPEG 2000 of 65535 tiles', () => encapsulated(JPEG_2000, jpeg2000(65_535, 256))],
    ['JPEG 2000 of tiles without a size', () => encapsulated(JPEG_2000, jpeg2000(SIDE, 0))],
    ['RLE with a segment behind its end', () => encapsulated(RLE, rle(0x7fffffff, [0, 1, 2]))],
    ['RLE that ends in an escape', () => encapsulated(RLE, rle(66, [0x7f, 0x81]))],
    [
      'a portable map in place of JPEG',
      () =>
        encapsulated(JPEG_BASELINE, Buffer.from('P7\nWIDTH 64\nHEIGHT 64\nENDHDR\n'), {
          BitsAllocated: 8,
          BitsStored: 8,
          HighBit: 7,
        }),
    ],
    [
      'a portable map in place of native pixels',
      () => native(CT, Buffer.from('P7\nWIDTH 60000\nHEIGHT 60000\nENDHDR\n')),
    ],
    [
      '65535 x 65535 x 65535 pixels',
      () => native({ ...CT, Rows: 65_535, Columns: 65_535, NumberOfFrames: 65_535 }, Buffer.alloc(100)),
    ],
    ['a fragment of one byte', () => encapsulated(JPEG_2000, Buffer.alloc(1))],
  ])('%s: refused or killed, and the next one is answered', async (_, hostile) => {
    const instance = hostile();
    await expectEnd(compareObjects(good, instance));
    await expectEnd(measureImageFacts([instance, instance, instance]));
    await expect(compareObjects(good, good)).resolves.toMatchObject({ differenceCount: 0 });
  });

  /** Each scan over a large image takes a while: nobody waits for eighty thousand of them. */
  itWhen(existsSync('/usr/bin/dcmcjpeg'), 'dcmcjpeg of dcmtk is not installed')(
    'JPEG of 80000 scans: killed at its time',
    async () => {
      const stream = jpegWithScans(80_000);
      const large = { Rows: 512, Columns: 512, BitsAllocated: 8, BitsStored: 8, HighBit: 7 } as const;
      const hostile = encapsulated(JPEG_BASELINE, stream, large);
      const other = encapsulated(JPEG_BASELINE, stream.subarray(0, stream.length - 4), large);
      const started = performance.now();
      const ended = await compareObjects(hostile, other, { timeoutMs: 4000 }).then(
        () => undefined,
        (thrown: { code: string }) => thrown.code,
      );
      expect([...KILLED, ...REFUSED]).toContain(ended);
      expect(performance.now() - started).toBeLessThan(30_000);
    },
  );
});

async function expectEnd(run: Promise<unknown>): Promise<void> {
  const code = await run.then(
    () => undefined,
    (thrown: { code: string }) => thrown.code,
  );
  expect([...KILLED, ...REFUSED]).toContain(code);
}

/** The progressive JPEG of a CT, with its last scan again and again. */
function jpegWithScans(scans: number): Buffer {
  const source = join(folder, 'source.dcm');
  const bytes = native(
    { ...CT, Rows: 512, Columns: 512, BitsAllocated: 8, BitsStored: 8, HighBit: 7 },
    Buffer.from(Array.from({ length: 512 * 512 }, (_, i) => (i * 7) % 251)),
  );
  writeFileSync(source, readFileSync(bytes.path));
  execFileSync('dcmcjpeg', ['+ep', '--uid-never', source, `${source}.jpg`], { stdio: 'pipe' });
  // dcmtk names another syntax for it: only the stream is wanted
  const [stream] = readPixelFrames(withSyntax(readFileSync(`${source}.jpg`)));
  const whole = Buffer.from(stream);
  const lastScan = whole.lastIndexOf(Buffer.from([0xff, 0xda]));
  const end = whole.lastIndexOf(Buffer.from([0xff, 0xd9]));
  const scan = whole.subarray(lastScan, end);
  const short = scan.subarray(0, Math.min(scan.length, 64));
  return Buffer.concat([
    whole.subarray(0, end),
    ...Array.from({ length: scans }, () => short),
    Buffer.from([0xff, 0xd9]),
  ]);
}

/** JPEG full progression is not accepted by our reader: the file says baseline, the stream stays what it is. */
function withSyntax(bytes: Buffer): Buffer {
  const progressive = Buffer.from('1.2.840.10008.1.2.4.55', 'latin1');
  const at = bytes.indexOf(progressive);
  if (at >= 0) bytes.write(JPEG_BASELINE, at, 'latin1');
  return bytes;
}
