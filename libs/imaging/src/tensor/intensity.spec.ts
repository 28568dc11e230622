import fc from 'fast-check';
import type { Grid } from '@modelbank/geometry';
import { applyIntensity, IntensityStep } from './intensity';
import { fromNetworkOrder, networkShape, toNetworkOrder } from './network-order';
import { preprocess } from './preprocess';
import { quantiles } from './quantile';
import { sampleVolume } from './sample-volume';
import { frameSize, reorientedFrame, Triple, withSize } from './tensor-frame';

const grid: Grid = {
  columns: 4,
  rows: 1,
  rowDirection: [1, 0, 0],
  columnDirection: [0, 1, 0],
  normal: [0, 0, 1],
  columnSpacingMm: 1,
  rowSpacingMm: 1,
  origins: [
    [0, 0, 0],
    [0, 0, 1],
  ],
};
const volume = { grid, voxels: Int16Array.of(-100, 0, 50, 100, 200, 300, 400, 1000) };

describe('quantiles', () => {
  it('equal the linear interpolation of sorted values, as numpy does it', () => {
    const value = fc.oneof(fc.integer({ min: -1100, max: 3000 }), fc.float({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (list, q) => {
          const values = Float32Array.from(list);
          const sorted = Array.from(values).sort((a, b) => a - b);
          const position = q * (sorted.length - 1);
          const low = sorted[Math.floor(position)];
          const high = sorted[Math.ceil(position)];
          const expected = low + (position - Math.floor(position)) * (high - low);
          expect(quantiles(values, [q])[0]).toBeCloseTo(expected, 5);
        },
      ),
    );
  });
});

describe('intensity steps', () => {
  it.each<[string, IntensityStep[], number[]]>([
    ['window clips', [{ type: 'window', min: 0, max: 300 }], [0, 0, 50, 100, 200, 300, 300, 300]],
    [
      'scale is linear and does not clip',
      [{ type: 'scale', fromMin: 0, fromMax: 100, toMin: -1, toMax: 1 }],
      [-3, -1, 0, 1, 3, 5, 7, 19],
    ],
    [
      'window then scale',
      [
        { type: 'window', min: 0, max: 400 },
        { type: 'scale', fromMin: 0, fromMax: 400, toMin: 0, toMax: 1 },
      ],
      [0, 0, 0.125, 0.25, 0.5, 0.75, 1, 1],
    ],
    [
      'quantiles clip and scale to 0..1',
      [{ type: 'quantiles', low: 0, high: 1 }],
      [0, 100, 150, 200, 300, 400, 500, 1100].map((v) => v / 1100),
    ],
    [
      'z-score with given numbers',
      [{ type: 'zScore', mean: 100, standardDeviation: 50 }],
      [-4, -2, -1, 0, 2, 4, 6, 18],
    ],
  ])('%s', (_name, steps, expected) => {
    const tensor = sampleVolume(volume, reorientedFrame(grid, 'LPS'));
    applyIntensity(tensor, grid, steps);
    tensor.voxels.forEach((value, index) => expect(value).toBeCloseTo(expected[index], 4));
  });

  it('measures mean and deviation where they are not given', () => {
    const tensor = sampleVolume(volume, reorientedFrame(grid, 'LPS'));
    applyIntensity(tensor, grid, [{ type: 'zScore' }]);
    const mean = tensor.voxels.reduce((sum, value) => sum + value, 0) / 8;
    const variance = tensor.voxels.reduce((sum, value) => sum + value * value, 0) / 8;
    expect(mean).toBeCloseTo(0, 5);
    expect(variance).toBeCloseTo(1, 5);
  });

  it('looks at the whole tensor or only at the scan in it, and reports what it did', () => {
    const padded = () => sampleVolume(volume, withSize(reorientedFrame(grid, 'LPS'), [8, 3, 4]), 'linear', -1024);
    const [whole] = applyIntensity(padded(), grid, [{ type: 'quantiles', low: 0.02, high: 1 }]);
    const [scan] = applyIntensity(padded(), grid, [{ type: 'quantiles', low: 0, high: 1, over: 'scan' }]);
    expect([whole.clampMin, whole.clampMax]).toEqual([-1024, 1000]);
    expect([scan.clampMin, scan.clampMax]).toEqual([-100, 1000]);
    expect(-100 * scan.factor + scan.offset).toBeCloseTo(0, 6);
    expect(1000 * scan.factor + scan.offset).toBeCloseTo(1, 6);
  });

  it('survives a constant image', () => {
    const flat = { grid, voxels: new Int16Array(8).fill(7) };
    for (const step of [{ type: 'zScore' }, { type: 'quantiles', low: 0.02, high: 0.98 }] as const) {
      const tensor = sampleVolume(flat, reorientedFrame(grid, 'LPS'));
      applyIntensity(tensor, grid, [step]);
      expect(Array.from(tensor.voxels)).toEqual(new Array(8).fill(0));
    }
  });
});

describe('preprocess', () => {
  it('crops to the body with its margin, then sizes, windows and pads as declared', () => {
    const plan = {
      orientation: 'RPS',
      cropToBody: { thresholdHu: 250, marginMm: 1 },
      paddingValue: -500,
      multipleOf: 4,
      intensity: [{ type: 'window' as const, min: -600, max: 350 }],
    };
    const tensor = preprocess(volume, plan);
    expect(frameSize(tensor.frame)).toEqual([4, 4, 4]);
    const z1 = tensor.voxels.subarray((2 * 4 + 1) * 4, (2 * 4 + 1) * 4 + 4);
    expect(Array.from(z1)).toEqual([350, 350, 300, 200]);
    expect(tensor.voxels[0]).toBe(-500);
  });

  it('leaves room for one window', () => {
    const tensor = preprocess(volume, { orientation: 'LPS', intensity: [] }, [6, 6, 6]);
    expect(frameSize(tensor.frame)).toEqual([6, 6, 6]);
  });
});

describe('network order', () => {
  it('is its own inverse, with channels, and puts x slowest where asked', () => {
    const size: Triple = [2, 3, 4];
    const voxels = Float32Array.from({ length: 24 }, (_, index) => index);
    expect(networkShape(size, 'zyx')).toEqual([4, 3, 2]);
    expect(networkShape(size, 'xyz')).toEqual([2, 3, 4]);
    expect(toNetworkOrder(voxels, size, 'zyx')).toBe(voxels);
    const swapped = toNetworkOrder(voxels, size, 'xyz');
    expect(swapped[1 * 12 + 2 * 4 + 3]).toBe(3 * 6 + 2 * 2 + 1);
    expect(fromNetworkOrder(swapped, size, 'xyz', 1)).toEqual(voxels);
    const two = Float32Array.from([...swapped, ...swapped.map((value) => -value)]);
    expect(fromNetworkOrder(two, size, 'xyz', 2)).toEqual(Float32Array.from([...voxels, ...voxels.map((v) => -v)]));
  });
});
