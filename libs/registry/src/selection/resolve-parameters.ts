/** The values of a model's parameters: from the API, else from the called AE, else the manifest's default, else missing. */
import type { ManifestParameter } from '../manifest/manifest';
import { isParameterValue, parameterValueWords } from '../manifest/parameter-value';

export type ParameterValues = Readonly<Record<string, string | number | boolean>>;

export interface ParameterResolution {
  /** One value per declared parameter that has one; values that no parameter declares are left out. */
  readonly values: ParameterValues;
  readonly missing: readonly string[];
  /** In words; empty when nothing is missing. */
  readonly reason: string;
}

/** `sources` in falling precedence. A value that the manifest does not allow is as good as none and is named in the reason. */
export function resolveParameters(
  declared: readonly ManifestParameter[],
  sources: readonly ParameterValues[],
): ParameterResolution {
  const values: Record<string, string | number | boolean> = {};
  const sentences: string[] = [];
  const missing: string[] = [];
  for (const parameter of declared) {
    const given = sources.map((source) => source[parameter.name]).find((value) => value !== undefined);
    const value = given ?? parameter.default;
    if (value !== undefined && isParameterValue(parameter, value)) {
      values[parameter.name] = value;
      continue;
    }
    missing.push(parameter.name);
    const problem = value === undefined ? 'is not given' : 'has a value that the model does not know';
    sentences.push(`The parameter ${parameter.name} ${problem}; give ${parameterValueWords(parameter)}.`);
  }
  return { values, missing, reason: sentences.join(' ') };
}
