import { anthropomorphicPhantom, phantomVolume, SCAN_ORIENTATIONS } from '@modelbank/phantoms';
import { measureImageFacts } from './image-facts';
import { bodyMidPlaneXMm } from './patient-overview';

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
