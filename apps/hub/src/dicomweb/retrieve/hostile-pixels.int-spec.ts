/** Bad inputs, group E, through the routes: each is refused with a problem, and the hub serves good pictures beside it and afterwards. */
import { IntakeBench } from '../../../../../test/support/intake-bench';
import { element } from '../../../../../test/support/ct-slices';
import { jsonOf, webGet } from '../../../../../test/support/dicomweb-reader';
import { pixelFile, pixelFileUids, ramp } from '../../../../../test/support/pixel-files';
import type { PixelFilePlan } from '../../../../../test/support/pixel-files';
import { storeInstance } from '../../../../../test/support/stored-instances';

const JPEG_BASELINE = '1.2.840.10008.1.2.4.50';
const JPEG_2000 = '1.2.840.10008.1.2.4.90';
const RLE = '1.2.840.10008.1.2.5';
const GOOD = { seed: 'good', pixels: ramp(24) };

/** Each refused frame costs a child, and the next one has to start. */
jest.setTimeout(60_000);

let bench: IntakeBench;

beforeAll(async () => {
  bench = await IntakeBench.open({ configure: ({ dicomweb }) => (dicomweb.limits.decoderTimeoutMs = 10_000) });
  await bench.enrol();
  await storeInstance(bench, 'odense', pixelFile(GOOD));
});
afterAll(() => bench.dispose());

function pathOf(plan: PixelFilePlan): string {
  const { study, series, instance } = pixelFileUids(plan);
  return `studies/${study}/series/${series}/instances/${instance}`;
}

const get = (path: string, accept: string) => webGet(bench, path, { centre: 'odense' }, { accept });

async function requireGoodPicture(): Promise<void> {
  expect((await get(`${pathOf(GOOD)}/rendered`, 'image/png')).status).toBe(200);
}

/** JPEG 2000: SIZ of this size and tile size, and nothing behind it. */
function jpeg2000(width: number, height: number, tile = Math.max(width, height)): Buffer {
  const siz = Buffer.alloc(43);
  siz.writeUInt16BE(0xff51, 0);
  siz.writeUInt16BE(41, 2);
  [width, height, 0, 0, tile, tile, 0, 0].forEach((value, at) => siz.writeUInt32BE(value, 6 + 4 * at));
  siz.writeUInt16BE(1, 38);
  siz.set([15, 1, 1], 40);
  const cod = Buffer.from('ff52000c00000001000501040400', 'hex');
  const qcd = Buffer.from('ff5c00134048485048485048485048485048485048', 'hex');
  const sot = Buffer.from('ff90000a0000000000000001ff93', 'hex');
  return Buffer.concat([Buffer.from('ff4f', 'hex'), siz, cod, qcd, sot, Buffer.alloc(200), Buffer.from('ffd9', 'hex')]);
}

/** A progressive JPEG whose scans each refine all blocks of a large image, from no data at all. */
function progressiveJpeg(side: number, scans: number): Buffer {
  const quantisation = Buffer.concat([Buffer.from('ffdb004300', 'hex'), Buffer.alloc(64, 1)]);
  const frame = Buffer.from('ffc2000b080000000001011100', 'hex');
  frame.writeUInt16BE(side, 5);
  frame.writeUInt16BE(side, 7);
  const huffman = Buffer.concat([
    Buffer.from('ffc4001400', 'hex'),
    Buffer.from([1]),
    Buffer.alloc(15),
    Buffer.alloc(1),
  ]);
  const first = Buffer.from('ffda0008010100000001', 'hex');
  const refine = Buffer.from('ffda000801010000001000', 'hex');
  return Buffer.concat([
    Buffer.from('ffd8', 'hex'),
    quantisation,
    frame,
    huffman,
    first,
    Buffer.alloc(4),
    ...Array.from({ length: scans }, () => refine),
    Buffer.from('ffd9', 'hex'),
  ]);
}

const palette = (entries: number, value: Buffer) => [
  ...[0x00281101, 0x00281102, 0x00281103].map((tag) => element(tag, 'US', words(entries, 0, 16))),
  ...[0x00281201, 0x00281202, 0x00281203].map((tag) => element(tag, 'OW', value)),
];
const words = (...values: number[]) => Buffer.from(Uint16Array.from(values).buffer);
const huge = Buffer.from('ffffffff', 'hex');

