/** What is wrong with a `model.yaml`: always the path, the line and what to do, so that a model owner can correct it alone. */

export interface ManifestProblem {
  /** E.g. `labels[2].color`; empty for the document itself. */
  readonly path: string;
  /** 1-based line of `model.yaml`. */
  readonly line: number;
  /** What is wrong and what to do. */
  readonly message: string;
}

/** Keys and list positions from the document's root. */
export type ManifestPath = readonly (string | number)[];

/** Thrown by `parseManifest` with every problem that was found, in line order. */
export class ManifestError extends Error {
  constructor(readonly problems: readonly ManifestProblem[]) {
    super(problems.map(describeProblem).join('\n'));
    this.name = 'ManifestError';
  }
}

/** One line for a terminal: `line 12: labels[2].color: ...`. */
export function describeProblem(problem: ManifestProblem): string {
  return `line ${problem.line}: ${problem.path === '' ? '' : `${problem.path}: `}${problem.message}`;
}

/** `['labels', 2, 'color']` as `labels[2].color`. */
export function pathText(path: ManifestPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? part : `${text}.${part}`;
  }, '');
}
