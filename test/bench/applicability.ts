/** How long one series takes against 500 registered versions. Prints the best and the median of 20 rounds; asserts nothing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@modelbank/platform';
import { evaluateApplicability, parseManifest } from '@modelbank/registry';
import type { ObservedInputSet } from '@modelbank/registry';

const ROUNDS = 20;
const CHEST: ObservedInputSet = {
  ct: {
    headers: {
      sopClassUids: ['1.2.840.10008.5.1.4.1.1.2'],
      modality: 'CT',
      imageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
      bodyPart: 'CHEST',
      patientPosition: 'HFS',
      contrast: false,
      irreversiblyCompressed: false,
    },
    grid: {
      slices: 200,
      sliceSpacingMm: { min: 1.5, max: 1.5 },
      pixelSpacingMm: { min: 0.8, max: 0.8 },
      extentMm: { leftRight: 410, anteriorPosterior: 410, craniocaudal: 300 },
      orientation: 'axial',
    },
    descriptions: ['Thorax'],
    imageFacts: {
      bodyWidthMm: 400,
      bodyDepthMm: 250,
      bodyCrossSectionCm2: 700,
      airAroundBodyFraction: 0.4,
      lungVolumeMl: 4000,
      boneFraction: 0.1,
      boneFractionCranialThird: 0.1,
      boneFractionMiddleThird: 0.1,
      boneFractionCaudalThird: 0.1,
    },
  },
};

const manifest = parseManifest(readFileSync(join(repositoryRoot(), 'models/reference-ct-anatomy/model.yaml'), 'utf8'));
const versions = Array.from({ length: 500 }, (_, index) => ({ ...manifest, version: `1.0.${index}` }));
const rounds = Array.from({ length: ROUNDS }, () => {
  const started = performance.now();
  for (const version of versions) evaluateApplicability(version, CHEST);
  return performance.now() - started;
}).sort((a, b) => a - b);
process.stdout.write(`500 versions: best ${rounds[0].toFixed(1)} ms, median ${rounds[ROUNDS / 2].toFixed(1)} ms\n`);
