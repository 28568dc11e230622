/** A 5 x 7 pixel font for the contact sheet: seven rows of five bits per character, most significant bit left, two hex digits a row. */

export const GLYPH_WIDTH = 5;
export const GLYPH_HEIGHT = 7;
/** From one character's left edge to the next. */
export const GLYPH_ADVANCE = 6;

const GLYPHS: Readonly<Record<string, string>> = {
  ' ': '00000000000000',
  A: '0E11111F111111',
  B: '1E11111E11111E',
  C: '0E11101010110E',
  D: '1E11111111111E',
  E: '1F10101E10101F',
  F: '1F10101E101010',
  G: '0E11101711110F',
  H: '1111111F111111',
  I: '0E04040404040E',
  J: '0702020202120C',
  K: '11121418141211',
  L: '1010101010101F',
  M: '111B1515111111',
  N: '11111915131111',
  O: '0E11111111110E',
  P: '1E11111E101010',
  Q: '0E11111115120D',
  R: '1E11111E141211',
  S: '0F10100E01011E',
  T: '1F040404040404',
  U: '1111111111110E',
  V: '11111111110A04',
  W: '11111115151B11',
  X: '11110A040A1111',
  Y: '11110A04040404',
  Z: '1F01020408101F',
  a: '00000E010F110F',
  b: '1010161911111E',
  c: '00000E1010110E',
  d: '01010D1311110F',
  e: '00000E111F100E',
  f: '0609081C080808',
  g: '000F11110F010E',
  h: '10101619111111',
  i: '04000C0404040E',
  j: '0200060202120C',
  k: '10101214181412',
  l: '0C04040404040E',
  m: '00001A15151111',
  n: '00001619111111',
  o: '00000E1111110E',
  p: '00001E111E1010',
  q: '00000D130F0101',
  r: '00001619101010',
  s: '00000E100E011E',
  t: '08081C08080906',
  u: '0000111111130D',
  v: '00001111110A04',
  w: '0000111115150A',
  x: '0000110A040A11',
  y: '000011110F010E',
  z: '00001F0204081F',
  Æ: '0F14141F141417',
  Ø: '0D121515150916',
  Å: '040A040E111F11',
  æ: '00001A050F140F',
  ø: '00000D13151916',
  å: '04000E010F110F',
  '0': '0E11131519110E',
  '1': '040C040404040E',
  '2': '0E11010608101F',
  '3': '1F02040201110E',
  '4': '02060A121F0202',
  '5': '1F101E0101110E',
  '6': '0608101E11110E',
  '7': '1F010204080808',
  '8': '0E11110E11110E',
  '9': '0E11110F01020C',
  '-': '0000001F000000',
  '+': '0004041F040400',
  '.': '00000000000C0C',
  ',': '000000000C0408',
  ':': '000C0C000C0C00',
  '/': '00010204081000',
  '(': '02040808080402',
  ')': '08040202020408',
  _: '0000000000001F',
  '%': '18190204081303',
  '=': '00001F001F0000',
  '?': '0E110102040004',
};

/** Seven rows of bits; characters that the font lacks are shown as a question mark. */
export function glyphRows(character: string): readonly number[] {
  const hex = GLYPHS[character] ?? GLYPHS['?'];
  return Array.from({ length: GLYPH_HEIGHT }, (_, row) => parseInt(hex.slice(2 * row, 2 * row + 2), 16));
}

/** Width in pixels at a scale. */
export function textWidth(text: string, scale: number): number {
  return Math.max(0, text.length * GLYPH_ADVANCE - 1) * scale;
}
