/**
 * Masks on the scan's own grid become files: bit-packed in the order of geometry's `Mask`, fsynced, with their SHA-256. Empty and full masks end the run: a label without a voxel, or with every voxel, is no finding.
 */
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { HubError } from '@modelbank/contracts';
import type { LabelFile } from '@modelbank/contracts';
import { countVoxels, maskBox, maskVolumeMl, voxelCountOf } from '@modelbank/geometry';
import type { Grid, Mask } from '@modelbank/geometry';
import { frameSize, scanToTensorIndex } from '@modelbank/imaging';
import type { TensorFrame } from '@modelbank/imaging';
import type { ManifestLabel } from '@modelbank/registry';
import { sha256 } from './verified-files';

/** Throws OUTPUT_UNUSABLE with the names of all labels that are empty without leave, or full. */
export function requireUsable(labels: readonly ManifestLabel[], masks: ReadonlyMap<string, Mask>): void {
  const problems = labels.flatMap(({ name, mayBeEmpty }) => {
    const mask = masks.get(name);
    if (mask === undefined) return [`"${name}" was not made`];
    const voxels = countVoxels(mask);
    if (voxels === 0) return mayBeEmpty === true ? [] : [`"${name}" is empty`];
    return voxels === voxelCountOf(mask.grid) ? [`"${name}" fills the whole scan`] : [];
  });
  if (problems.length > 0) throw new HubError('OUTPUT_UNUSABLE', `the output cannot be used: ${problems.join('; ')}`);
}

/** Writes one label to `label-<index>.bits`; it is on the disk when this returns. */
export async function writeLabel(
  folder: string,
  index: number,
  name: string,
  mask: Mask,
  frame: TensorFrame,
): Promise<LabelFile> {
  const file = `label-${index}.bits`;
  await mkdir(folder, { recursive: true });
  await writeDurably(join(folder, file), mask.bits);
  const voxelCount = countVoxels(mask);
  return {
    name,
    file,
    sha256: sha256(mask.bits),
    voxelCount,
    volumeMl: voxelCount === 0 ? 0 : maskVolumeMl(mask),
    empty: voxelCount === 0,
    cutByScanEnd: touchesEnd(mask, frame),
  };
}

/** fsync of the folder makes the files' names durable too. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const handle = await open(path, 'w', 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Reaches the first or last slice that the network saw: the scan's end, or the tensor's where its size leaves slices out. */
export function touchesEnd(mask: Mask, frame: TensorFrame): boolean {
  const box = maskBox(mask);
  if (box === null) return false;
  const seen = slicesSeen(mask.grid, frame);
  return box.first[2] <= seen.first || box.last[2] >= seen.last;
}

function slicesSeen(grid: Grid, frame: TensorFrame): { readonly first: number; readonly last: number } {
  const along = frame.axes.findIndex((axis) => axis.scanAxis === 2);
  const size = frameSize(frame)[along];
  const isSeen = grid.origins.map((_, k) => {
    const index = scanToTensorIndex(frame, grid, [0, 0, k])[along];
    return index >= -0.5 && index <= size - 0.5;
  });
  return { first: isSeen.indexOf(true), last: isSeen.lastIndexOf(true) };
}
