import * as fc from 'fast-check';
import { countByte } from './count-byte';

const plainly = (bytes: Uint8Array, value: number): number => bytes.filter((byte) => byte === value).length;

it('counts what a plain loop counts, whatever the bytes and wherever they begin', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 3_000 }),
      fc.constantFrom(0x00, 0x01, 0x5c, 0x7f, 0x80, 0xa3, 0xff),
      fc.nat(9),
      (bytes, value, start) => {
        const near = bytes.map((byte, index) => (index % 3 === 0 ? value : index % 3 === 1 ? value ^ 0x80 : byte));
        for (const each of [bytes, near]) {
          const part = each.subarray(Math.min(start, each.length));
          expect(countByte(part, value)).toBe(plainly(part, value));
        }
      },
    ),
    { numRuns: 300 },
  );
});

it('does not overflow where every byte counts', () => {
  for (const value of [0x00, 0x5c, 0xff]) expect(countByte(new Uint8Array(100_003).fill(value), value)).toBe(100_003);
});
