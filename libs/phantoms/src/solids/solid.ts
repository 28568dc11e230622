/** Solids of patient space (LPS, mm), known by the stretches that any straight line has inside them. */
import { distance, Vec3 } from '@modelbank/geometry';
import { intersect, Intervals, NOTHING, subtract, unite } from './intervals';

/** A point and a unit direction; distances along it are mm from the point. */
export interface Line {
  readonly point: Vec3;
  readonly direction: Vec3;
}

export interface Solid {
  /** A ball around the solid: lines that miss it are not looked at. */
  readonly centre: Vec3;
  readonly radiusMm: number;
  readonly along: (line: Line) => Intervals;
}

export function contains(solid: Solid, point: Vec3): boolean {
  const intervals = intervalsOf(solid, { point, direction: [1, 0, 0] });
  for (let n = 0; n < intervals.length; n += 2) if (intervals[n] <= 0 && intervals[n + 1] > 0) return true;
  return false;
}

/** The stretches inside the solid; lines that miss its ball cost almost nothing. */
export function intervalsOf(solid: Solid, { point, direction }: Line): Intervals {
  const x = solid.centre[0] - point[0];
  const y = solid.centre[1] - point[1];
  const z = solid.centre[2] - point[2];
  const along = x * direction[0] + y * direction[1] + z * direction[2];
  const squared = x * x + y * y + z * z - along * along;
  return squared > solid.radiusMm * solid.radiusMm ? NOTHING : solid.along({ point, direction });
}

export function unionOf(...solids: readonly Solid[]): Solid {
  const centre = solids[0].centre;
  const radiusMm = Math.max(...solids.map((solid) => distance(centre, solid.centre) + solid.radiusMm));
  return {
    centre,
    radiusMm,
    along: (line) => solids.reduce<Intervals>((all, solid) => unite(all, intervalsOf(solid, line)), NOTHING),
  };
}

/** What of the first solid lies in all others. */
export function intersectionOf(first: Solid, ...others: readonly Solid[]): Solid {
  return {
    ...first,
    along: (line) => others.reduce((rest, other) => within(rest, other, line, intersect), first.along(line)),
  };
}

/** What of the first solid lies in none of the others. */
export function differenceOf(first: Solid, ...others: readonly Solid[]): Solid {
  return {
    ...first,
    along: (line) => others.reduce((rest, other) => within(rest, other, line, subtract), first.along(line)),
  };
}

function within(rest: Intervals, other: Solid, line: Line, rule: (a: Intervals, b: Intervals) => Intervals): Intervals {
  return rest.length === 0 ? rest : rule(rest, intervalsOf(other, line));
}
