import fc from 'fast-check';
import type { Grid, Vec3 } from '@modelbank/geometry';
import { scanGrid } from '../scan/scan-grid';
import { solidVolumeMl } from '../scan/solid-volume';
import { box, column, ellipsoid, rod, slab } from './primitives';
import { contains, differenceOf, intersectionOf, intervalsOf, Solid, unionOf } from './solid';

const grid = (orientation: 'HFS' | 'oblique'): Grid =>
  scanGrid({
    rows: 100,
    columns: 100,
    slices: 100,
    pixelSpacingMm: 1,
    sliceSpacingMm: 1,
    orientation,
    centreMm: [0, 0, 0],
  });

const ball = (radius: number): Solid => ellipsoid([0, 0, 0], [radius, radius, radius]);

describe('volumes of solids against closed formulas', () => {
  it.each([
    ['ellipsoid', ellipsoid([2, -3, 4], [20, 30, 25]), (4 / 3) * Math.PI * 20 * 30 * 25],
    ['elliptic column', column([1, 2], [15, 22], [-20, 25]), Math.PI * 15 * 22 * 45],
    [
      'slanted rod',
      rod([-10, -8, -12], [12, 9, 10], 8),
      Math.PI * 64 * Math.hypot(22, 17, 22) + (4 / 3) * Math.PI * 512,
    ],
    ['box', box([0, 0, 0], [30, 20, 10]), 6000],
    ['lens of two balls', intersectionOf(ball(20), ellipsoid([15, 0, 0], [20, 20, 20])), lens(20, 15)],
    ['two balls as one', unionOf(ball(20), ellipsoid([15, 0, 0], [20, 20, 20])), 2 * ballVolume(20) - lens(20, 15)],
    [
      'ball without its lens',
      differenceOf(ball(20), ellipsoid([15, 0, 0], [20, 20, 20])),
      ballVolume(20) - lens(20, 15),
    ],
    ['half of a ball', intersectionOf(ball(20), slab([0, 0, 50], [0, 0, 1], 100)), ballVolume(20) / 2],
    ['column cut by the ends of the scan', column([0, 0], [20, 20], [-500, 500]), Math.PI * 400 * 100],
  ])('%s', (_name, solid, mm3) => {
    expect(Math.abs(solidVolumeMl(solid, grid('HFS')) / (mm3 / 1000) - 1)).toBeLessThan(0.001);
  });

  it('does not depend on the direction of the slices', () => {
    const solid = ellipsoid([2, -3, 4], [20, 30, 25]);
    expect(Math.abs(solidVolumeMl(solid, grid('oblique')) / ((4 / 3) * Math.PI * 15) - 1)).toBeLessThan(0.001);
  });
});

describe('contains and intervals agree', () => {
  const solids = [ellipsoid([1, 2, 3], [10, 14, 8]), rod([0, 0, 0], [9, 5, 7], 4), box([0, 2, 0], [9, 12, 15])];
  const everything = differenceOf(unionOf(solids[0], solids[1]), solids[2]);
  const coordinate = fc.double({ min: -16, max: 16, noNaN: true });

  it('along any line through the point', () => {
    const point = fc.tuple(coordinate, coordinate, coordinate);
    const turn = fc.double({ min: 0.05, max: 6.2, noNaN: true });
    fc.assert(
      fc.property(point, turn, turn, (at, azimuth, polar) => {
        const direction: Vec3 = [
          Math.sin(polar) * Math.cos(azimuth),
          Math.sin(polar) * Math.sin(azimuth),
          Math.cos(polar),
        ];
        const intervals = intervalsOf(everything, { point: at, direction });
        const nearEnd = intervals.some((end) => Math.abs(end) < 1e-6);
        const inside = intervals.filter((end) => end <= 0).length % 2 === 1;
        return nearEnd || inside === contains(everything, at);
      }),
    );
  });
});

function ballVolume(radius: number): number {
  return (4 / 3) * Math.PI * radius ** 3;
}

/** Two balls of equal radius, their centres a distance apart. */
function lens(radius: number, distance: number): number {
  return (Math.PI * (4 * radius + distance) * (2 * radius - distance) ** 2) / 12;
}
