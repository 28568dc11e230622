import * as fc from 'fast-check';
import { openPart10, writePart10 } from '@modelbank/dicom';
import { contourCoordinates } from './contour-data';

/** ContourData of these bytes, which take the place of a text of the same length. */
function coordinates(text: string): number[] {
  const even = text.length % 2 === 0 ? text : `${text} `;
  const bytes = Buffer.from(
    writePart10({
      SOPClassUID: '2.25.1',
      SOPInstanceUID: '2.25.2',
      StructureSetDescription: even.replace(/[^]/g, 'x'),
    }),
  );
  const at = bytes.indexOf('ST', 132, 'latin1');
  bytes.write('DS', at, 'latin1');
  bytes.writeUInt16LE(0x0050, at - 2);
  bytes.write(even, at + 4, 'latin1');
  return [...contourCoordinates(openPart10(bytes).dataSet)];
}

describe('contourCoordinates', () => {
  it.each([
    ['1\\2\\3', [1, 2, 3]],
    ['-12.345\\0\\-0.5', [-12.345, 0, -0.5]],
    ['-0\\0.0\\-0.000', [0, 0, 0]],
    ['1234.5678 ', [1234.5678]],
    ['1.\\2.50\\007', [1, 2.5, 7]],
    [' 1\\+2 \\ 3.5 ', [1, 2, 3.5]],
    ['1.5E2\\-2e-1\\.5', [150, -0.2, 0.5]],
    ['1\\2\\3\\', [1, 2, 3]],
    ['0.1234567890123456789\\1\\2', [0.1234567890123456789, 1, 2]],
    ['1\\NaN\\3', [1, NaN, 3]],
    ['1\\\\3', [1, NaN, 3]],
    ['1,5\\2\\3', [NaN, 2, 3]],
    ['1.2.3\\2\\-', [NaN, 2, NaN]],
  ])('reads %j', (text, expected) => {
    expect(coordinates(text)).toEqual(expected);
  });

  it('reads every number as the language does', () => {
    const decimal = fc
      .tuple(fc.integer({ min: -99999999, max: 99999999 }), fc.integer({ min: 0, max: 7 }))
      .map(([whole, decimals]) => (whole / 10 ** decimals).toFixed(decimals));
    fc.assert(
      fc.property(fc.array(decimal, { minLength: 1, maxLength: 9 }), (texts) => {
        expect(coordinates(texts.join('\\'))).toEqual(texts.map((text) => Number(text) + 0));
      }),
    );
  });
});
