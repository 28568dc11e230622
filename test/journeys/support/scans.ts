/** Small chests with one thing wrong: a slice left out, shifted, turned, or a whole series of another kind. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deriveUid } from '@modelbank/dicom';
import type { DataSet } from '@modelbank/dicom';
import type { Vec3 } from '@modelbank/geometry';
import { anthropomorphicPhantom, phantomInstance } from '@modelbank/phantoms';
import type { PhantomOptions } from '@modelbank/phantoms';
import { SMALL_CHEST } from './journey-package';

export interface ScanPlan {
  /** Decides study and frame of reference; with `series` also the series. */
  readonly study: string;
  readonly series?: string;
  readonly options?: PhantomOptions;
  /** On every slice. */
  readonly attributes?: DataSet;
  /** On slice k, whose first pixel lies at `position`; null leaves the slice out. */
  readonly slice?: (k: number, position: Vec3) => DataSet | null;
}

export interface Scan {
  readonly paths: readonly string[];
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
}

export async function writeScan(folder: string, plan: ScanPlan): Promise<Scan> {
  const { study, series = 'ct', slice = () => ({}) } = plan;
  const uids = {
    studyInstanceUid: deriveUid('scan', study),
    seriesInstanceUid: deriveUid('scan', study, series),
    frameOfReferenceUid: deriveUid('scan', study, 'frame'),
  };
  const identity = { patientName: 'Phantom^Journey', patientId: `PHANTOM-${study}`, date: '20260101', time: '120000' };
  const phantom = anthropomorphicPhantom({ ...SMALL_CHEST, ...plan.options });
  const into = join(folder, study, series);
  await mkdir(into, { recursive: true });
  const paths: string[] = [];
  for (const [k, position] of phantom.grid.origins.entries()) {
    const own = slice(k, position);
    if (own === null) continue;
    const attributes = { SeriesDescription: study, ...plan.attributes, ...own };
    const path = join(into, `${String(k).padStart(3, '0')}.dcm`);
    await writeFile(path, phantomInstance(phantom, { ...uids, ...identity, attributes }, k));
    paths.push(path);
  }
  return { paths, ...uids };
}
