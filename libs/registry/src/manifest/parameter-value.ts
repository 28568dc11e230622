/** The values that a declared parameter may have, in the manifest, from a called AE and from the API alike. */
import type { ManifestParameter } from './manifest';

/** Whether a value given for a parameter is one that the manifest allows. */
export function isParameterValue(parameter: ManifestParameter, value: unknown): boolean {
  if (parameter.type === 'enum') return typeof value === 'string' && (parameter.values ?? []).includes(value);
  if (parameter.type === 'number') return typeof value === 'number' && Number.isFinite(value);
  return typeof value === 'boolean';
}

/** What a parameter's value must be, for messages. */
export function parameterValueWords(parameter: ManifestParameter): string {
  if (parameter.type === 'enum') return `one of ${(parameter.values ?? []).join(', ')}`;
  return parameter.type === 'number' ? 'a number' : 'true or false';
}
