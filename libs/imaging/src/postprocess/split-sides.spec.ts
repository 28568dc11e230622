/** Sides of the phantom's lungs, joined at the trachea, in every orientation; and of masks without two parts. */
import {
  andMasks,
  countCommonVoxels,
  countVoxels,
  Mask,
  maskWhere,
  orMasks,
  voxelToPatient,
} from '@modelbank/geometry';
import { anthropomorphicPhantom, phantomVolume, SCAN_ORIENTATIONS } from '@modelbank/phantoms';
import { bodyMidPlaneXMm } from '../facts/patient-overview';
import { componentsOf, largestComponents } from './components';
import { fillHoles } from './fill-holes';
import { runsOfMask } from './mask-runs';
import { runPostprocessing } from './run-postprocessing';
import { splitSides } from './split-sides';

const COARSE = { rows: 76, columns: 104, slices: 60, pixelSpacingMm: 3.94, sliceSpacingMm: 5 };

function joinedLungs(orientation: (typeof SCAN_ORIENTATIONS)[number]) {
  const phantom = anthropomorphicPhantom({ ...COARSE, orientation });
  const volume = phantomVolume(phantom);
  const { grid, voxels } = volume;
  const body = fillHoles(
    largestComponents(
      maskWhere(grid, (index) => voxels[index] > -545),
      1,
    ),
    2,
  );
  const air = andMasks(
    body,
    maskWhere(grid, (index) => voxels[index] < -412),
  );
  return { phantom, volume, lungs: largestComponents(air, 1) };
}

describe.each(SCAN_ORIENTATIONS)('splitSides of the phantom scanned %s', (orientation) => {
  const { phantom, lungs } = joinedLungs(orientation);
  const sides = splitSides(lungs);

  it('starts from one joined mask and shares all of it out', () => {
    expect(componentsOf(runsOfMask(lungs), 26).count).toBe(1);
    expect(sides.method).toBe('cores');
    expect(sides.warnings).toEqual([]);
    expect(countVoxels(sides.left) + countVoxels(sides.right)).toBe(countVoxels(lungs));
    expect(countCommonVoxels(sides.left, sides.right)).toBe(0);
  });

  it('gives each lung to its side of the patient', () => {
    const wrong = (mask: Mask, name: 'Lung_L' | 'Lung_R') => {
      const { columns, rows } = mask.grid;
      let count = 0;
      for (let index = 0; index < columns * rows * mask.grid.origins.length; index += 41) {
        if (((mask.bits[index >>> 3] >>> (index & 7)) & 1) === 0) continue;
        const at = [index % columns, Math.floor(index / columns) % rows, Math.floor(index / (columns * rows))] as const;
        if (phantom.truth[name].inside(voxelToPatient(mask.grid, at))) count++;
      }
      return count;
    };
    expect(wrong(sides.left, 'Lung_R')).toBe(0);
    expect(wrong(sides.right, 'Lung_L')).toBe(0);
    expect(countVoxels(sides.right)).toBeGreaterThan(1.1 * countVoxels(sides.left));
  });
});

describe('splitSides without two parts', () => {
  const { volume, lungs } = joinedLungs('HFP');
  const { grid } = lungs;
  const inX = (low: number, high: number) => (index: number) => {
    const at = [index % grid.columns, Math.floor(index / grid.columns) % grid.rows, 30] as const;
    const [x, y] = voxelToPatient(grid, at);
    return (
      x > low && x < high && Math.abs(y) < 60 && Math.abs(Math.floor(index / (grid.columns * grid.rows)) - 30) < 12
    );
  };

  it('leaves a single lung whole on its side', () => {
    const sides = splitSides(maskWhere(grid, inX(-150, 6)), bodyMidPlaneXMm(volume));
    expect(sides.method).toBe('oneSide');
    expect(sides.warnings).toEqual(['noTwoSides']);
    expect(countVoxels(sides.left)).toBe(0);
  });

  it('cuts one mask across the middle at the body middle plane and says so', () => {
    const block = maskWhere(grid, inX(-80, 80));
    const sides = splitSides(block, bodyMidPlaneXMm(volume));
    expect(sides.method).toBe('midPlane');
    expect(sides.warnings).toEqual(['noTwoSides']);
    expect(countVoxels(sides.left) / countVoxels(sides.right)).toBeGreaterThan(0.9);
    expect(countVoxels(sides.left) / countVoxels(sides.right)).toBeLessThan(1.1);
    expect(orMasks(sides.left, sides.right).bits).toEqual(block.bits);
  });

  it('assigns islands whole and warns of sides that differ too much', () => {
    const large = maskWhere(grid, inX(-150, -20));
    const small = maskWhere(grid, inX(60, 90));
    const { labels, warnings } = runPostprocessing(
      new Map([['Lungs', orMasks(large, small)]]),
      [{ step: 'splitSides', label: 'Lungs', left: 'Lung_L', right: 'Lung_R' }],
      0,
    );
    expect(labels.get('Lung_L')?.bits).toEqual(small.bits);
    expect(labels.get('Lung_R')?.bits).toEqual(large.bits);
    expect(warnings).toEqual([{ label: 'Lungs', warning: 'implausibleSideVolumes' }]);
  });

  it('has nothing to do for an empty mask', () => {
    const sides = splitSides(maskWhere(grid, () => false));
    expect([sides.method, countVoxels(sides.left), countVoxels(sides.right)]).toEqual(['empty', 0, 0]);
  });
});
