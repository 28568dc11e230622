/**
 * Grows two cores back through a mask at full resolution: every voxel goes to the core with the shorter way inside the mask
 * (Dijkstra over faces with whole-number costs in proportion to the voxel's sides, in a ring of buckets).
 */
import { Grid, Mask, voxelToPatient } from '@modelbank/geometry';
import { setRun } from './mask-runs';
import { LEFT, RIGHT, SideCores } from './side-cores';

const UNCLAIMED = 3;
const LARGEST_COST = 24;

/** The mask's box as bytes with a border of zeros, so that no neighbour has to be checked for the edge. */
interface Field {
  readonly size: readonly [number, number, number];
  /** 0 outside the mask, LEFT, RIGHT or UNCLAIMED. */
  readonly state: Uint8Array;
}

export function growSides(mask: Mask, cores: SideCores): { readonly left: Mask; readonly right: Mask } {
  const field = seededField(mask, cores);
  const [width, height] = field.size;
  const steps = [1, width, width * height];
  const costs = stepCosts(mask.grid);
  const ring = new BucketRing(LARGEST_COST + 1);
  const pushNeighbours = (voxel: number, side: number): void => {
    for (let axis = 0; axis < 3; axis++) {
      if (field.state[voxel - steps[axis]] === UNCLAIMED) ring.push(costs[axis], voxel - steps[axis], side);
      if (field.state[voxel + steps[axis]] === UNCLAIMED) ring.push(costs[axis], voxel + steps[axis], side);
    }
  };
  for (let voxel = 0; voxel < field.state.length; voxel++) {
    if (field.state[voxel] === LEFT || field.state[voxel] === RIGHT) pushNeighbours(voxel, field.state[voxel]);
  }
  ring.drain((voxel, side) => {
    if (field.state[voxel] !== UNCLAIMED) return;
    field.state[voxel] = side;
    pushNeighbours(voxel, side);
  });
  return { left: maskOfState(mask, cores, field, LEFT), right: maskOfState(mask, cores, field, RIGHT) };
}

/** Voxels waiting at their distance, for whole-number costs up to the ring's length. */
class BucketRing {
  private readonly buckets: Int32Array[];
  private readonly counts: Int32Array;
  private current = 0;
  private waiting = 0;

  constructor(private readonly length: number) {
    this.buckets = Array.from({ length }, () => new Int32Array(1024));
    this.counts = new Int32Array(length);
  }

  push(cost: number, voxel: number, side: number): void {
    const bucket = (this.current + cost) % this.length;
    const count = this.counts[bucket]++;
    if (count === this.buckets[bucket].length) {
      const larger = new Int32Array(count * 2);
      larger.set(this.buckets[bucket]);
      this.buckets[bucket] = larger;
    }
    this.buckets[bucket][count] = side === LEFT ? voxel : ~voxel;
    this.waiting++;
  }

  drain(visit: (voxel: number, side: number) => void): void {
    for (; this.waiting > 0; this.current = (this.current + 1) % this.length) {
      for (let n = 0; n < this.counts[this.current]; n++) {
        const entry = this.buckets[this.current][n];
        visit(entry >= 0 ? entry : ~entry, entry >= 0 ? LEFT : RIGHT);
      }
      this.waiting -= this.counts[this.current];
      this.counts[this.current] = 0;
    }
  }
}

function seededField(mask: Mask, { space, sides }: SideCores): Field {
  const { first, last } = space.box;
  const size = [0, 1, 2].map((axis) => last[axis] - first[axis] + 3) as unknown as Field['size'];
  const state = new Uint8Array(size[0] * size[1] * size[2]);
  const { columns, rows } = mask.grid;
  const [fi, fj, fk] = space.factors;
  for (let k = first[2]; k <= last[2]; k++) {
    for (let j = first[1]; j <= last[1]; j++) {
      const cells = (Math.floor((k - first[2]) / fk) * space.rows + Math.floor((j - first[1]) / fj)) * space.columns;
      const row = (k * rows + j) * columns;
      const to = ((k - first[2] + 1) * size[1] + j - first[1] + 1) * size[0] + 1 - first[0];
      for (let i = first[0]; i <= last[0]; i++) {
        if (((mask.bits[(row + i) >>> 3] >>> ((row + i) & 7)) & 1) === 0) continue;
        state[to + i] = sides[cells + Math.floor((i - first[0]) / fi)] || UNCLAIMED;
      }
    }
  }
  return { size, state };
}

function stepCosts(grid: Grid): readonly [number, number, number] {
  const a = voxelToPatient(grid, [0, 0, 0]);
  const b = voxelToPatient(grid, [0, 0, 1]);
  const sidesMm = [grid.columnSpacingMm, grid.rowSpacingMm, Math.hypot(b[0] - a[0], b[1] - a[1], b[2] - a[2])];
  const unitMm = Math.max(Math.min(...sidesMm) / 4, Math.max(...sidesMm) / LARGEST_COST);
  const [x, y, z] = sidesMm.map((mm) => Math.min(LARGEST_COST, Math.max(1, Math.round(mm / unitMm))));
  return [x, y, z];
}

function maskOfState(mask: Mask, { space }: SideCores, { size, state }: Field, side: number): Mask {
  const bits = new Uint8Array(mask.bits.length);
  const { first, last } = space.box;
  const { columns, rows } = mask.grid;
  for (let k = first[2]; k <= last[2]; k++) {
    for (let j = first[1]; j <= last[1]; j++) {
      const from = ((k - first[2] + 1) * size[1] + j - first[1] + 1) * size[0] + 1 - first[0];
      const row = (k * rows + j) * columns;
      for (let i = first[0]; i <= last[0]; i++) {
        if (state[from + i] !== side) continue;
        const start = i;
        while (i <= last[0] && state[from + i] === side) i++;
        setRun(bits, row + start, row + i);
      }
    }
  }
  return { grid: mask.grid, bits };
}
