/**
 * SpecificCharacterSet (PS3.3 C.12.1.1.2, PS3.5 6.1 and Annexes H to K): bytes of text elements to Unicode. Sets that nobody
 * knows are read as Latin-1 and say so, because a garbled name must never stop a study.
 */

/** One graphic set: a label of the WHATWG encodings, and whether its bytes are 7-bit codes to be moved to G1. */
interface GraphicSet {
  readonly label: string;
  /** The two-byte 7-bit sets are read as EUC: with the high bit of every byte set (PS3.5 H.3, I.2, K.2). */
  readonly highBit?: boolean;
}

const LATIN_1: GraphicSet = { label: 'latin1' };

const SINGLE_SETS: Readonly<Record<string, GraphicSet>> = {
  '': LATIN_1,
  'ISO_IR 6': LATIN_1,
  'ISO_IR 100': LATIN_1,
  'ISO_IR 101': { label: 'iso-8859-2' },
  'ISO_IR 109': { label: 'iso-8859-3' },
  'ISO_IR 110': { label: 'iso-8859-4' },
  'ISO_IR 144': { label: 'iso-8859-5' },
  'ISO_IR 127': { label: 'iso-8859-6' },
  'ISO_IR 126': { label: 'iso-8859-7' },
  'ISO_IR 138': { label: 'iso-8859-8' },
  'ISO_IR 148': { label: 'windows-1254' },
  'ISO_IR 203': { label: 'iso-8859-15' },
  'ISO_IR 13': { label: 'shift_jis' },
  'ISO_IR 166': { label: 'windows-874' },
  'ISO_IR 192': { label: 'utf-8' },
  GB18030: { label: 'gb18030' },
  GBK: { label: 'gbk' },
};

/** What follows ESC for each ISO 2022 set (PS3.3 tables C.12-3 and C.12-4). */
const ESCAPES: readonly (readonly [sequence: string, set: GraphicSet])[] = [
  ['(B', LATIN_1],
  ['-A', LATIN_1],
  ['-B', { label: 'iso-8859-2' }],
  ['-C', { label: 'iso-8859-3' }],
  ['-D', { label: 'iso-8859-4' }],
  ['-L', { label: 'iso-8859-5' }],
  ['-G', { label: 'iso-8859-6' }],
  ['-F', { label: 'iso-8859-7' }],
  ['-H', { label: 'iso-8859-8' }],
  ['-M', { label: 'windows-1254' }],
  ['-b', { label: 'iso-8859-15' }],
  ['-T', { label: 'windows-874' }],
  ['(J', { label: 'shift_jis' }],
  [')I', { label: 'shift_jis' }],
  ['$B', { label: 'euc-jp', highBit: true }],
  ['$(D', { label: 'euc-jp-212', highBit: true }],
  ['$)C', { label: 'euc-kr' }],
  ['$)A', { label: 'gb18030' }],
];

export interface CharacterSet {
  /** Every term was known; where not, the text was read as Latin-1. */
  readonly known: boolean;
  decode(bytes: Uint8Array): string;
}

/** The decoder for the values of SpecificCharacterSet; none of them is the default repertoire. */
export function characterSetOf(terms: readonly string[]): CharacterSet {
  const names = terms.map(normalise);
  const first = SINGLE_SETS[names[0] ?? ''];
  const known = names.every((name) => name in SINGLE_SETS);
  const set = first ?? LATIN_1;
  const standsAlone = set.label === 'utf-8' || set.label.startsWith('gb');
  return { known, decode: (bytes) => (standsAlone ? decodeRun(bytes, set) : decodeEscaped(bytes, set)) };
}

/** `ISO 2022 IR 100` and misspellings such as `ISO-IR 100`, `iso_ir_192` name the set `ISO_IR 100`. */
function normalise(term: string): string {
  const text = term.trim().toUpperCase();
  const registered = /^ISO[ _-]?(?:2022[ _-]?)?IR[ _-]?([0-9]{1,3})$/.exec(text);
  if (registered === null) return /^(?:UTF-?8|ISO_?IR_?192)$/.test(text) ? 'ISO_IR 192' : text;
  return MULTI_BYTE_TERMS.has(registered[1]) ? 'ISO_IR 6' : `ISO_IR ${registered[1]}`;
}

/** Sets that are reached by an escape only; before it, text is ASCII. */
const MULTI_BYTE_TERMS: ReadonlySet<string> = new Set(['87', '149', '159', '58']);

/** Characters after which the first set is in force again (PS3.5 6.1.2.5.3): line ends, and the delimiters of names. */
const RESETS: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0c, 0x0d]);
const NAME_RESETS: ReadonlySet<number> = new Set([0x5c, 0x3d, 0x5e]);

function decodeEscaped(bytes: Uint8Array, initial: GraphicSet): string {
  if (!bytes.includes(0x1b)) return decodeRun(bytes, initial);
  let text = '';
  let set = initial;
  let runStart = 0;
  let at = 0;
  const flush = (end: number) => {
    text += decodeRun(bytes.subarray(runStart, end), set);
  };
  while (at < bytes.length) {
    const escape = bytes[at] === 0x1b ? escapeAt(bytes, at) : undefined;
    if (escape !== undefined) {
      flush(at);
      set = escape.set;
      at += escape.length;
      runStart = at;
    } else if (RESETS.has(bytes[at]) || (NAME_RESETS.has(bytes[at]) && !set.highBit)) {
      flush(at);
      runStart = at;
      set = initial;
      at += 1;
    } else at += set.highBit ? 2 : 1;
  }
  flush(bytes.length);
  return text;
}

function escapeAt(bytes: Uint8Array, at: number): { set: GraphicSet; length: number } | undefined {
  const ahead = String.fromCharCode(...bytes.subarray(at + 1, at + 4));
  const found = ESCAPES.find(([sequence]) => ahead.startsWith(sequence));
  return found === undefined ? undefined : { set: found[1], length: found[0].length + 1 };
}

function decodeRun(bytes: Uint8Array, set: GraphicSet): string {
  if (bytes.length === 0) return '';
  if (set.label === 'latin1') return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  if (!set.highBit) return new TextDecoder(set.label).decode(bytes);
  const raised = bytes.map((byte) => byte | 0x80);
  if (set.label === 'euc-jp') return new TextDecoder('euc-jp').decode(raised);
  // JIS X 0212 is the third code set of EUC-JP: each character after the single shift 8F.
  const shifted: number[] = [];
  for (let i = 0; i + 1 < raised.length; i += 2) shifted.push(0x8f, raised[i], raised[i + 1]);
  return new TextDecoder('euc-jp').decode(new Uint8Array(shifted));
}
