/** What holds for the structure check whatever the bytes are and whatever pieces they come in. */
import * as fc from 'fast-check';
import { ENCODINGS, check, codeOf } from '../test-support/checked-structure';
import { identity, item, openSequence, raw } from '../test-support/raw-bytes';
import { StructureCheck } from './structure-check';
import { EXPLICIT_VR_LITTLE_ENDIAN } from './transfer-syntaxes';

it('gives the same, whatever the pieces a data set of any shape comes in', () => {
  const value = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes.subarray(0, bytes.length & ~1)));
  const leaf = fc
    .tuple(fc.constantFrom('LO', 'DS', 'OB', 'UN', 'US', 'UT'), value)
    .map(([vr, bytes]) => raw(0x00211001, vr, bytes));
  const contour = fc.array(fc.constantFrom('1.5', '-2', '3e1'), { maxLength: 9 }).map((values) => {
    const text = values.join('\\');
    return raw(0x30060050, 'DS', text.length % 2 === 0 ? text : `${text} `);
  });
  const { tree } = fc.letrec<{ tree: Buffer }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5, depthSize: 'small' },
      leaf,
      contour,
      fc
        .tuple(fc.array(fc.array(tie('tree'), { maxLength: 3 }), { maxLength: 3 }), fc.boolean(), fc.boolean())
        .map(([items, openItems, open]) => {
          const content = Buffer.concat(items.map((parts) => item(Buffer.concat(parts), openItems)));
          return open ? openSequence(0x00081140, content) : raw(0x00081140, 'SQ', content);
        }),
    ),
  }));
  const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
  fc.assert(
    fc.property(fc.array(tree, { minLength: 1, maxLength: 6 }), cuts, (parts, where) => {
      const dataSet = Buffer.concat([identity(), ...parts, raw(0x7fe00010, 'OW', Buffer.alloc(64))]);
      const whole = check(dataSet);
      const ends = [...where.map((at) => Math.floor(at * dataSet.length)), dataSet.length].sort((a, b) => a - b);
      const structure = new StructureCheck(EXPLICIT_VR_LITTLE_ENDIAN);
      ends.forEach((end, index) => structure.push(dataSet.subarray(ends[index - 1] ?? 0, end)));
      expect(structure.finish()).toEqual(whole);
      expect(whole.byteLength).toBe(dataSet.length);
    }),
    { numRuns: 300 },
  );
});

it('never throws anything but a DicomError, whatever the bytes', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 0, maxLength: 300 }),
      fc.constantFrom(...ENCODINGS.map(([, uid]) => uid)),
      (bytes, syntax) => {
        const whole = codeOf(() => check(bytes, syntax));
        expect(codeOf(() => check(bytes, syntax, { chunk: 1 }))).toBe(whole);
      },
    ),
    { numRuns: 500 },
  );
});
