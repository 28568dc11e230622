import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXPLICIT_VR_LITTLE_ENDIAN, parseUid, readInstanceHeader, sopClassUid, splitPart10 } from '@modelbank/dicom';
import { anthropomorphicPhantom, phantomInstance, phantomSeriesUids } from '@modelbank/phantoms';
import { FolderObjectStore } from '@modelbank/store';
import { InstanceFile } from './instance-file';

const SERIES = {
  ...phantomSeriesUids('instance file'),
  ...{ patientName: 'Phantom', patientId: 'PHANTOM', date: '20260101', time: '120000' },
};
const phantom = anthropomorphicPhantom({ rows: 16, columns: 16, slices: 3, pixelSpacingMm: 25 });

/** A CT whose header has this many bytes of pictures before what intake reads. */
function ctWithLongHeader(bytes: number): Uint8Array {
  const attributes = { ReferencedImageSequence: iconsOf(bytes), ContrastBolusAgent: 'IOMERON' };
  return phantomInstance(phantom, { ...SERIES, attributes }, 1);
}

function iconsOf(bytes: number) {
  const item = {
    ReferencedSOPClassUID: sopClassUid('CTImageStorage'),
    ReferencedSOPInstanceUID: parseUid('1.2.826.0.1.3680043.8.498.12345678901234567890123456789012345'),
  };
  return Array.from({ length: Math.ceil(bytes / 110) }, () => item);
}

it.each([
  ['short', 0],
  ['longer than what is kept in memory', 3 * 1024 * 1024],
])('gives the whole header of an image when it is %s', async (_length, bytes) => {
  const folder = await mkdtemp(join(tmpdir(), 'modelbank-instance-'));
  const objects = new FolderObjectStore(folder);
  try {
    const part10 = Buffer.from(ctWithLongHeader(bytes));
    const { meta, dataSetOffset } = splitPart10(part10);
    const file = new InstanceFile(objects, {
      sopClassUid: parseUid(String(meta.sopClassUid)),
      sopInstanceUid: parseUid(String(meta.sopInstanceUid)),
      transferSyntaxUid: parseUid(EXPLICIT_VR_LITTLE_ENDIAN),
    });
    for (let at = dataSetOffset; at < part10.length; at += 65_536) await file.write(part10.subarray(at, at + 65_536));
    file.finish();
    const { sizeBytes, sha256 } = await file.commit('instances/ab/1');
    const stored = await readFile(objects.pathOf('instances/ab/1'));
    const header = file.header() ?? (await file.headerAt(objects.pathOf('instances/ab/1')));
    expect(readInstanceHeader(header)).toMatchObject({ contrast: true, rows: 16, columns: 16 });
    expect(stored.length).toBe(sizeBytes);
    expect(sha256).toBe(createHash('sha256').update(stored).digest('hex'));
    expect(stored.subarray(-(part10.length - dataSetOffset)).equals(part10.subarray(dataSetOffset))).toBe(true);
  } finally {
    await objects.close();
    await rm(folder, { recursive: true, force: true });
  }
});
