/** Group C of the bad inputs, encoding: nesting, lengths, representations (PS3.5 sections 6 and 7). */
import {
  EXPLICIT_LE,
  IMPLICIT_LE,
  UNDEFINED,
  delimiter,
  item,
  nestingBomb,
  openSequence,
  raw,
} from '../../../libs/dicom/test-support/raw-bytes';
import { element } from '../../support/ct-slices';
import { attackCt, identityOf } from '../support/attack-ct';
import {
  BIG_ENDIAN_CT,
  CANNOT_UNDERSTAND,
  DOES_NOT_MATCH,
  IMPLICIT_CT,
  MALFORMED,
  MISMATCH,
  TOO_DEEP,
  TOO_LARGE,
  TRUNCATED,
  UID_INVALID,
  notOffered,
  storeRefused,
} from '../support/store-rows';
import type { TortureRow } from '../support/torture-row';

const closing = (depth: number): Buffer =>
  Buffer.concat(Array.from({ length: depth }, () => Buffer.concat([delimiter(0xfffee00d), delimiter(0xfffee0dd)])));

/** Sequences in sequences, closed in the end: 36 bytes a level in explicit VR. */
const nested = (depth: number, encoding = EXPLICIT_LE) => Buffer.concat([nestingBomb(depth, encoding), closing(depth)]);

/** The same with stated lengths: each level knows how much is in it. */
function nestedWithLengths(depth: number): Buffer {
  let inside: Buffer = Buffer.alloc(0);
  for (let level = 0; level < depth; level += 1) inside = raw(0x0040a730, 'SQ', item(inside));
  return inside;
}

function nestedUnknown(depth: number): Buffer {
  const level = Buffer.concat([
    raw(0x00091001, '', '', IMPLICIT_LE, UNDEFINED),
    item(Buffer.alloc(0)).subarray(0, 4),
    Buffer.alloc(4, 0xff),
  ]);
  const levels = Array.from({ length: depth - 1 }, () => level);
  const first = Buffer.concat([raw(0x00091001, 'UN', '', EXPLICIT_LE, UNDEFINED), level.subarray(8)]);
  return Buffer.concat([first, ...levels, closing(depth)]);
}

const NESTING: readonly TortureRow[] = [
  ...[65, 1_100, 30_000, 100_000].map((depth) =>
    storeRefused(
      'C1',
      `sequences nested ${depth} deep`,
      (uid) => Buffer.concat([identityOf(uid), nested(depth)]),
      CANNOT_UNDERSTAND,
      TOO_DEEP,
    ),
  ),
  storeRefused(
    'C1',
    'sequences of stated length nested 65 deep',
    (uid) => Buffer.concat([identityOf(uid), nestedWithLengths(65)]),
    CANNOT_UNDERSTAND,
    TOO_DEEP,
  ),
  storeRefused(
    'C1',
    'UN nested 30000 deep',
    (uid) => Buffer.concat([identityOf(uid), nestedUnknown(30_000)]),
    CANNOT_UNDERSTAND,
    TOO_DEEP,
  ),
  storeRefused(
    'C1',
    'sequences nested 30000 deep in implicit VR',
    () => nested(30_000, IMPLICIT_LE),
    CANNOT_UNDERSTAND,
    TOO_DEEP,
    { contexts: [IMPLICIT_CT] },
  ),
  {
    id: 'C1',
    title: 'sequences nested 64 deep, which is allowed',
    attack: (attacker) => {
      const { uid, dataSet } = attackCt([nested(64)]);
      return attacker.store(dataSet, uid);
    },
    expected: '0x0000',
    isKept: true,
  },
];

const SHORT_VRS = ['AE', 'AS', 'CS', 'DA', 'DS', 'DT', 'FD', 'FL', 'IS', 'LO', 'LT', 'PN', 'SH', 'SL', 'SS', 'ST', 'TM', 'UI', 'UL', 'US']; // prettier-ignore
const LONG_VRS = ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SV', 'UC', 'UR', 'UT', 'UV'];

