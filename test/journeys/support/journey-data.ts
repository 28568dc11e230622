/** What journeys send: small phantoms as files, the reference model, and real data where it is there. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DataSet } from '@modelbank/dicom';
import { anthropomorphicPhantom, phantomSeriesUids, phantomToDicom } from '@modelbank/phantoms';
import type { Phantom, PhantomOptions } from '@modelbank/phantoms';
import { repositoryRoot } from '@modelbank/platform';

export const REFERENCE_MODEL = join(repositoryRoot(), 'models', 'reference-ct-anatomy');

export interface PhantomFiles {
  readonly phantom: Phantom;
  readonly paths: readonly string[];
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly frameOfReferenceUid: string;
}

/** A chest of 64 slices at 3.2 x 3.2 x 5 mm by default: small, but all of it is there. */
export async function phantomFiles(
  folder: string,
  seed: string,
  options: PhantomOptions = {},
  attributes: DataSet = {},
): Promise<PhantomFiles> {
  await mkdir(folder, { recursive: true });
  const phantom = anthropomorphicPhantom({
    rows: 128,
    columns: 128,
    slices: 60,
    pixelSpacingMm: 3.2,
    sliceSpacingMm: 5,
    ...options,
  });
  const uids = phantomSeriesUids(seed);
  const series = {
    ...uids,
    patientName: 'Phantom^Journey',
    patientId: 'PHANTOM-J',
    date: '20260101',
    time: '120000',
    attributes,
  };
  const paths: string[] = [];
  for (const bytes of phantomToDicom(phantom, series)) {
    const path = join(folder, `ct-${String(paths.length).padStart(3, '0')}.dcm`);
    await writeFile(path, bytes);
    paths.push(path);
  }
  return { phantom, paths, ...uids };
}

/** A folder of the shared real data, or null with the reason printed. */
export function realData(folder: string): string | null {
  const root = process.env.MODELBANK_TEST_DATA ?? resolve(repositoryRoot(), '..', 'shared', 'data');
  const path = join(root, folder);
  if (existsSync(path)) return path;
  process.stderr.write(`skipped: no real data at ${path} (set MODELBANK_TEST_DATA)\n`);
  return null;
}

export async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).sort().map((name) => join(folder, name));
}
