/** The commands that decide on a held item, ready to be typed: what may be released, and with which choice. */

export interface HeldToDecide {
  readonly id: string;
  readonly kind: string;
  readonly code: string;
  readonly state: string;
  readonly details: Readonly<Record<string, unknown>> | null;
}

/** A series held for anything else is not one volume, whatever a person says. */
const RELEASABLE_SERIES: ReadonlySet<string> = new Set([
  'GAP',
  'NON_UNIFORM_SPACING',
  'PATIENT_ID_MISSING',
  'POSITION_CONTRADICTS_ORIENTATION',
]);

/** None for an item that was decided on before. */
export function decisionLines(item: HeldToDecide): string[] {
  if (item.state !== 'held') return [];
  const discard = `discard: bin/modelbank held discard ${item.id} --why "..."`;
  if (!mayBeReleased(item)) return ['this cannot be released, only discarded', discard];
  const release = `release: bin/modelbank held release ${item.id}`;
  return [...choicesOf(item).map((choice) => `${release}${choice}`), discard];
}

function mayBeReleased({ kind, code }: HeldToDecide): boolean {
  if (kind === 'revision') return false;
  if (kind === 'instance') return code === 'REFERENCED_IMAGES_MISSING';
  return kind !== 'series' || RELEASABLE_SERIES.has(code);
}

function choicesOf({ code, details }: HeldToDecide): string[] {
  const why = ' --why "..."';
  const options = Array.isArray(details?.options) ? details.options.map(String) : [];
  if (options.length === 0) return [why];
  const names = (details?.names ?? {}) as Readonly<Record<string, string>>;
  if (code === 'TASK_CONTESTED' || code === 'SERIES_TIE') {
    return options.map((id) => ` --choose ${id}${why}${names[id] === undefined ? '' : `   # ${names[id]}`}`);
  }
  return code === 'PARAMETER_MISSING'
    ? [`${options.map((name) => ` --parameter ${name}=VALUE`).join('')}${why}`]
    : [why];
}
