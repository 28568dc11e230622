/**
 * How long masks take to become RTSTRUCT bytes and back: 32 organs of head-and-neck size, and the five structures of a body on 200
 * slices. Prints CPU milliseconds (median of five runs). Run: `npm run build && node dist/test/bench/contours.js`.
 */
import { createMask, setVoxel, countVoxels, masksEqual, type Grid, type Mask } from '@modelbank/geometry';
import { parseUid } from '@modelbank/dicom';
import {
  checkStructureSet,
  contoursFromMask,
  maskFromContours,
  readStructureSet,
  writeStructureSet,
  type Roi,
} from '@modelbank/structures';

const RUNS = 5;
const EXPECTED = { studyInstanceUid: '2.25.5', seriesInstanceUid: '2.25.6', frameOfReferenceUid: '2.25.3' };

function axialGrid(slices: number, pixelMm: number, sliceMm: number): Grid {
  const origins = Array.from({ length: slices }, (_, k) => [-250.4, -251.2, -900 + k * sliceMm] as const);
  return {
    columns: 512,
    rows: 512,
    rowDirection: [1, 0, 0],
    columnDirection: [0, 1, 0],
    normal: [0, 0, 1],
    columnSpacingMm: pixelMm,
    rowSpacingMm: pixelMm,
    origins,
  };
}

/** An ellipsoid with a wavy surface and, where asked for, a hollow inside. */
function organ(grid: Grid, centre: readonly number[], radii: readonly number[], hollow = 0, roughness = 0.06): Mask {
  const mask = createMask(grid);
  const low = centre.map((value, axis) => Math.floor(value - radii[axis] * 1.2));
  const high = centre.map((value, axis) => Math.ceil(value + radii[axis] * 1.2));
  for (let k = Math.max(0, low[2]); k <= Math.min(grid.origins.length - 1, high[2]); k++) {
    for (let j = Math.max(0, low[1]); j <= Math.min(511, high[1]); j++) {
      for (let i = Math.max(0, low[0]); i <= Math.min(511, high[0]); i++) {
        const [x, y, z] = [(i - centre[0]) / radii[0], (j - centre[1]) / radii[1], (k - centre[2]) / radii[2]];
        const wave =
          1 + roughness * Math.sin(7 * Math.atan2(y, x) + 3 * z) + roughness * Math.sin(19 * Math.atan2(y, x));
        const radius = Math.sqrt(x * x + y * y + z * z);
        if (radius < wave && radius >= hollow * wave) setVoxel(mask, i, j, k);
      }
    }
  }
  return mask;
}

/** Bone as thresholds find it: ragged edges, marrow holes and islands, some 60 contours a slice. */
function raggedBone(grid: Grid): Mask {
  const mask = createMask(grid);
  for (let k = 0; k < grid.origins.length; k++) {
    for (let j = 80; j < 420; j++) {
      for (let i = 60; i < 450; i++) {
        const ribs = Math.abs(Math.hypot((i - 256) / 170, (j - 250) / 140) - 1) < 0.05;
        const spine = Math.hypot(i - 256, j - 350) < 32 && Math.hypot(i - 256, j - 362) > 10;
        const grain =
          Math.sin(i * 0.61 + k) * Math.cos(j * 0.53 - k * 0.7) +
          0.4 * Math.sin(((i * 7919 + j * 104729 + k) % 97) / 15);
        if (
          (ribs && Math.sin(Math.atan2(j - 250, i - 256) * 9 + k * 0.3) > 0 && grain > -0.75) ||
          (spine && grain > -0.8)
        ) {
          setVoxel(mask, i, j, k);
        }
      }
    }
  }
  return mask;
}

function headAndNeck(): { grid: Grid; masks: Mask[] } {
  const grid = axialGrid(150, 0.977, 2);
  const masks = Array.from({ length: 32 }, (_, n) => {
    const radius = 6 + (n % 8) * 6;
    const centre = [140 + (n % 6) * 45, 150 + Math.floor(n / 6) * 40, 30 + ((n * 13) % 90)];
    return organ(grid, centre, [radius, radius * 0.8, 8 + radius / 2], n % 5 === 0 ? 0.5 : 0);
  });
  return { grid, masks };
}

