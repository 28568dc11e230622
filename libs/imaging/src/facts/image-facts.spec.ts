import type { Vec3 } from '@modelbank/geometry';
import { anthropomorphicPhantom, phantomVolume, SCAN_ORIENTATIONS } from '@modelbank/phantoms';
import { measureImageFacts } from './image-facts';
import { bodyMidPlaneXMm, patientOverview, slicesInOverview } from './patient-overview';

const COARSE = { rows: 76, columns: 104, slices: 60, pixelSpacingMm: 3.94, sliceSpacingMm: 5 };

describe.each(SCAN_ORIENTATIONS)('image facts of the phantom scanned %s', (orientation) => {
  const phantom = anthropomorphicPhantom({ ...COARSE, orientation });
  const volume = phantomVolume(phantom);
  const facts = measureImageFacts(volume);

  it('measure the body without its table', () => {
    expect(Math.abs(facts.bodyWidthMm - 352)).toBeLessThanOrEqual(12);
    expect(Math.abs(facts.bodyDepthMm - 244)).toBeLessThanOrEqual(12);
    expect(Math.abs(facts.bodyCrossSectionCm2 / (Math.PI * 17.6 * 12.2) - 1)).toBeLessThan(0.04);
    expect(facts.airAroundBodyFraction).toBeGreaterThan(0.3);
    expect(facts.airAroundBodyFraction).toBeLessThan(0.6);
    expect(Math.abs(bodyMidPlaneXMm(volume) as number)).toBeLessThan(4);
  });

  it('measure lungs and bone', () => {
    const { Lung_L, Lung_R, Trachea, Bone, External } = phantom.truth;
    const air = Lung_L.analyticVolumeMl + Lung_R.analyticVolumeMl + Trachea.analyticVolumeMl;
    expect(Math.abs(facts.lungVolumeMl / air - 1)).toBeLessThan(0.05);
    const bone = Bone.analyticVolumeMl / External.analyticVolumeMl;
    expect(Math.abs(facts.boneFraction / bone - 1)).toBeLessThan(0.25);
    expect(facts.boneFractionCranialThird).toBeLessThan(facts.boneFractionMiddleThird);
  });
});

describe('image facts of a scan without a body', () => {
  it('are zero, not NaN', () => {
    const { grid } = anthropomorphicPhantom({ ...COARSE, slices: 4 });
    const voxels = new Int16Array(grid.columns * grid.rows * 4).fill(-1000);
    const facts = measureImageFacts({ grid, voxels });
    expect(Object.values(facts).every(Number.isFinite)).toBe(true);
    expect(facts.bodyWidthMm).toBe(0);
    expect(facts.airAroundBodyFraction).toBe(1);
    expect(bodyMidPlaneXMm({ grid, voxels })).toBeUndefined();
  });
});

describe.each(SCAN_ORIENTATIONS)('the slices that image facts of a scan %s look at', (orientation) => {
  const phantom = anthropomorphicPhantom({ ...COARSE, slices: 150, sliceSpacingMm: 1.5, orientation });
  const volume = phantomVolume(phantom);
  const seen = slicesInOverview(phantom.grid);

  it('are enough: without the others the facts stay the same to the last bit', () => {
    const sliceLength = phantom.grid.columns * phantom.grid.rows;
    const voxels = volume.voxels.slice();
    for (let k = 0; k < 150; k++) if (!seen.has(k)) voxels.fill(3000, k * sliceLength, (k + 1) * sliceLength);
    expect(measureImageFacts({ ...volume, voxels } as typeof volume)).toEqual(measureImageFacts(volume));
  });

  it('are fewer than half of thin slices that lie across the body', () => {
    const across = Math.abs(phantom.grid.normal[2]) > 0.9999;
    expect(seen.size < 75).toBe(across);
  });
});

describe('cells that lie exactly between two slices of a slightly oblique scan', () => {
  const { grid: axial } = anthropomorphicPhantom({ ...COARSE, slices: 40, sliceSpacingMm: 1 });
  const tilts = Array.from({ length: 40 }, (_, n) => (n - 20) * 1e-16 * 3 ** (n % 9));

  it.each(tilts)('are read from a chosen slice (tilt %s)', (tilt) => {
    const normal: Vec3 = [tilt, -tilt, 1];
    const rowDirection: Vec3 = [1, 0, -tilt];
    const columnDirection: Vec3 = [0, 1, tilt];
    const origins = axial.origins.map(([x, y], k): Vec3 => [x + k * tilt, y - k * tilt, k]);
    const grid = { ...axial, normal, rowDirection, columnDirection, origins };
    const seen = slicesInOverview(grid);
    const sliceLength = grid.columns * grid.rows;
    const voxels = new Int16Array(sliceLength * 40);
    for (let k = 0; k < 40; k++) if (!seen.has(k)) voxels.fill(3000, k * sliceLength, (k + 1) * sliceLength);
    expect(seen.size).toBeLessThan(40);
    expect(patientOverview({ grid, voxels }).hu.includes(3000)).toBe(false);
  });
});
