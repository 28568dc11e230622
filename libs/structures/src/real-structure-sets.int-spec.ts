import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openPart10, readInstanceHeader } from '@modelbank/dicom';
import {
  classifyOrientation,
  countVoxels,
  gridFromSlices,
  masksEqual,
  maskVolumeMl,
  slabThicknessMm,
  type Grid,
  type Mask,
} from '@modelbank/geometry';
import { contoursFromMask, isClosed, maskFromContours, readStructureSet, type Contour } from '.';
import { describeWith, PLASTIMATCH, plastimatchMasks } from '@modelbank/testing';

const DATA = process.env.MODELBANK_TEST_DATA ?? join(__dirname, '../../../../shared/data');

function gridOf(folder: string): Grid {
  const headers = readdirSync(folder).map((file) => readInstanceHeader(openPart10(readFileSync(join(folder, file)))));
  const result = gridFromSlices(headers.map((header) => ({ ...header, gantryTilt: header.gantryTiltDegrees })));
  if (result.problem) throw new Error(result.sentence);
  return result.grid;
}

/** Volume in ml by the area of the polygons, opposite windings and keyholes counted as they are: no pixels involved. */
function polygonVolumeMl(grid: Grid, contours: readonly Contour[]): number {
  const sums = new Map<number, number>();
  for (const { points } of contours.filter(isClosed)) {
    const k = grid.origins.findIndex((origin) => Math.abs(origin[2] - points[2]) < 0.2);
    let doubled = 0;
    for (let at = 0; at < points.length; at += 3) {
      const next = (at + 3) % points.length;
      doubled += points[at] * points[next + 1] - points[next] * points[at + 1];
    }
    sums.set(k, (sums.get(k) ?? 0) + (Math.abs(doubled) / 2) * slabThicknessMm(grid, k));
  }
  return [...sums.values()].reduce((sum, mm3) => sum + mm3, 0) / 1000;
}

const SETS = [
  ['ct-head-cranium', 'RS.ai_brain_fullfov.dcm'],
  ['ct-abdomen-pelvis-ts', 'RS.totalsegmentator_fast.dcm'],
  ['ct-chest-crop-ts', 'RS.totalsegmentator_aorta.dcm'],
  ['ct-phantom-rtutils', 'RS.mim.dcm'],
] as const;

describe.each(SETS)('%s %s', (folder, file) => {
  const paths = [join(DATA, folder, 'CT'), join(DATA, folder, file)];

  describeWith(paths)('read on its own scan', () => {
    const bytes = readFileSyncIfThere(paths[1]);
    let grid: Grid;
    let rois: { name: string; contours: readonly Contour[]; mask: Mask }[];

    beforeAll(() => {
      grid = gridOf(paths[0]);
      rois = readStructureSet(bytes).rois.map(({ name, contours }) => ({
        name,
        contours,
        mask: maskFromContours(grid, contours).mask,
      }));
    });

    it('is an axial scan whose masks are not empty', () => {
      expect(classifyOrientation(grid)).toBe('axial');
      expect(rois.length).toBeGreaterThan(0);
      expect(rois.filter((roi) => countVoxels(roi.mask) === 0).map((roi) => roi.name)).toEqual([]);
    });

    it('gives the very same masks after our own contours, with both hole encodings', () => {
      for (const holes of ['xor', 'keyhole'] as const) {
        const same = rois.map(({ mask }) =>
          masksEqual(maskFromContours(grid, contoursFromMask(mask, { holes })).mask, mask),
        );
        expect(same).toEqual(rois.map(() => true));
      }
    });

    describeWith([PLASTIMATCH])('beside plastimatch', () => {
      it('sees the very same masks', () => {
        const seen = plastimatchMasks(bytes, grid, 'xor');
        const same = rois.map(({ name, mask }) => [name, masksEqual(seen.get(name) as Mask, mask)]);
        expect(same).toEqual(rois.map(({ name }) => [name, true]));
      });
    });
  });
});

describeWith([join(DATA, 'ct-phantom-rtutils/RS.mim.dcm')])('keyholes written by MIM', () => {
  it('are holes: the volume is that of the polygons with the bridge walked twice', () => {
    const grid = gridOf(join(DATA, 'ct-phantom-rtutils/CT'));
    const { rois } = readStructureSet(readFileSync(join(DATA, 'ct-phantom-rtutils/RS.mim.dcm')));
    for (const { contours } of rois) {
      const { mask, warnings } = maskFromContours(grid, contours);
      expect(Math.abs(maskVolumeMl(mask) / polygonVolumeMl(grid, contours) - 1)).toBeLessThan(0.03);
      expect(warnings).toEqual([]);
    }
  });

  it('are in another frame of reference in the set that says so', () => {
    const own = readStructureSet(readFileSync(join(DATA, 'ct-phantom-rtutils/RS.mim.dcm')));
    const other = readStructureSet(readFileSync(join(DATA, 'ct-phantom-rtutils/RS.rtutils_other_for.dcm')));
    expect(own.frameOfReferenceUid).toBeDefined();
    expect(other.frameOfReferenceUid).not.toBe(own.frameOfReferenceUid);
  });
});

function readFileSyncIfThere(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return Buffer.alloc(0);
  }
}
