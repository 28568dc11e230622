/** What the hub can learn of the file systems it writes to: room, whether the right one is there, whether it takes bytes. */
import { randomUUID } from 'node:crypto';
import { access, constants, mkdir, open, statfs, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { VolumeReading } from '@modelbank/contracts';
import { locationsOf } from '@modelbank/platform';
import type { Configuration } from '@modelbank/platform';
import { asStorageFailure } from './durable-files';
import { requireMarker } from './folder-marker';
import { PARTS_FOLDER } from './object-key';

/** More than one block, so that a full disk shows. */
const PROBE_BYTES = 64 * 1024;

/** A few system calls, no bytes. Throws STORAGE_FAILED where the objects folder is missing, another one or read-only. */
export async function readVolumes(configuration: Configuration): Promise<VolumeReading[]> {
  const locations = locationsOf(configuration);
  await requireMarker(locations);
  try {
    const parts = join(locations.objects, PARTS_FOLDER);
    // the marker is there, so this is no empty mount point
    await mkdir(parts, { recursive: true });
    await access(parts, constants.W_OK);
    const volumes = [await readVolume('objects', locations.objects)];
    if (configuration.database.type === 'sqlite') {
      volumes.push(await readVolume('database', dirname(locations.database)));
    }
    return volumes;
  } catch (thrown) {
    throw asStorageFailure(thrown);
  }
}

/** Writes, syncs and removes a small part file. Throws what a reception would meet. */
export async function probeObjects(configuration: Configuration): Promise<void> {
  const path = join(locationsOf(configuration).objects, PARTS_FOLDER, `${randomUUID()}.part`);
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(Buffer.alloc(PROBE_BYTES));
      await file.sync();
    } finally {
      await file.close();
      await unlink(path);
    }
  } catch (thrown) {
    throw asStorageFailure(thrown);
  }
}

async function readVolume(part: VolumeReading['part'], folder: string): Promise<VolumeReading> {
  const { bsize, blocks, bfree, bavail } = await statfs(folder);
  const used = blocks - bfree;
  const usable = used + bavail;
  return {
    part,
    totalBytes: blocks * bsize,
    freeBytes: bavail * bsize,
    usedPercent: usable === 0 ? 100 : (100 * used) / usable,
  };
}