const HOSTILE: readonly (readonly [string, Omit<PixelFilePlan, 'seed'>])[] = [
  ['E1: rows and columns of 65535, 65535 frames', { rows: 65535, columns: 65535, frames: 65535, pixels: ramp(4) }],
  ['E1: a product that wraps 2^32', { rows: 65535, columns: 65535, frames: 2, bitsAllocated: 8, pixels: ramp(4) }],
  [
    'E2: a palette shorter than it says',
    { photometric: 'PALETTE COLOR', bitsAllocated: 8, pixels: Buffer.alloc(24, 9), more: palette(256, words(1, 2)) },
  ],
  [
    'E2: a palette without an entry for the largest pixel',
    { photometric: 'PALETTE COLOR', bitsAllocated: 8, pixels: Buffer.alloc(24, 9), more: palette(2, words(1, 2)) },
  ],
  [
    'E4: JPEG 2000 of 60000 x 60000 in a small stream',
    { rows: 512, columns: 512, transferSyntaxUid: JPEG_2000, pixels: [jpeg2000(60_000, 60_000)] },
  ],
  [
    'E4: JPEG 2000 of 65535 tiles',
    { rows: 512, columns: 512, transferSyntaxUid: JPEG_2000, pixels: [jpeg2000(65_535, 255, 16)] },
  ],
  [
    'E4: JPEG 2000 of 60000 x 60000 that the header believes',
    { rows: 60_000, columns: 60_000, transferSyntaxUid: JPEG_2000, pixels: [jpeg2000(60_000, 60_000)] },
  ],
  [
    'E6: RLE segments that begin behind the end',
    {
      transferSyntaxUid: RLE,
      pixels: [Buffer.concat([Buffer.from('02000000400000ffff00ffff', 'hex'), Buffer.alloc(60)])],
    },
  ],
  [
    'E7: another picture in the place of JPEG 2000',
    {
      transferSyntaxUid: JPEG_2000,
      pixels: [Buffer.from('P7\nWIDTH 60000\nHEIGHT 60000\nDEPTH 4\nMAXVAL 255\nENDHDR\n')],
    },
  ],
  [
    'E7: another picture in the place of native pixels',
    { pixels: Buffer.from('P7\nWIDTH 6\nHEIGHT 4\nDEPTH 1\nENDHDR\n') },
  ],
  ['no frame at all behind a compressed header', { transferSyntaxUid: JPEG_2000, pixels: [] }],
  ['more frames than there are', { frames: 5, transferSyntaxUid: JPEG_2000, pixels: [jpeg2000(6, 4)] }],
];

describe('hostile pixels', () => {
  it.each(HOSTILE)('%s', async (name, shape) => {
    const plan = { ...shape, seed: name };
    await storeInstance(bench, 'odense', pixelFile(plan));
    const path = pathOf(plan);
    for (const [route, accept] of [
      ['/rendered', 'image/png'],
      ['/thumbnail', '*/*'],
      ['/frames/1', 'application/octet-stream'],
      ['', 'application/dicom; transfer-syntax=1.2.840.10008.1.2.1'],
    ]) {
      const isNativeFile = route === '' && !('transferSyntaxUid' in shape);
      const [answer] = await Promise.all([get(path + route, accept), requireGoodPicture()]);
      if (isNativeFile || answer.status === 200) expect(shownAsStored(name, route)).toBe(true);
      else {
        expect([404, 413, 422]).toContain(answer.status);
        expect(jsonOf<{ code: string }>(answer).code).toMatch(/^(DECODING_FAILED|DATASET_TOO_LARGE|NOT_FOUND)$/);
      }
    }
    await requireGoodPicture();
  });

  it('E1: rows and columns as UL FFFFFFFF', async () => {
    const plan = { seed: 'UL', pixels: ramp(24) };
    const file = pixelFile(plan);
    const at = file.indexOf(Buffer.from('28001000', 'hex'));
    const sizes = Buffer.concat([element(0x00280010, 'UL', huge), element(0x00280011, 'UL', huge)]);
    const lying = Buffer.concat([file.subarray(0, at), sizes, file.subarray(at + 20)]);
    await storeInstance(bench, 'odense', lying, file);
    for (const route of ['/rendered', '/frames/1', '/thumbnail']) {
      expect((await get(pathOf(plan) + route, '*/*')).status).toBe(422);
    }
    await requireGoodPicture();
  });

  it('E9: a transfer syntax that nobody knows is given as it is, and decoded by nobody', async () => {
    const plan = { seed: 'unknown syntax', transferSyntaxUid: JPEG_2000, pixels: [jpeg2000(6, 4)] };
    const described = pixelFile(plan);
    const unknown = Buffer.from(described.toString('latin1').replace(JPEG_2000, '1.2.840.10008.1.2.4.99'), 'latin1');
    await storeInstance(bench, 'odense', unknown, described);
    expect((await get(pathOf(plan), 'application/dicom; transfer-syntax=*')).body.equals(unknown)).toBe(true);
    for (const route of ['/rendered', '/frames/1', '/metadata']) {
      expect((await get(pathOf(plan) + route, '*/*')).status).toBe(422);
    }
    await requireGoodPicture();
  });

  it('E5: a progressive JPEG of 80000 scans costs one child its life, or its time, and nobody else anything', async () => {
    const side = 2048;
    const pixels = [progressiveJpeg(side, 80_000)];
    const shape = { rows: side, columns: side, bitsAllocated: 8, transferSyntaxUid: JPEG_BASELINE, pixels };
    const plan = { seed: 'scans', ...shape };
    await storeInstance(bench, 'odense', pixelFile(plan));
    const answer = get(`${pathOf(plan)}/rendered`, 'image/png');
    await requireGoodPicture();
    const { status, body } = await answer;
    expect([status, body.toString()]).toEqual([422, expect.stringContaining('DECODING_FAILED')]);
    await requireGoodPicture();
  });
});

/** Palettes do not matter to who asks for stored values, nor a lie about frames to who asks for the first. */
function shownAsStored(name: string, route: string): boolean {
  return route === '' || (route === '/frames/1' && name.startsWith('E2'));
}
