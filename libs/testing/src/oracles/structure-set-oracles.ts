/** Other people's programs as oracles in tests: dciodvfy, plastimatch and pydicom. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { maskWhere, type Grid, type Mask } from '@modelbank/geometry';

export const DCIODVFY = '/usr/bin/dciodvfy';
export const PLASTIMATCH = '/usr/bin/plastimatch';
export const PYTHON = '/usr/bin/python3';

/** `describe`, or `describe.skip` with a printed reason where a path is missing. */
export function describeWith(paths: readonly string[]): jest.Describe {
  const missing = paths.filter((path) => !existsSync(path));
  if (missing.length === 0) return describe;
  process.stderr.write(`skipped: ${missing.join(', ')} not found\n`);
  return describe.skip;
}

/** Runs with a folder of its own that is removed afterwards. */
export function inTemporaryFolder<T>(action: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'structures-'));
  try {
    return action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Standard output of a program; throws with its standard error when it fails. */
export function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
  return stdout;
}

/** The lines in which dciodvfy complains; its exit code does not say. */
export function dciodvfyComplaints(bytes: Uint8Array): string[] {
  return inTemporaryFolder((folder) => {
    const path = join(folder, 'object.dcm');
    writeFileSync(path, bytes);
    const { stdout, stderr } = spawnSync(DCIODVFY, [path], { encoding: 'utf8' });
    return `${stdout}\n${stderr}`.split('\n').filter((line) => /^(Error|Warning)/.test(line));
  });
}

/** What pydicom prints as JSON when it runs the script with these arguments. */
export function pydicomJson<T>(script: string, args: readonly string[]): T {
  return JSON.parse(run(PYTHON, ['-c', script, ...args])) as T;
}

/** The masks that plastimatch sees, by ROI name, on an axial grid (it knows no other). */
export function plastimatchMasks(bytes: Uint8Array, grid: Grid, holes: 'xor' | 'or'): ReadonlyMap<string, Mask> {
  return inTemporaryFolder((folder) => {
    writeFileSync(join(folder, 'rs.dcm'), bytes);
    writeFileSync(join(folder, 'grid.mha'), metaImage(grid));
    run(PLASTIMATCH, [
      'convert',
      ...['--input', join(folder, 'rs.dcm'), '--fixed', join(folder, 'grid.mha')],
      ...(holes === 'xor' ? ['--xor-contours'] : []),
      ...['--output-prefix', join(folder, 'out'), '--prefix-format', 'mha'],
    ]);
    const files = readdirSync(join(folder, 'out'));
    return new Map(files.map((file) => [file.replace(/\.mha$/, ''), readMask(join(folder, 'out', file), grid)]));
  });
}

function readMask(path: string, grid: Grid): Mask {
  const count = grid.columns * grid.rows * grid.origins.length;
  const bytes = readFileSync(path);
  const voxels = bytes.subarray(bytes.length - count);
  return maskWhere(grid, (index) => voxels[index] !== 0);
}

function metaImage(grid: Grid): Buffer {
  const sliceMm = grid.origins[1][2] - grid.origins[0][2];
  const header = [
    'ObjectType = Image',
    'NDims = 3',
    'BinaryData = True',
    'BinaryDataByteOrderMSB = False',
    'CompressedData = False',
    'TransformMatrix = 1 0 0 0 1 0 0 0 1',
    `Offset = ${grid.origins[0].join(' ')}`,
    `ElementSpacing = ${grid.columnSpacingMm} ${grid.rowSpacingMm} ${sliceMm}`,
    `DimSize = ${grid.columns} ${grid.rows} ${grid.origins.length}`,
    'ElementType = MET_UCHAR',
    'ElementDataFile = LOCAL',
    '',
  ];
  return Buffer.concat([Buffer.from(header.join('\n')), Buffer.alloc(grid.columns * grid.rows * grid.origins.length)]);
}
