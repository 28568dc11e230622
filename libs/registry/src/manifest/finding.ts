/** What a check of `model.yaml` found, before its line is known. */
import type { ManifestPath } from './manifest-problem';

/** A problem, or a warning that does not refuse the manifest. */
export interface Finding {
  readonly path: ManifestPath;
  readonly message: string;
  readonly warning?: boolean;
}

/** Two names that differ in case only count as one: file systems and people confuse them. */
export function uniqueNames<T>(items: readonly T[], list: string, key: keyof T & string): Finding[] {
  const seen = new Map<string, number>();
  return items.flatMap((item, index) => {
    const name = String(item[key]).toLowerCase();
    const first = seen.get(name);
    seen.set(name, first ?? index);
    if (first === undefined) return [];
    return [{ path: [list, index, key], message: `repeats ${list}[${first}].${key}; choose another ${key}` }];
  });
}
