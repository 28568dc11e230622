/** What the benchmark sends: series of 512 KB CT slices and one large multi-frame object, each round with UIDs of its own. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deriveUid } from '@modelbank/dicom';
import { writeSyntheticCt } from '@modelbank/testing';

export const SLICE_PIXEL_BYTES = 512 * 1024;
export const LARGE_PIXEL_BYTES = 511 * 1_000_000;

/** Files of one folder and their size in all. */
export interface Sendable {
  readonly folder: string;
  readonly paths: readonly string[];
  readonly bytes: number;
}

/** One series of `count` slices: the same header and pixels, another SOP Instance UID in each. */
export async function writeSeries(folder: string, seed: string, count: number): Promise<Sendable> {
  await mkdir(folder, { recursive: true });
  const template = join(folder, 'template');
  const { sopInstanceUid } = await writeSyntheticCt(template, seed, SLICE_PIXEL_BYTES);
  const bytes = await readFile(template);
  await rm(template);
  const places = placesOf(bytes, sopInstanceUid);
  const paths: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const uid = deriveUid(seed, String(index)).slice(0, sopInstanceUid.length).padEnd(sopInstanceUid.length, '1');
    for (const place of places) bytes.write(uid, place, 'latin1');
    const path = join(folder, `${String(index).padStart(4, '0')}.dcm`);
    await writeFile(path, bytes);
    paths.push(path);
  }
  return { folder, paths, bytes: count * bytes.length };
}

/** One object of 511 MB. */
export async function writeLargeObject(folder: string, seed: string): Promise<Sendable> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'large.dcm');
  await writeSyntheticCt(path, seed, LARGE_PIXEL_BYTES);
  return { folder, paths: [path], bytes: LARGE_PIXEL_BYTES };
}

/** The same files divided into folders, one for each sender that works at the same time. */
export async function divide({ folder, paths, bytes }: Sendable, parts: number): Promise<Sendable[]> {
  const each = Math.ceil(paths.length / parts);
  return Array.from({ length: parts }, (_, part) => ({
    folder,
    paths: paths.slice(part * each, (part + 1) * each),
    bytes: bytes / parts,
  }));
}

function placesOf(bytes: Buffer, uid: string): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(uid); at >= 0; at = bytes.indexOf(uid, at + uid.length)) places.push(at);
  return places;
}
