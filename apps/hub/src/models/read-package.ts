/** What a copied package says of itself: its manifest, and that everything a registered package must have is there. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HubError } from '@modelbank/contracts';
import { describeProblem, ManifestError, readManifest } from '@modelbank/registry';
import type { ManifestReading, ModelManifest } from '@modelbank/registry';
import { GOLDEN_FOLDER, invalid, MANIFEST_FILE, MODEL_CARD_FILE, PACKAGE_LIMITS } from './package-rules';

/** The manifest with its warnings. Throws MANIFEST_INVALID with every problem, PACKAGE_INVALID for what is missing. */
export async function readPackage(folder: string, files: Readonly<Record<string, string>>): Promise<ManifestReading> {
  if (files[MANIFEST_FILE] === undefined) throw invalid(`${MANIFEST_FILE} is missing`, `Add ${MANIFEST_FILE}.`);
  const reading = await readManifestFile(join(folder, MANIFEST_FILE));
  const missing = missingFiles(reading.manifest, files);
  if (missing.length === 0) return reading;
  throw invalid(
    `the package lacks ${missing.join(', ')}`,
    'Add what is missing. A package without golden cases says why: `goldenCases: { noneBecause: ... }` in model.yaml.',
  );
}

async function readManifestFile(path: string): Promise<ManifestReading> {
  if ((await stat(path)).size > PACKAGE_LIMITS.manifestBytes) throw invalid('model.yaml is too large', 'Shorten it.');
  try {
    return readManifest(await readFile(path, 'utf8'));
  } catch (thrown) {
    if (!(thrown instanceof ManifestError)) throw thrown;
    throw new HubError('MANIFEST_INVALID', thrown.problems.map(describeProblem).join('; '), {
      advice: 'Correct these lines of model.yaml; docs/model-packages.md explains every key.',
    });
  }
}

function missingFiles(manifest: ModelManifest, files: Readonly<Record<string, string>>): string[] {
  const required = [MODEL_CARD_FILE, ...manifest.networks.map(({ file }) => file)];
  const missing = required.filter((path) => files[path] === undefined);
  const hasGolden = Object.keys(files).some((path) => path.startsWith(GOLDEN_FOLDER));
  return hasGolden || manifest.goldenCases !== undefined ? missing : [...missing, GOLDEN_FOLDER];
}
