/**
 * One line of a slice as stretches of constant Hounsfield units. Later paint replaces earlier paint exactly, and every voxel of the row
 * gets the mean over its width: partial volume without sampling along the row.
 */
export class RowPainter {
  private readonly edges: number[] = [];
  private readonly values: number[] = [];

  /** Edges are in voxels: voxel i covers i to i + 1. */
  constructor(private readonly voxels: number) {}

  begin(background: number): void {
    this.edges.length = 0;
    this.values.length = 0;
    this.edges.push(0, this.voxels);
    this.values.push(background);
  }

  paint(from: number, to: number, value: number): void {
    const start = Math.max(0, from);
    const end = Math.min(this.voxels, to);
    if (start >= end) return;
    const { edges, values } = this;
    let first = 0;
    while (edges[first + 1] <= start) first++;
    let last = first;
    while (edges[last + 1] < end) last++;
    const newEdges = edges[first] < start ? [edges[first], start] : [start];
    const newValues = edges[first] < start ? [values[first], value] : [value];
    if (edges[last + 1] > end) {
      newEdges.push(end);
      newValues.push(values[last]);
    }
    edges.splice(first, last - first + 1, ...newEdges);
    values.splice(first, last - first + 1, ...newValues);
  }

  /** Adds `weight` times the mean of every voxel. */
  addTo(row: Float32Array, weight: number): void {
    for (let n = 0; n < this.values.length; n++)
      addStretch(row, this.edges[n], this.edges[n + 1], this.values[n] * weight);
  }
}

function addStretch(row: Float32Array, from: number, to: number, value: number): void {
  const first = from | 0;
  const last = to | 0;
  if (first === last) {
    row[first] += value * (to - from);
    return;
  }
  row[first] += value * (first + 1 - from);
  for (let i = first + 1; i < last; i++) row[i] += value;
  if (to > last) row[last] += value * (to - last);
}
