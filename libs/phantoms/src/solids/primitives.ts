/** The convex solids that the phantom is made of. Each is cut by a line in one stretch at most. */
import { dot, interpolate, distance, normalise, subtract, Vec3 } from '@modelbank/geometry';
import { Intervals, intersect, NOTHING } from './intervals';
import { Line, Solid } from './solid';

/** An ellipsoid with its axes along the patient's. */
export function ellipsoid(centre: Vec3, semiAxesMm: Vec3): Solid {
  return {
    centre,
    radiusMm: Math.max(...semiAxesMm),
    along: (line) => {
      const p = scaled(line.point, centre, semiAxesMm);
      const d: Vec3 = [
        line.direction[0] / semiAxesMm[0],
        line.direction[1] / semiAxesMm[1],
        line.direction[2] / semiAxesMm[2],
      ];
      return quadraticInterval(dot(d, d), dot(p, d), dot(p, p) - 1);
    },
  };
}

/** An elliptic column along the patient's z axis, from one height to another. */
export function column(
  centre: readonly [number, number],
  semiAxesMm: readonly [number, number],
  z: readonly [number, number],
): Solid {
  const [lowMm, highMm] = z;
  const half = (highMm - lowMm) / 2;
  return {
    centre: [centre[0], centre[1], (lowMm + highMm) / 2],
    radiusMm: Math.hypot(half, Math.max(...semiAxesMm)),
    along: ({ point, direction }) => {
      const px = (point[0] - centre[0]) / semiAxesMm[0];
      const py = (point[1] - centre[1]) / semiAxesMm[1];
      const dx = direction[0] / semiAxesMm[0];
      const dy = direction[1] / semiAxesMm[1];
      const sides = quadraticInterval(dx * dx + dy * dy, px * dx + py * dy, px * px + py * py - 1);
      return intersect(sides, slabInterval(point[2], direction[2], lowMm, highMm));
    },
  };
}

/** A round rod between two points, with half balls at both ends. */
export function rod(from: Vec3, to: Vec3, radiusMm: number): Solid {
  const lengthMm = distance(from, to);
  const axis = normalise(subtract(to, from));
  const ends = [ellipsoid(from, [radiusMm, radiusMm, radiusMm]), ellipsoid(to, [radiusMm, radiusMm, radiusMm])];
  return {
    centre: interpolate(from, to, 0.5),
    radiusMm: lengthMm / 2 + radiusMm,
    along: (line) => {
      const middle = cylinderInterval(line, from, axis, radiusMm, lengthMm);
      const pieces = [middle, ends[0].along(line), ends[1].along(line)].filter((piece) => piece.length > 0);
      if (pieces.length === 0) return NOTHING;
      return [Math.min(...pieces.map(([start]) => start)), Math.max(...pieces.map(([, end]) => end))];
    },
  };
}

/** Everything between two parallel planes, within a distance of the centre that stands for endless. */
export function slab(centre: Vec3, normal: Vec3, thicknessMm: number, reachMm = 2000): Solid {
  const unit = normalise(normal);
  const offset = dot(centre, unit);
  return {
    centre,
    radiusMm: reachMm,
    along: ({ point, direction }) =>
      slabInterval(dot(point, unit), dot(direction, unit), offset - thicknessMm / 2, offset + thicknessMm / 2),
  };
}

/** Parallel slabs at equal distances; the first is at the centre, the others follow along the normal. */
export function slabs(centre: Vec3, normal: Vec3, thicknessMm: number, periodMm: number, count: number): Solid {
  const unit = normalise(normal);
  const first = dot(centre, unit) - thicknessMm / 2;
  return {
    centre,
    radiusMm: 2000,
    along: ({ point, direction }) => {
      const start = dot(point, unit);
      const speed = dot(direction, unit);
      const found: number[] = [];
      for (let n = 0; n < count; n++) {
        const low = first + (speed < 0 ? count - 1 - n : n) * periodMm;
        const piece = slabInterval(start, speed, low, low + thicknessMm);
        if (piece === EVERYWHERE) return piece;
        if (piece.length > 0) found.push(piece[0], piece[1]);
      }
      return found;
    },
  };
}

/** A box with its sides along the patient's axes. */
export function box(centre: Vec3, sizeMm: Vec3): Solid {
  return {
    centre,
    radiusMm: Math.hypot(...sizeMm) / 2,
    along: ({ point, direction }) =>
      [0, 1, 2].reduce<Intervals>((rest, axis) => {
        const low = centre[axis] - sizeMm[axis] / 2;
        return intersect(rest, slabInterval(point[axis], direction[axis], low, low + sizeMm[axis]));
      }, EVERYWHERE),
  };
}

const EVERYWHERE: Intervals = [-1e9, 1e9];
const PARALLEL = 1e-12;

function cylinderInterval(line: Line, from: Vec3, axis: Vec3, radiusMm: number, lengthMm: number): Intervals {
  const offset = subtract(line.point, from);
  const alongPoint = dot(offset, axis);
  const alongDirection = dot(line.direction, axis);
  const a = dot(line.direction, line.direction) - alongDirection ** 2;
  const b = dot(offset, line.direction) - alongPoint * alongDirection;
  const c = dot(offset, offset) - alongPoint ** 2 - radiusMm ** 2;
  return intersect(quadraticInterval(a, b, c), slabInterval(alongPoint, alongDirection, 0, lengthMm));
}

/** Where a t^2 + 2 b t + c <= 0. */
function quadraticInterval(a: number, b: number, c: number): Intervals {
  if (a < PARALLEL) return c <= 0 ? EVERYWHERE : NOTHING;
  const discriminant = b * b - a * c;
  if (discriminant <= 0) return NOTHING;
  const root = Math.sqrt(discriminant);
  return [(-b - root) / a, (-b + root) / a];
}

function slabInterval(start: number, speed: number, low: number, high: number): Intervals {
  if (speed < PARALLEL && speed > -PARALLEL) return start >= low && start <= high ? EVERYWHERE : NOTHING;
  const a = (low - start) / speed;
  const b = (high - start) / speed;
  return a < b ? [a, b] : [b, a];
}

function scaled(point: Vec3, centre: Vec3, semiAxes: Vec3): Vec3 {
  return [
    (point[0] - centre[0]) / semiAxes[0],
    (point[1] - centre[1]) / semiAxes[1],
    (point[2] - centre[2]) / semiAxes[2],
  ];
}
