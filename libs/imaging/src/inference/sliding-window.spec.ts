import fc from 'fast-check';
import { addToMean, applyActivation, countNotFinite } from './activation';
import {
  addWindow,
  emptyWindowSums,
  extractWindow,
  finishWindows,
  gaussianWeights,
  windowPositions,
} from './sliding-window';
import { Triple } from '../tensor/tensor-frame';

const length = fc.integer({ min: 1, max: 9 });

describe('sliding window', () => {
  it('covers every voxel, stays inside, and overlaps at least as asked', () => {
    const cases = fc.record({
      window: length,
      extra: fc.integer({ min: 0, max: 30 }),
      overlap: fc.double({ min: 0, max: 0.75, noNaN: true }),
    });
    fc.assert(
      fc.property(cases, ({ window, extra, overlap }) => {
        const size = window + extra;
        const starts = windowPositions([size, 1, 1], [window, 1, 1], overlap).map(([x]) => x);
        expect(starts[0]).toBe(0);
        expect(starts[starts.length - 1] + window).toBe(size);
        for (let n = 1; n < starts.length; n++) {
          expect(starts[n] - starts[n - 1]).toBeGreaterThan(0);
          expect(starts[n] - starts[n - 1]).toBeLessThanOrEqual(Math.max(1, Math.floor(window * (1 - overlap))));
        }
      }),
    );
  });

  it('gives back what the windows were cut from', () => {
    const size: Triple = [7, 6, 5];
    const window: Triple = [4, 3, 5];
    const voxels = Float32Array.from({ length: 210 }, (_, index) => Math.sin(index));
    const sums = emptyWindowSums(size, 2);
    const weights = gaussianWeights(window);
    for (const start of windowPositions(size, window, 0.5)) {
      const cut = extractWindow(voxels, size, start, window);
      addWindow(sums, Float32Array.from([...cut, ...cut.map((value) => 2 * value)]), start, window, weights);
    }
    const scores = finishWindows(sums);
    voxels.forEach((value, index) => {
      expect(scores[index]).toBeCloseTo(value, 5);
      expect(scores[210 + index]).toBeCloseTo(2 * value, 5);
    });
  });

  it('weighs the middle most, symmetrically, and nothing with zero', () => {
    const weights = gaussianWeights([8, 8, 8]);
    expect(Math.max(...weights)).toBeCloseTo(weights[(3 * 8 + 3) * 8 + 4], 6);
    expect(weights[0]).toBeCloseTo(weights[511], 6);
    expect(Math.min(...weights)).toBeGreaterThan(0);
  });

  it('refuses a window that does not fit', () => {
    expect(() => windowPositions([3, 9, 9], [4, 4, 4], 0.5)).toThrow(expect.objectContaining({ code: 'BAD_PLAN' }));
  });
});

describe('activations', () => {
  it('softmax sums to one per voxel, even for large scores', () => {
    const scores = Float32Array.of(1000, 0, -3, 1001, 0, 5);
    applyActivation(scores, 2, 'softmax');
    [0, 1, 2].forEach((voxel) => expect(scores[voxel] + scores[3 + voxel]).toBeCloseTo(1, 6));
    expect(scores[3]).toBeCloseTo(1 / (1 + Math.exp(-1)), 5);
    expect(scores[1]).toBe(0.5);
  });

  it('sigmoid, none, ensembles and counting of what is no number', () => {
    const scores = Float32Array.of(0, 100, -100);
    applyActivation(scores, 1, 'none');
    expect(Array.from(scores)).toEqual([0, 100, -100]);
    applyActivation(scores, 1, 'sigmoid');
    expect(scores[0]).toBe(0.5);
    expect(scores[1]).toBeCloseTo(1, 6);
    expect(scores[2]).toBeCloseTo(0, 6);
    const mean = new Float32Array(3);
    addToMean(mean, scores, 2);
    addToMean(mean, Float32Array.of(1, 1, 1), 2);
    expect(mean[0]).toBeCloseTo(0.75, 6);
    expect(countNotFinite(Float32Array.of(1, NaN, Infinity, -Infinity, 0))).toBe(3);
  });
});
