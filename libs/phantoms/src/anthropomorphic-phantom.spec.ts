import { andMasks, Mask, maskVolumeMl, maskWhere, Vec3, Volume, voxelToPatient } from '@modelbank/geometry';
import { fillHoles, largestComponents } from '@modelbank/imaging';
import { anthropomorphicPhantom, phantomVolume } from './anthropomorphic-phantom';
import { SCAN_ORIENTATIONS, ScanOrientation } from './scan/scan-grid';

const COARSE = { rows: 76, columns: 104, slices: 60, pixelSpacingMm: 3.94, sliceSpacingMm: 5, noiseHu: 0 };
/** Half way between skin and air, and between lung and soft tissue. */
const SKIN_HU = -545;
const LUNG_HU = -412;

function bodyOf({ grid, voxels }: Volume<Int16Array>): Mask {
  const dense = maskWhere(grid, (index) => voxels[index] > SKIN_HU);
  return fillHoles(largestComponents(dense, 1), 2);
}

function airwayAndLungs({ grid, voxels }: Volume<Int16Array>, body: Mask): Mask {
  const air = maskWhere(grid, (index) => voxels[index] < LUNG_HU);
  return largestComponents(andMasks(air, body), 1);
}

/** Volume of those voxels of a mask whose centre fulfils a condition. */
function volumeWhereMl(mask: Mask, condition: (point: Vec3) => boolean): number {
  const { columns, rows } = mask.grid;
  const chosen = maskWhere(mask.grid, (index) => {
    if (((mask.bits[index >>> 3] >>> (index & 7)) & 1) === 0) return false;
    const k = Math.floor(index / (columns * rows));
    return condition(voxelToPatient(mask.grid, [index % columns, Math.floor(index / columns) % rows, k]));
  });
  return maskVolumeMl(chosen);
}

describe.each(SCAN_ORIENTATIONS)('the phantom scanned %s', (orientation: ScanOrientation) => {
  const phantom = anthropomorphicPhantom({ ...COARSE, orientation });
  const volume = phantomVolume(phantom);
  const body = bodyOf(volume);
  const { truth } = phantom;

  it('gives External at half height within 1 %', () => {
    expect(Math.abs(maskVolumeMl(body) / truth.External.analyticVolumeMl - 1)).toBeLessThan(0.01);
  });

  it('gives both lungs at half height within 1 %, each on its own side of the patient', () => {
    const air = airwayAndLungs(volume, body);
    const nearAirways = ([x, y]: Vec3) => Math.abs(x) < 62 && y > -5 && y < 45;
    const lung = (side: 1 | -1) =>
      volumeWhereMl(air, (point) => point[0] * side > 0 && !(nearAirways(point) && truth.Trachea.inside(point)));
    expect(Math.abs(lung(1) / truth.Lung_L.analyticVolumeMl - 1)).toBeLessThan(0.01);
    expect(Math.abs(lung(-1) / truth.Lung_R.analyticVolumeMl - 1)).toBeLessThan(0.01);
  });
});

describe('the phantom', () => {
  const { truth } = anthropomorphicPhantom(COARSE);

  it('joins both lungs to the trachea by air', () => {
    const right = [0, 0.25, 0.5, 0.75, 1].map((t): Vec3 => [-46 * t, 24 + 3 * t, 34 - 24 * t]);
    const left = [0, 0.25, 0.5, 0.75, 1].map((t): Vec3 => [50 * t, 24 + 5 * t, 34 - 30 * t]);
    expect([...right, ...left].every(truth.Trachea.inside)).toBe(true);
    expect(truth.Lung_R.inside([-56, 27, 6])).toBe(true);
    expect(truth.Lung_L.inside([60, 29, 0])).toBe(true);
  });

  it('has a larger right lung and parts that do not overlap', () => {
    expect(truth.Lung_R.analyticVolumeMl).toBeGreaterThan(1.1 * truth.Lung_L.analyticVolumeMl);
    const separate = [truth.Lung_L, truth.Lung_R, truth.Heart, truth.SpinalCanal, truth.Trachea, truth.Bone];
    for (let n = 0; n < 2000; n++) {
      const point: Vec3 = [((n * 37) % 320) - 160, ((n * 61) % 220) - 110, ((n * 89) % 290) - 145];
      expect(separate.filter((solid) => solid.inside(point)).length).toBeLessThanOrEqual(1);
    }
  });

  it('repeats with its seed, differs with another, and has the asked noise', () => {
    const options = { rows: 64, columns: 64, slices: 3, pixelSpacingMm: 3, sliceSpacingMm: 3, noiseHu: 20 };
    const [first, again] = [1, 1].map((seed) => anthropomorphicPhantom({ ...options, seed }).slice(1));
    const other = anthropomorphicPhantom({ ...options, seed: 2 }).slice(1);
    const clean = anthropomorphicPhantom({ ...options, noiseHu: 0 }).slice(1);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    const noise = Array.from(first, (hu, index) => hu - clean[index]).filter((_, index) => clean[index] > -500);
    const deviation = Math.sqrt(noise.reduce((sum, value) => sum + value * value, 0) / noise.length);
    expect(deviation).toBeGreaterThan(18.5);
    expect(deviation).toBeLessThan(21.5);
  });

  it.each([
    ['HFS', 1],
    ['HFP', -1],
  ] as const)('lies on a table below it, apart from the body: %s', (orientation, below) => {
    const { grid, voxels } = phantomVolume(anthropomorphicPhantom({ ...COARSE, orientation }));
    const middle = Math.floor(grid.columns / 2) + Math.floor(grid.origins.length / 2) * grid.columns * grid.rows;
    const heights = Array.from({ length: grid.rows }, (_, j) => ({
      y: voxelToPatient(grid, [0, j, 0])[1] * below,
      hu: voxels[middle + j * grid.columns],
    }));
    const between = heights.filter(({ y }) => y > 122 && y < 128).map(({ hu }) => hu);
    const table = heights.filter(({ y }) => y > 125 && y < 145).map(({ hu }) => hu);
    expect(Math.min(...between)).toBeLessThan(-900);
    expect(Math.max(...table)).toBeGreaterThan(-700);
  });
});