const LENGTHS: readonly TortureRow[] = [
  ...LONG_VRS.map((vr) =>
    storeRefused(
      'C5',
      `undefined length on ${vr}`,
      (uid) => Buffer.concat([identityOf(uid), raw(0x00211001, vr, 'text', EXPLICIT_LE, UNDEFINED)]),
      CANNOT_UNDERSTAND,
      MALFORMED,
    ),
  ),
  ...SHORT_VRS.map((vr) =>
    storeRefused(
      'C5',
      `length FFFF on ${vr}`,
      (uid) => Buffer.concat([identityOf(uid), raw(0x00211001, vr, Buffer.alloc(64), EXPLICIT_LE, 0xffff)]),
      CANNOT_UNDERSTAND,
      MALFORMED,
    ),
  ),
  ...[
    ['US', 0x00280010],
    ['LO', 0x00100020],
  ].map(([vr, tag]) =>
    storeRefused(
      'C5',
      `undefined length on ${vr} in implicit VR`,
      () => raw(Number(tag), '', 'text', IMPLICIT_LE, UNDEFINED),
      CANNOT_UNDERSTAND,
      MALFORMED,
      { contexts: [IMPLICIT_CT] },
    ),
  ),
  storeRefused(
    'C5',
    'garbage in UN of undefined length',
    (uid) => Buffer.concat([identityOf(uid), raw(0x00091001, 'UN', 'garbage and no item', EXPLICIT_LE, UNDEFINED)]),
    CANNOT_UNDERSTAND,
    MALFORMED,
  ),
  ...['LO', 'PN', 'UI', 'OB', 'UT', 'DS'].map((vr) =>
    storeRefused(
      'C5',
      `an odd length on ${vr}`,
      (uid) => Buffer.concat([identityOf(uid), raw(0x00211001, vr, 'odd')]),
      CANNOT_UNDERSTAND,
      MALFORMED,
    ),
  ),
  ...[
    [0x00080016, 'SOPClassUID'],
    [0x00080018, 'SOPInstanceUID'],
    [0x0020000d, 'StudyInstanceUID'],
    [0x0020000e, 'SeriesInstanceUID'],
  ].map(([tag, name]) => emptied(Number(tag), `${name} of length 0`)),
  storeRefused(
    'C5',
    'a length that goes beyond the last byte',
    (uid) => Buffer.concat([identityOf(uid), raw(0x7fe00010, 'OW', Buffer.alloc(100), EXPLICIT_LE, 1_000_000)]),
    CANNOT_UNDERSTAND,
    TRUNCATED,
  ),
  storeRefused('C5', 'a data set of no bytes', () => Buffer.alloc(0), CANNOT_UNDERSTAND, TRUNCATED),
  storeRefused(
    'C5',
    'a data set of text',
    () => Buffer.from('Dear colleague, ZEBEDEE HANSEN was seen today. '.repeat(20)),
    CANNOT_UNDERSTAND,
    MALFORMED,
  ),
];

/** A type 1 UID without a value: what was announced is not what came. */
function emptied(tag: number, title: string): TortureRow {
  const isOfSop = tag < 0x00100000;
  return {
    id: 'C5',
    title,
    attack: (attacker) => {
      const { uid, dataSet } = attackCt([element(tag, 'UI', '')]);
      return attacker.store(dataSet, uid);
    },
    expected: DOES_NOT_MATCH,
    audit: isOfSop ? MISMATCH : UID_INVALID,
  };
}

const ZZ_MILLION = Buffer.concat(Array.from({ length: 1_000_000 }, () => raw(0x00211001, 'ZZ', '')));
const LO_MILLION = Buffer.concat(Array.from({ length: 1_000_000 }, () => raw(0x00211001, 'LO', '')));

const REPRESENTATIONS: readonly TortureRow[] = [
  notOffered('C6', 'deflated, which is not offered', '1.2.840.10008.1.2.1.99'),
  notOffered('C7', 'deflated JPIP, which is not offered', '1.2.840.10008.1.2.4.95'),
  storeRefused(
    'C8',
    'VR ZZ',
    (uid) => Buffer.concat([identityOf(uid), raw(0x00211001, 'ZZ', 'text')]),
    CANNOT_UNDERSTAND,
    MALFORMED,
  ),
  storeRefused(
    'C8',
    'VR of two NULs',
    (uid) => Buffer.concat([identityOf(uid), raw(0x00211001, '\0\0', 'text')]),
    CANNOT_UNDERSTAND,
    MALFORMED,
  ),
  storeRefused(
    'C8',
    'VR ZZ inside a sequence',
    (uid) => Buffer.concat([identityOf(uid), openSequence(0x0040a730, item(raw(0x00211001, 'ZZ', 'text')))]),
    CANNOT_UNDERSTAND,
    MALFORMED,
  ),
  storeRefused(
    'C8',
    'VR ZZ a million times',
    (uid) => Buffer.concat([identityOf(uid), ZZ_MILLION]),
    CANNOT_UNDERSTAND,
    MALFORMED,
  ),
  storeRefused(
    'C8',
    'six million elements',
    (uid) => Buffer.concat([identityOf(uid), ...Array.from({ length: 6 }, () => LO_MILLION)]),
    CANNOT_UNDERSTAND,
    TOO_LARGE,
  ),
  storeRefused(
    'C9',
    'a whole file, with its preamble, as the data set',
    (uid) => Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), identityOf(uid)]),
    CANNOT_UNDERSTAND,
    MALFORMED,
  ),
  storeRefused(
    'C9',
    'file meta information in the data set',
    (uid) => Buffer.concat([raw(0x00020010, 'UI', '1.2.840.10008.1.2.1\0'), identityOf(uid)]),
    CANNOT_UNDERSTAND,
    MALFORMED,
  ),
  storeRefused('C9', 'explicit VR in a context of implicit VR', (uid) => identityOf(uid), DOES_NOT_MATCH, UID_INVALID, {
    contexts: [IMPLICIT_CT],
  }),
  storeRefused(
    'C9',
    'little endian in a context of big endian',
    (uid) => identityOf(uid),
    CANNOT_UNDERSTAND,
    TRUNCATED,
    {
      contexts: [BIG_ENDIAN_CT],
    },
  ),
  storeRefused(
    'C11',
    'an LO of more than 64 MiB',
    () => raw(0x00100020, '', Buffer.alloc(64 * 1024 * 1024 + 2, 0x41), IMPLICIT_LE),
    CANNOT_UNDERSTAND,
    TOO_LARGE,
    { contexts: [IMPLICIT_CT] },
  ),
];

export const ENCODING_ROWS: readonly TortureRow[] = [...NESTING, ...LENGTHS, ...REPRESENTATIONS];
