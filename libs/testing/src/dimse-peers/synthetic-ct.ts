/** CT instances of any size with made-up content, for sending: a header that every peer takes and pixels that do not compress. */
import { randomBytes } from 'node:crypto';
import { appendFile, writeFile } from 'node:fs/promises';
import { deriveUid, part10Preamble, sopClassUid, EXPLICIT_VR_LITTLE_ENDIAN } from '@modelbank/dicom';

export interface SyntheticCt {
  readonly path: string;
  readonly sopInstanceUid: string;
  readonly dataSetOffset: number;
}

const CHUNK_BYTES = 4_194_304;

/** Writes a file whose pixel data measures `pixelBytes` (even). The `seed` decides all UIDs. */
export async function writeSyntheticCt(path: string, seed: string, pixelBytes: number): Promise<SyntheticCt> {
  const sopInstanceUid = deriveUid(seed, 'instance');
  const preamble = part10Preamble({
    sopClassUid: sopClassUid('CTImageStorage'),
    sopInstanceUid,
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
  });
  const header = Buffer.concat([
    text(0x0008, 0x0016, 'UI', sopClassUid('CTImageStorage')),
    text(0x0008, 0x0018, 'UI', sopInstanceUid),
    text(0x0008, 0x0060, 'CS', 'CT'),
    text(0x0010, 0x0010, 'PN', 'SYNTHETIC'),
    text(0x0010, 0x0020, 'LO', 'SYNTHETIC'),
    text(0x0020, 0x000d, 'UI', deriveUid(seed, 'study')),
    text(0x0020, 0x000e, 'UI', deriveUid(seed, 'series')),
    number(0x0028, 0x0002, 1),
    text(0x0028, 0x0004, 'CS', 'MONOCHROME2'),
    number(0x0028, 0x0010, 512),
    number(0x0028, 0x0011, 512),
    number(0x0028, 0x0100, 16),
    number(0x0028, 0x0101, 16),
    number(0x0028, 0x0102, 15),
    number(0x0028, 0x0103, 0),
    pixelHeader(pixelBytes),
  ]);
  await writeFile(path, Buffer.concat([preamble, header]));
  const noise = randomBytes(Math.min(CHUNK_BYTES, pixelBytes));
  for (let written = 0; written < pixelBytes; written += noise.length) {
    await appendFile(path, noise.subarray(0, Math.min(noise.length, pixelBytes - written)));
  }
  return { path, sopInstanceUid, dataSetOffset: preamble.length };
}

function text(group: number, element: number, vr: string, value: string): Buffer {
  const padded = value.length % 2 === 0 ? value : value + (vr === 'UI' ? '\0' : ' ');
  return shortForm(group, element, vr, Buffer.from(padded, 'latin1'));
}

function number(group: number, element: number, value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value, 0);
  return shortForm(group, element, 'US', bytes);
}

function shortForm(group: number, element: number, vr: string, value: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(group, 0);
  header.writeUInt16LE(element, 2);
  header.write(vr, 4, 'latin1');
  header.writeUInt16LE(value.length, 6);
  return Buffer.concat([header, value]);
}

function pixelHeader(pixelBytes: number): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt16LE(0x7fe0, 0);
  header.writeUInt16LE(0x0010, 2);
  header.write('OW', 4, 'latin1');
  header.writeUInt32LE(pixelBytes, 8);
  return header;
}
