/** Which masks may leave, and which are flagged as cut. */
import type { Grid, Mask, Vec3 } from '@modelbank/geometry';
import { maskWhere } from '@modelbank/geometry';
import { reorientedFrame, withSize } from '@modelbank/imaging';
import type { ManifestLabel } from '@modelbank/registry';
import { requireUsable, touchesEnd } from './write-labels';

const GRID: Grid = {
  columns: 4,
  rows: 4,
  rowDirection: [1, 0, 0],
  columnDirection: [0, 1, 0],
  normal: [0, 0, 1],
  columnSpacingMm: 1,
  rowSpacingMm: 1,
  origins: Array.from({ length: 10 }, (_, k): Vec3 => [0, 0, 2 * k]),
};
const slices = (first: number, last: number): Mask =>
  maskWhere(GRID, (index) => index % 16 === 5 && index >= 16 * first && index < 16 * (last + 1));
const label = (name: string, mayBeEmpty?: boolean): ManifestLabel => ({
  name,
  color: [0, 0, 0],
  interpretedType: 'ORGAN',
  mayBeEmpty,
});

describe('touchesEnd', () => {
  const whole = reorientedFrame(GRID, 'LPS');
  const cropped = withSize(whole, [4, 4, 6]);

  it.each<[string, Mask, typeof whole, boolean]>([
    ['reaches the first slice', slices(0, 3), whole, true],
    ['reaches the last slice', slices(5, 9), whole, true],
    ['lies within', slices(1, 8), whole, false],
    ['is empty', slices(3, 2), whole, false],
    ['reaches the last slice that the tensor covers', slices(4, 7), cropped, true],
    ['reaches the first slice that the tensor covers', slices(2, 4), cropped, true],
    ['lies within the tensor', slices(3, 6), cropped, false],
  ])('%s', (_, mask, frame, expected) => {
    expect(touchesEnd(mask, frame)).toBe(expected);
  });
});

describe('requireUsable', () => {
  it('lets ordinary labels pass, and empty ones that may be empty', () => {
    const masks = new Map([
      ['Brain', slices(2, 3)],
      ['Tumour', slices(3, 2)],
    ]);
    expect(() => requireUsable([label('Brain'), label('Tumour', true)], masks)).not.toThrow();
  });

  it('names every label that is empty, full or missing', () => {
    const masks = new Map([
      ['Brain', slices(3, 2)],
      ['Body', maskWhere(GRID, () => true)],
    ]);
    expect(() => requireUsable([label('Brain'), label('Body', true), label('Eye_L')], masks)).toThrow(
      '"Brain" is empty; "Body" fills the whole scan; "Eye_L" was not made',
    );
  });
});
