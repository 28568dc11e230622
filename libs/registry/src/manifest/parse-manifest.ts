/** `model.yaml` -> ModelManifest, or every problem with its path, line and what to do. Unknown keys are refused. */
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { crossCheck } from './cross-checks';
import { deepFreeze } from './deep-freeze';
import type { Finding } from './finding';
import type { ModelManifest } from './manifest';
import { ManifestError, pathText } from './manifest-problem';
import type { ManifestProblem } from './manifest-problem';
import { ModelManifestDto } from './manifest.dto';
import { shapeFindings } from './shape-findings';
import { readYaml } from './yaml-source';
import type { YamlSource } from './yaml-source';

export interface ManifestReading {
  readonly manifest: ModelManifest;
  /** What is allowed but unwise, e.g. names that old planning systems cut. */
  readonly warnings: readonly ManifestProblem[];
}

/** The manifest, frozen and with its defaults filled in; throws ManifestError. */
export function parseManifest(yamlText: string): ModelManifest {
  return readManifest(yamlText).manifest;
}

/** As parseManifest, with the warnings for the model's owner. */
export function readManifest(yamlText: string): ManifestReading {
  const source = readYaml(yamlText);
  if (typeof source.value !== 'object' || source.value === null || Array.isArray(source.value)) {
    throw new ManifestError([
      { path: '', line: 1, message: 'must be a list of keys and values, starting with manifestVersion: 1' },
    ]);
  }
  const dto = plainToInstance(ModelManifestDto, source.value);
  const shape = shapeFindings(validateSync(dto, { whitelist: true, forbidNonWhitelisted: true }));
  if (shape.length > 0) throw new ManifestError(located(shape, source));
  const manifest = withDefaults(source.value as ModelManifest);
  const findings = crossCheck(manifest);
  const problems = findings.filter((finding) => finding.warning !== true);
  if (problems.length > 0) throw new ManifestError(located(problems, source));
  return { manifest: deepFreeze(manifest), warnings: located(findings, source) };
}

function located(findings: readonly Finding[], source: YamlSource): ManifestProblem[] {
  return findings
    .map(({ path, message }) => ({ path: pathText(path), line: source.lineOf(path), message }))
    .sort((a, b) => a.line - b.line);
}

/** Lists that may be left out are empty; an ensemble is averaged. */
function withDefaults(value: ModelManifest): ModelManifest {
  return {
    ...value,
    parameters: value.parameters ?? [],
    postprocessing: value.postprocessing ?? [],
    preprocessing: { ...value.preprocessing, intensity: value.preprocessing.intensity ?? [] },
    inference: { ...value.inference, ensemble: value.inference.ensemble ?? 'mean' },
  };
}
