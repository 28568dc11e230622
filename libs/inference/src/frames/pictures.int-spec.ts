/** Frames and pictures of real and dcmtk-made files, against dcmtk: the same pixels, and the same greys up to its rounding down. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { PNG } from 'pngjs';
import { readPixelDescription, readPixelFrames } from '@modelbank/dicom';
import { compileChild } from '../../test-support/compile-child';
import { pixelFile } from '../../../../test/support/pixel-files';
import type { RenderFrame } from './frame-messages';
import { FramePool } from './frame-pool';

const DATA = process.env.MODELBANK_TEST_DATA ?? resolve(__dirname, '../../../../../shared/data');
const hasData = existsSync(DATA);
const hasDcmtk = spawnSync('dcmj2pnm', ['--version']).status === 0;
if (!hasData) process.stdout.write(`skipped in part: no test data in ${DATA} (set MODELBANK_TEST_DATA)\n`);
if (!hasDcmtk) process.stdout.write('skipped: dcmj2pnm of dcmtk is not installed\n');

const PLAIN = { format: 'image/png', quality: 90, structureSetPaths: [], legend: false, annotations: [] } as const;
const RGB = Buffer.from(
  Array.from({ length: 64 * 96 }, (_, at) => [(at % 96) * 2, (at >> 5) & 255, (at * 3) & 255]).flat(),
);

let folder: string;
let pool: FramePool;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'modelbank-pictures-'));
  pool = new FramePool({ entry: join(dirname(compileChild()), 'frames/frame-child.js') });
  const colour = { seed: 'colour', rows: 64, columns: 96, samples: 3, photometric: 'RGB', bitsAllocated: 8 };
  writeFileSync(join(folder, 'rgb.dcm'), pixelFile({ ...colour, pixels: RGB }));
}, 60_000);
afterAll(() => {
  pool.close();
  rmSync(folder, { recursive: true, force: true });
});

async function picture(path: string, more: Partial<RenderFrame> = {}): Promise<PNG> {
  const { bytes } = await pool.run({ kind: 'render', path, frame: 1, ...PLAIN, ...more });
  return PNG.sync.read(Buffer.from(bytes));
}

/** What dcmtk makes of it: width, height and samples of a PGM or PPM. */
function dcmtkPicture(path: string, ...options: string[]) {
  const bytes = execFileSync('dcmj2pnm', ['--write-raw-pnm', ...options, path], { maxBuffer: 1 << 28, stdio: 'pipe' });
  const [head = '', kind, width, height] =
    /^P([56])\s+(?:#.*\s+)?(\d+)\s+(\d+)\s+\d+\s/.exec(bytes.toString('latin1', 0, 200)) ?? [];
  return {
    channels: kind === '6' ? 3 : 1,
    width: Number(width),
    height: Number(height),
    samples: bytes.subarray(head.length),
  };
}

function largestDifference(ours: PNG, theirs: ReturnType<typeof dcmtkPicture>): number {
  expect([ours.width, ours.height]).toEqual([theirs.width, theirs.height]);
  let largest = 0;
  for (let at = 0; at < ours.width * ours.height; at++) {
    for (let c = 0; c < theirs.channels; c++) {
      largest = Math.max(largest, Math.abs(ours.data[at * 4 + c] - theirs.samples[at * theirs.channels + c]));
    }
  }
  return largest;
}

(hasDcmtk && hasData ? describe : describe.skip)('pictures of real images are those of dcmtk', () => {
  it.each([
    ['ct-syntaxes-wg04/CT2_UNC.dcm', 50, 400, 'LINEAR'],
    ['ct-syntaxes-wg04/CT2_JPLL.dcm', 50, 400, 'LINEAR'],
    ['ct-syntaxes-wg04/CT1_UNC.dcm', 0, 1000, 'LINEAR'],
    ['ct-head-cranium/CT/CT.060.dcm', 40, 80, 'LINEAR'],
    // its own header says SIGMOID, and dcmtk keeps to that
    ['mg-ge-ffdm-fodicom/MG.R-MLO.GH133.dcm', 2653, 900, 'SIGMOID'],
  ] as const)('%s at %i/%i', async (name, center, width, kind) => {
    const path = join(DATA, name);
    const ours = await picture(path, { window: { center, width, function: kind } });
    expect(largestDifference(ours, dcmtkPicture(path, '+Ww', String(center), String(width)))).toBeLessThanOrEqual(1);
  });
});

(hasDcmtk ? describe : describe.skip)('colours', () => {
  it.each([
    ['JPEG baseline, YBR', ['dcmcjpeg', '+eb']],
    ['JPEG baseline, RGB', ['dcmcjpeg', '+eb', '+cr']],
    ['JPEG lossless', ['dcmcjpeg', '+e1']],
    ['JPEG-LS', ['dcmcjpls']],
    ['RLE', ['dcmcrle']],
    ['no compression', ['dcmconv']],
    ['no compression, big-endian', ['dcmconv', '+tb']],
  ] as const)('of %s are those of dcmtk', async (name, [tool, ...options]) => {
    const path = join(folder, `${name}.dcm`);
    execFileSync(tool, [...options, join(folder, 'rgb.dcm'), path]);
    // dcmj2pnm reads no JPEG-LS: lossless, so the picture is that of the original
    const theirs = dcmtkPicture(tool === 'dcmcjpls' ? join(folder, 'rgb.dcm') : path);
    expect(largestDifference(await picture(path), theirs)).toBeLessThanOrEqual(1);
  });
});

(hasDcmtk && hasData ? describe : describe.skip)('frames', () => {
  it.each(['CT1_RLE', 'CT1_JPLL', 'CT1_JLSL', 'CT1_J2KR', 'CT2_RLE', 'CT2_JPLL', 'CT2_JLSL', 'CT2_J2KR'])(
    '%s decodes to the uncompressed image, and is given as stored when asked so',
    async (name) => {
      const path = join(DATA, 'ct-syntaxes-wg04', `${name}.dcm`);
      const [uncompressed] = readPixelFrames(
        readFileSync(join(DATA, 'ct-syntaxes-wg04', `${name.slice(0, 3)}_UNC.dcm`)),
      );
      const native = await pool.run({ kind: 'frame', path, frame: 1, as: 'native' });
      expect(Buffer.from(native.bytes).equals(Buffer.from(uncompressed))).toBe(true);
      const stored = await pool.run({ kind: 'frame', path, frame: 1, as: 'stored' });
      expect(Buffer.from(stored.bytes).equals(Buffer.from(readPixelFrames(readFileSync(path))[0]))).toBe(true);
    },
  );

  it.each(['CT1_RLE', 'CT1_JPLL', 'CT1_JLSL', 'CT1_J2KR'])('half of %s is no image', async (name) => {
    const bytes = readFileSync(join(DATA, 'ct-syntaxes-wg04', `${name}.dcm`));
    const [frame] = readPixelFrames(bytes).map((each) => Buffer.from(each));
    const { rows, columns, bitsAllocated, transferSyntax } = readPixelDescription(bytes);
    const pixels = [frame.subarray(0, frame.length >> 1)];
    const path = join(folder, `half of ${name}.dcm`);
    writeFileSync(
      path,
      pixelFile({ seed: name, rows, columns, bitsAllocated, transferSyntaxUid: transferSyntax.uid, pixels }),
    );
    await expect(pool.run({ kind: 'frame', path, frame: 1, as: 'native' })).rejects.toMatchObject({
      code: 'DECODING_FAILED',
    });
  });
});