function body(): { grid: Grid; masks: Mask[] } {
  const grid = axialGrid(200, 0.977, 2);
  return {
    grid,
    masks: [
      organ(grid, [256, 256, 100], [215, 160, 400], 0, 0.01),
      organ(grid, [160, 250, 110], [65, 95, 85], 0, 0.04),
      organ(grid, [350, 250, 110], [65, 95, 85], 0, 0.04),
      raggedBone(grid),
      organ(grid, [256, 220, 150], [9, 9, 60], 0, 0.02),
    ],
  };
}

function imagesOf(grid: Grid): string[] {
  return grid.origins.map((_, k) => `2.25.4${k}`);
}

function write(grid: Grid, masks: readonly Mask[]): Uint8Array {
  const images = imagesOf(grid);
  const rois = masks.map((mask, index): Roi => ({
    number: index + 1,
    name: `Organ_${index + 1}`,
    color: [255, (index * 37) % 256, (index * 91) % 256],
    interpretedType: 'ORGAN',
    contours: contoursFromMask(mask, { sliceSopInstanceUids: images }),
  }));
  return writeStructureSet({
    sopInstanceUid: '2.25.1',
    seriesInstanceUid: '2.25.2',
    frameOfReferenceUid: '2.25.3',
    study: {
      PatientName: 'Bench^Mark',
      PatientID: 'BENCH',
      PatientBirthDate: null,
      PatientSex: 'O',
      StudyInstanceUID: parseUid('2.25.5'),
      StudyDate: '20250102',
      StudyTime: '101500',
      StudyID: '1',
      AccessionNumber: null,
      ReferringPhysicianName: null,
    },
    label: 'AI, not approved',
    seriesDescription: 'Benchmark',
    seriesNumber: 1,
    date: '20250102',
    time: '120000',
    equipment: { manufacturer: 'Modelbank', modelName: 'Bench', softwareVersions: ['1'] },
    contributingModels: [],
    generationDescription: 'Benchmark',
    referencedSeries: {
      seriesInstanceUid: '2.25.6',
      sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
      sopInstanceUids: images,
    },
    rois,
  });
}

/** Median CPU time, user and system, in ms, and the last result. */
function measured<T>(action: () => T): { cpuMs: number; result: T } {
  const times: number[] = [];
  let result = action();
  for (let run = 0; run < RUNS; run++) {
    const before = process.cpuUsage();
    result = action();
    const used = process.cpuUsage(before);
    times.push((used.user + used.system) / 1000);
  }
  return { cpuMs: times.sort((a, b) => a - b)[Math.floor(RUNS / 2)], result };
}

function report(title: string, { grid, masks }: { grid: Grid; masks: Mask[] }): void {
  const tracing = measured(() => masks.map((mask) => contoursFromMask(mask)));
  const contours = tracing.result.flat();
  const points = contours.reduce((sum, contour) => sum + contour.points.length / 3, 0);
  const writing = measured(() => write(grid, masks));
  const checking = measured(() =>
    checkStructureSet(writing.result, { ...EXPECTED, grid, sliceSopInstanceUids: imagesOf(grid) }),
  );
  const reading = measured(() => readStructureSet(writing.result));
  const filling = measured(() => reading.result.rois.map((roi) => maskFromContours(grid, roi.contours).mask));
  const identical = filling.result.every((mask, index) => masksEqual(mask, masks[index]));
  const voxels = masks.reduce((sum, mask) => sum + countVoxels(mask), 0);
  process.stdout.write(
    [
      `${title}: ${masks.length} ROIs, ${grid.columns}x${grid.rows}x${grid.origins.length}, ${voxels} voxels`,
      `  ${contours.length} contours, ${points} points, ${(writing.result.length / 1e6).toFixed(1)} MB`,
      `  masks -> contours            ${tracing.cpuMs.toFixed(0)} ms CPU`,
      `  masks -> RTSTRUCT bytes      ${writing.cpuMs.toFixed(0)} ms CPU`,
      `  semantic check               ${checking.cpuMs.toFixed(0)} ms CPU, ${checking.result.length} problems`,
      `  RTSTRUCT bytes -> contours   ${reading.cpuMs.toFixed(0)} ms CPU`,
      `  contours -> masks            ${filling.cpuMs.toFixed(0)} ms CPU`,
      `  masks identical: ${identical}`,
      '',
    ].join('\n'),
  );
}

report('head and neck', headAndNeck());
report('body', body());
