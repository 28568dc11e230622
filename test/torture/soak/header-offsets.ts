/** Where element headers may begin in bytes of any encoding: a guess for mutations, not a parser. */

/** VRs as they stand in explicit encodings. */
export const TAGGED_VRS = [
  'AE', 'AS', 'AT', 'CS', 'DA', 'DS', 'DT', 'FD', 'FL', 'IS', 'LO', 'LT', 'OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'PN',
  'SH', 'SL', 'SQ', 'SS', 'ST', 'SV', 'TM', 'UC', 'UI', 'UL', 'UN', 'UR', 'US', 'UT', 'UV',
] as const; // prettier-ignore

const CODES: ReadonlySet<number> = new Set(TAGGED_VRS.map((vr) => (vr.charCodeAt(0) << 8) | vr.charCodeAt(1)));
const LOOKED_AT_BYTES = 6_000;

/** Offsets of what looks like a tag with a VR, or like an item or a delimiter. */
export function headerOffsets(bytes: Buffer): number[] {
  const offsets: number[] = [];
  const end = Math.min(bytes.length, LOOKED_AT_BYTES) - 6;
  for (let at = 0; at < end; at += 2) {
    const isItem = bytes[at] === 0xfe && bytes[at + 1] === 0xff;
    if (isItem || CODES.has((bytes[at + 4] << 8) | bytes[at + 5])) offsets.push(at);
  }
  return offsets;
}
