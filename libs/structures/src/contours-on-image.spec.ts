import { gridFromSlices } from '@modelbank/geometry';
import type { Grid, Vec3 } from '@modelbank/geometry';
import { contoursOnImage, type ImagePlane } from './contours-on-image';
import type { ReadRoi, ReadStructureSet } from './structure-set';

const FRAME = '1.2.3.4';
const AXIAL = [1, 0, 0, 0, 1, 0] as const;
const SAGITTAL = [0, 1, 0, 0, 0, -1] as const;
const C = Math.SQRT1_2;
const OBLIQUE = [C, C, 0, 0, 0, -1] as const;

function plane(orientation: readonly [number, number, number, number, number, number], position: Vec3): ImagePlane {
  const u = orientation.slice(0, 3) as unknown as Vec3;
  const v = orientation.slice(3) as unknown as Vec3;
  const normal: Vec3 = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
  const slice = {
    imagePositionPatient: position,
    imageOrientationPatient: orientation,
    pixelSpacingMm: [2, 0.5] as const,
    ...{ rows: 100, columns: 100 },
  };
  const next = position.map((at, axis) => at + normal[axis]) as unknown as Vec3;
  const { grid } = gridFromSlices([slice, { ...slice, imagePositionPatient: next }]);
  const one: Grid = { ...grid!, origins: [position] };
  return { sopInstanceUid: '1.1', frameOfReferenceUid: FRAME, grid: one, thicknessMm: 3 };
}

/** Patient points of (column, row) on a plane, lifted off it. */
function pointsOn({ grid }: ImagePlane, pixels: readonly (readonly [number, number])[], heightMm = 0): Float64Array {
  const { origins, rowDirection: u, columnDirection: v, normal } = grid;
  return Float64Array.from(
    pixels.flatMap(([column, row]) =>
      [0, 1, 2].map((a) => origins[0][a] + column * 0.5 * u[a] + row * 2 * v[a] + heightMm * normal[a]),
    ),
  );
}

function setOf(roi: Partial<ReadRoi>, frameOfReferenceUid: string | undefined = FRAME): ReadStructureSet {
  return {
    ...{ sopInstanceUid: '9.1', studyInstanceUid: '9.2', seriesInstanceUid: '9.3', frameOfReferenceUid, label: '' },
    ...{ referencedSeries: [], predecessorSopInstanceUids: [], warnings: [] },
    rois: [{ number: 1, name: 'Heart', color: [1, 2, 3], contours: [], ...roi }],
  };
}

const TRIANGLE = [
  [10, 20],
  [30, 20],
  [20, 40.5],
] as const;

describe('contoursOnImage', () => {
  it.each([
    ['axial', AXIAL],
    ['sagittal', SAGITTAL],
    ['oblique', OBLIQUE],
  ] as const)('gives the pixels of an %s image', (_name, orientation) => {
    const image = plane(orientation, [-100, 30, 55]);
    const contour = { geometricType: 'CLOSED_PLANAR', points: pointsOn(image, TRIANGLE) };
    const [roi] = contoursOnImage(setOf({ contours: [contour] }), image);
    expect(roi).toMatchObject({ name: 'Heart', color: [1, 2, 3] });
    expect(Array.from(roi.loops[0])).toEqual(TRIANGLE.flat().map((value) => expect.closeTo(value, 6) as number));
  });

  const image = plane(AXIAL, [0, 0, 0]);
  const at = (heightMm: number, referencedSopInstanceUid?: string, geometricType = 'CLOSED_PLANAR') => ({
    geometricType,
    points: pointsOn(image, TRIANGLE, heightMm),
    ...(referencedSopInstanceUid !== undefined && { referencedSopInstanceUid }),
  });

  it.each([
    ['an image that it names, wherever it lies', at(7, '1.1'), 1],
    ['no image but the one it names', at(0, '1.2'), 0],
    ['its plane, where it names no image', at(1.4), 1],
    ['not the plane of the next slice', at(1.6), 0],
    ['points', at(0, undefined, 'POINT'), 0],
    ['open lines', at(0, undefined, 'OPEN_PLANAR'), 0],
    ['a hole as a contour of its own', at(0, undefined, 'CLOSEDPLANAR_XOR'), 1],
    ['a line of two points', { geometricType: 'CLOSED_PLANAR', points: Float64Array.of(0, 0, 0, 1, 1, 0) }, 0],
    [
      'a tilted one without a reference',
      { geometricType: 'CLOSED_PLANAR', points: Float64Array.of(0, 0, -1, 10, 0, 1, 5, 5, 0) },
      0,
    ],
  ])('counts %s', (_what, contour, count) => {
    expect(contoursOnImage(setOf({ contours: [contour] }), image)).toHaveLength(count);
  });

  it('needs the same frame of reference where no image is named', () => {
    expect(contoursOnImage(setOf({ contours: [at(0)] }, '1.9'), image)).toEqual([]);
    expect(contoursOnImage(setOf({ contours: [at(0)], frameOfReferenceUid: '1.9' }), image)).toEqual([]);
    expect(contoursOnImage(setOf({ contours: [at(0, '1.1')] }, '1.9'), image)).toHaveLength(1);
  });
});
