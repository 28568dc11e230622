/**
 * A model package for journeys: the graph of the reference model at a coarse spacing with two labels and no image facts, so
 * that a run takes a fraction of a second. Everything around it is what a real package goes through.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { REFERENCE_MODEL } from './journey-data';

export interface JourneyPackageOptions {
  readonly id?: string;
  /** Small makes it slow: the work grows with the third power. */
  readonly spacingMm?: number;
  /** Also a rule on the image itself, which selection has measured in a child process: it decides later. */
  readonly looksAtImage?: boolean;
  /** A threshold that no voxel reaches makes every run end as OUTPUT_UNUSABLE. */
  readonly boneAbove?: number;
}

interface ManifestText {
  id: string;
  task: string;
  inputs: { applicability: Record<string, unknown> }[];
  preprocessing: Record<string, unknown>;
  labels: { name: string; source?: Record<string, unknown> }[];
  postprocessing: unknown[];
}

/** Writes the package into `folder` and returns it. */
export function journeyPackage(folder: string, options: JourneyPackageOptions = {}): string {
  const { id = 'journey-anatomy', spacingMm = 8, boneAbove = 0.5, looksAtImage = false } = options;
  cpSync(REFERENCE_MODEL, folder, { recursive: true, filter: (path) => !path.includes('build') });
  const path = join(folder, 'model.yaml');
  const manifest = parse(readFileSync(path, 'utf8')) as ManifestText;
  const labels = manifest.labels.filter(({ name }) => name === 'External' || name === 'Bone');
  const written: ManifestText = {
    ...manifest,
    id,
    task: id,
    inputs: [{ ...manifest.inputs[0], applicability: { ...APPLICABILITY, ...(looksAtImage ? IMAGE_RULE : {}) } }],
    preprocessing: { ...manifest.preprocessing, spacingMm: [spacingMm, spacingMm, spacingMm] },
    labels: labels.map((label) =>
      label.name === 'Bone' ? { ...label, source: { ...label.source, above: boneAbove } } : label,
    ),
    postprocessing: [
      { step: 'largestComponents', label: 'External', count: 1 },
      { step: 'fillHoles', label: 'External', dimensions: 2 },
    ],
  };
  writeFileSync(path, stringify(written));
  return folder;
}

const APPLICABILITY = {
  sopClasses: ['CTImageStorage'],
  modalities: ['CT'],
  slices: { min: 4, max: 2000 },
  extentMm: { craniocaudal: { min: 50 } },
};

const IMAGE_RULE = { image: { bodyCrossSectionCm2: { min: 100 } } };

/** What journeys send to it: a chest that shows its bones, in few and small slices. */
export const SMALL_CHEST = { rows: 64, columns: 64, slices: 10, pixelSpacingMm: 6.4, sliceSpacingMm: 10, noiseHu: 0 };
