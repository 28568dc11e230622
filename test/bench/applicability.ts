/** How long one series takes against 500 registered versions. Prints the best and the median of 20 rounds; asserts nothing. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '@modelbank/platform';
import { evaluateApplicability, parseManifest } from '@modelbank/registry';
import { CHEST } from '../../libs/registry/src/selection/example-series';

const ROUNDS = 20;
const manifest = parseManifest(readFileSync(join(repositoryRoot(), 'models/reference-ct-anatomy/model.yaml'), 'utf8'));
const versions = Array.from({ length: 500 }, (_, index) => ({ ...manifest, version: `1.0.${index}` }));

const rounds = Array.from({ length: ROUNDS }, () => {
  const started = performance.now();
  for (const version of versions) evaluateApplicability(version, { ct: CHEST });
  return performance.now() - started;
}).sort((a, b) => a - b);
process.stdout.write(`500 versions: best ${rounds[0].toFixed(1)} ms, median ${rounds[ROUNDS / 2].toFixed(1)} ms\n`);
