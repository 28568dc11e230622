/**
 * Value representations (PS3.5 6.2): which there are, how their length is written in explicit VR (PS3.5 7.1.2) and what
 * pads them to an even length.
 */
export const VALUE_REPRESENTATIONS = [
  'AE', 'AS', 'AT', 'CS', 'DA', 'DS', 'DT', 'FD', 'FL', 'IS', 'LO', 'LT', 'OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'PN',
  'SH', 'SL', 'SQ', 'SS', 'ST', 'SV', 'TM', 'UC', 'UI', 'UL', 'UN', 'UR', 'US', 'UT', 'UV',
] as const; // prettier-ignore
export type Vr = (typeof VALUE_REPRESENTATIONS)[number];

const LONG_VRS: ReadonlySet<Vr> = new Set([
  'OB',
  'OD',
  'OF',
  'OL',
  'OV',
  'OW',
  'SQ',
  'SV',
  'UC',
  'UN',
  'UR',
  'UT',
  'UV',
]);
const ENCODED_TEXT_VRS: ReadonlySet<Vr> = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);
const UNSPLIT_VRS: ReadonlySet<Vr> = new Set(['LT', 'ST', 'UT', 'UR']);

/** Index in VALUE_REPRESENTATIONS plus one by the two VR bytes: an array, because every element asks. */
const BY_CODE = new Uint8Array(0x10000);
VALUE_REPRESENTATIONS.forEach((vr, index) => {
  BY_CODE[(vr.charCodeAt(0) << 8) | vr.charCodeAt(1)] = index + 1;
});

/** The VR of two bytes of an explicit element; undefined when there is no such VR. */
export function vrOfCode(first: number, second: number): Vr | undefined {
  const index = BY_CODE[(first << 8) | second];
  return index === 0 ? undefined : VALUE_REPRESENTATIONS[index - 1];
}

/** The same for the two VR bytes, without a detour over their name: 1 where a 32-bit length follows. */
const LONG_BY_CODE = new Uint8Array(0x10000);
LONG_VRS.forEach((vr) => (LONG_BY_CODE[(vr.charCodeAt(0) << 8) | vr.charCodeAt(1)] = 1));

/** `hasLongLength` of the two bytes of a VR. */
export function codeHasLongLength(first: number, second: number): boolean {
  return LONG_BY_CODE[(first << 8) | second] === 1;
}

/** Two reserved bytes and a 32-bit length follow the VR (PS3.5 table 7.1-1). */
export function hasLongLength(vr: Vr): boolean {
  return LONG_VRS.has(vr);
}

/** SpecificCharacterSet applies to it (PS3.5 6.1.2.3). */
export function isEncodedText(vr: Vr): boolean {
  return ENCODED_TEXT_VRS.has(vr);
}

/** A backslash separates values in it. */
export function isMultiValued(vr: Vr): boolean {
  return !UNSPLIT_VRS.has(vr);
}

/** UI and binary values are padded with NUL, text with a space. */
export function paddingByte(vr: Vr): number {
  return vr === 'UI' || vr === 'OB' || vr === 'UN' ? 0x00 : 0x20;
}

/** Bytes of one value of a binary VR; undefined for text. */
export const BINARY_VALUE_BYTES: Readonly<Partial<Record<Vr, number>>> = {
  AT: 4, FD: 8, FL: 4, OB: 1, OD: 8, OF: 4, OL: 4, OV: 8, OW: 2, SL: 4, SS: 2, SV: 8, UL: 4, UN: 1, US: 2, UV: 8,
}; // prettier-ignore

/** The length that means "until the delimiter" (PS3.5 7.5). */
export const UNDEFINED_LENGTH = 0xffffffff;

export const ITEM = 0xfffee000;
export const ITEM_DELIMITATION = 0xfffee00d;
export const SEQUENCE_DELIMITATION = 0xfffee0dd;
export const PIXEL_DATA = 0x7fe00010;
