/** Variants of the journey package that claim tasks of their own: for series with a certain description only. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { journeyPackage } from './journey-package';

export interface ModelVariant {
  readonly id: string;
  readonly task: string;
  readonly version?: string;
  /** Applies to series with this description. */
  readonly description: string;
  readonly parameters?: readonly object[];
  /** Added to the rules of applicability. */
  readonly applicability?: Readonly<Record<string, unknown>>;
  readonly limits?: { readonly timeoutSeconds: number; readonly memoryMiB: number };
}

interface ManifestText {
  readonly inputs: readonly { readonly applicability: object }[];
}

/** Writes the package into `folder/<id>` and returns its folder. */
export function modelVariant(folder: string, variant: ModelVariant): string {
  const { id, task, version = '1.0.0', description, parameters, applicability, limits } = variant;
  const into = journeyPackage(join(folder, `${id}-${version}`), { id });
  const path = join(into, 'model.yaml');
  const manifest = parse(readFileSync(path, 'utf8')) as ManifestText;
  const [input] = manifest.inputs;
  const rules = { ...input.applicability, descriptions: { anyOf: [`^${description}$`] }, ...applicability };
  const written = {
    ...manifest,
    ...{ task, version },
    inputs: [{ ...input, applicability: rules }],
    ...(parameters === undefined ? {} : { parameters }),
    ...(limits === undefined ? {} : { limits }),
  };
  writeFileSync(path, stringify(written));
  return into;
}
