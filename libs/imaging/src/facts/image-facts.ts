/**
 * Facts that selection rules may ask of the image itself, because BodyPartExamined is often missing or wrong. All are measured on
 * 4 mm cells along the patient's axes; the body is the largest part above -400 HU without thin parts, filled level by level.
 */
import { countSliceVoxels } from '@modelbank/geometry';
import type { HounsfieldVolume } from '../decode/to-hounsfield';
import { CELL_MM, levelSpans, median, OUTSIDE_SCAN, PatientOverview, patientOverview } from './patient-overview';

/** Same names as the registry's image facts. */
export interface MeasuredImageFacts {
  /** Median over the levels of the body's extent from right to left. */
  readonly bodyWidthMm: number;
  /** Median over the levels of the body's extent from anterior to posterior. */
  readonly bodyDepthMm: number;
  /** Median over the levels of the body's area. */
  readonly bodyCrossSectionCm2: number;
  /** Part of the scan that is not body. */
  readonly airAroundBodyFraction: number;
  /** Inside the body, below -500 HU: lungs, airways, gas. */
  readonly lungVolumeMl: number;
  /** Part of the body above 250 HU; contrast medium and metal count too. */
  readonly boneFraction: number;
  /** The same in each third of the scan's craniocaudal extent; 0 where a third has no body. */
  readonly boneFractionCranialThird: number;
  readonly boneFractionMiddleThird: number;
  readonly boneFractionCaudalThird: number;
}

const LUNG_BELOW_HU = -500;
const BONE_ABOVE_HU = 250;

export function measureImageFacts(volume: HounsfieldVolume): MeasuredImageFacts {
  return factsOfOverview(patientOverview(volume));
}

export function factsOfOverview(overview: PatientOverview): MeasuredImageFacts {
  const { grid, body } = overview;
  const areas = grid.origins.map((_, level) => countSliceVoxels(body, level)).filter((cells) => cells > 0);
  const extentMm = (axis: 0 | 1) => median(levelSpans(body, axis).map(([low, high]) => (high - low + 1) * CELL_MM));
  const thirds = countThirds(overview);
  const total = (name: keyof ThirdCounts) => thirds.reduce((sum, third) => sum + third[name], 0);
  const [caudal, middle, cranial] = thirds.map((third) => fraction(third.bone, third.body));
  return {
    bodyWidthMm: areas.length === 0 ? 0 : extentMm(0),
    bodyDepthMm: areas.length === 0 ? 0 : extentMm(1),
    bodyCrossSectionCm2: areas.length === 0 ? 0 : (median(areas) * CELL_MM ** 2) / 100,
    airAroundBodyFraction: fraction(total('scan') - total('body'), total('scan')),
    lungVolumeMl: (total('lung') * CELL_MM ** 3) / 1000,
    boneFraction: fraction(total('bone'), total('body')),
    boneFractionCranialThird: cranial,
    boneFractionMiddleThird: middle,
    boneFractionCaudalThird: caudal,
  };
}

interface ThirdCounts {
  scan: number;
  body: number;
  lung: number;
  bone: number;
}

/** Caudal third first: the overview's levels ascend to superior. */
function countThirds({ grid, hu, body }: PatientOverview): readonly [ThirdCounts, ThirdCounts, ThirdCounts] {
  const empty = (): ThirdCounts => ({ scan: 0, body: 0, lung: 0, bone: 0 });
  const thirds: [ThirdCounts, ThirdCounts, ThirdCounts] = [empty(), empty(), empty()];
  const levelCells = grid.columns * grid.rows;
  for (let index = 0; index < hu.length; index++) {
    if (hu[index] === OUTSIDE_SCAN) continue;
    const level = Math.floor(index / levelCells);
    const third = thirds[Math.floor((3 * level) / grid.origins.length)];
    third.scan++;
    if (((body.bits[index >>> 3] >>> (index & 7)) & 1) === 0) continue;
    third.body++;
    if (hu[index] < LUNG_BELOW_HU) third.lung++;
    if (hu[index] > BONE_ABOVE_HU) third.bone++;
  }
  return thirds;
}

function fraction(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
