/** A model package as the registry would know it, and the job that runs it on a series. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InferenceJobSpec, JobInstance } from '@modelbank/contracts';
import { parseManifest } from '@modelbank/registry';
import type { ModelManifest } from '@modelbank/registry';
import { sha256 } from './stored-series';

/** The job of a package folder, its files' digests taken now. */
export function jobOf(
  packageFolder: string,
  instances: readonly JobInstance[],
  outputFolder: string,
): InferenceJobSpec {
  const manifest = parseManifest(readFileSync(join(packageFolder, 'model.yaml'), 'utf8'));
  const files = filesBelow(packageFolder).map(
    (path) => [path, sha256(readFileSync(join(packageFolder, path)))] as const,
  );
  return {
    kind: 'infer',
    jobId: 'test',
    manifest,
    packageFolder,
    packageFiles: Object.fromEntries(files),
    inputs: { [manifest.inputs[0].role]: instances },
    parameters: {},
    outputFolder,
    executionProvider: 'cpu',
    threads: 2,
  };
}

/** Writes a small package: one network from bytes, with parts of its manifest replaced. */
export function writePackage(folder: string, network: Uint8Array, changes: Partial<ModelManifest> = {}): string {
  const manifest = { ...SMALL_MANIFEST, ...changes };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'model.onnx'), network);
  writeFileSync(join(folder, 'MODEL_CARD.md'), 'A network of a test.\n');
  // JSON is YAML
  writeFileSync(join(folder, 'model.yaml'), JSON.stringify(manifest, null, 1));
  return folder;
}

function filesBelow(folder: string, prefix = ''): string[] {
  return readdirSync(join(folder, prefix), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesBelow(folder, `${prefix}${entry.name}/`) : [`${prefix}${entry.name}`],
  );
}

const SMALL_MANIFEST: ModelManifest = {
  manifestVersion: 1,
  id: 'small',
  version: '1.0.0',
  title: 'Small network of a test',
  owner: { organisation: 'Modelbank', contact: 'none' },
  task: 'test',
  intendedPurpose: 'Tests.',
  dmcg: 'none',
  deviceClass: 'none',
  inputs: [{ role: 'ct', kind: 'series', applicability: { modalities: ['CT'] } }],
  parameters: [],
  preprocessing: { orientation: 'LPS', intensity: [] },
  networks: [
    {
      name: 'only',
      file: 'model.onnx',
      input: { name: 'x', layout: 'NCDHW' },
      output: { name: 'y', channels: 1 },
      axes: 'zyx',
    },
  ],
  inference: { mode: 'whole', activation: 'none', ensemble: 'mean' },
  labels: [
    {
      name: 'Body',
      source: { type: 'threshold', channel: 0, above: -500 },
      color: [255, 0, 0],
      interpretedType: 'ORGAN',
    },
  ],
  postprocessing: [],
  limits: { timeoutSeconds: 60, memoryMiB: 1024 },
  goldenCases: { noneBecause: 'it is a test' },
};
