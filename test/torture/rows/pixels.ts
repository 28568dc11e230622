/**
 * Group E of the bad inputs, as far as C-STORE meets it. Pixel data is never decoded at the door: a size that no instance may
 * have is refused by its numbers alone, other lies inside the pixels are kept as they came, at once and without memory;
 * encodings that nobody decodes are not taken.
 */
import { RAW_CT } from '@modelbank/testing';
import { EXPLICIT_LE, UNDEFINED, delimiter, item, raw } from '../../../libs/dicom/test-support/raw-bytes';
import { element, unsigned } from '../../support/ct-slices';
import { attackCt } from '../support/attack-ct';
import type { Attacker } from '../support/attacker';
import { CANNOT_UNDERSTAND, MALFORMED, TOO_LARGE, notOffered } from '../support/store-rows';
import type { ExpectedAudit, TortureRow } from '../support/torture-row';

const contextOf = (transferSyntax: string) => ({ ...RAW_CT, transferSyntaxes: [transferSyntax] });
const RLE = contextOf('1.2.840.10008.1.2.5');
const JPEG_2000 = contextOf('1.2.840.10008.1.2.4.90');
const JPEG = contextOf('1.2.840.10008.1.2.4.50');
const NATIVE = RAW_CT;

function unsignedLong(tag: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return element(tag, 'UL', bytes);
}

const fragments = (...parts: readonly Buffer[]): Buffer =>
  Buffer.concat([
    raw(0x7fe00010, 'OB', '', EXPLICIT_LE, UNDEFINED),
    ...[Buffer.alloc(0), ...parts].map((part) =>
      item(part.length % 2 === 0 ? part : Buffer.concat([part, Buffer.alloc(1)])),
    ),
    delimiter(0xfffee0dd),
  ]);

/** A segment table that points past the end, and an escape as the last byte. */
const RLE_PAST_END = Buffer.concat([
  Buffer.from([2, 0, 0, 0, 64, 0, 0, 0, 0xf0, 0xff, 0xff, 0x7f]),
  Buffer.alloc(52),
  Buffer.from([0x05, 0x81]),
]);

/** SOC and SIZ of a codestream of 60000 x 60000 pixels in tiles of one (ISO/IEC 15444-1 A.5.1). */
function hugeCodestream(tile: number): Buffer {
  const siz = Buffer.alloc(43);
  siz.writeUInt16BE(41, 0);
  for (const [at, value] of [
    [4, 60_000],
    [8, 60_000],
    [20, tile],
    [24, tile],
  ] as const)
    siz.writeUInt32BE(value, at);
  siz.writeUInt16BE(1, 36);
  siz.set([7, 1, 1], 38);
  return Buffer.concat([Buffer.from([0xff, 0x4f, 0xff, 0x51]), siz, Buffer.alloc(255)]);
}

/** A progressive JPEG of 80000 empty scans. */
const SCANS = Buffer.concat([
  Buffer.from('ffd8ffc2000b080010001001011100', 'hex'),
  ...Array.from({ length: 80_000 }, () => Buffer.from('ffda0008010100000000', 'hex')),
  Buffer.from('ffd9', 'hex'),
]);
const PAM = Buffer.from('P7\nWIDTH 4294967295\nHEIGHT 4294967295\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n');

const CLAIMS: readonly (readonly [string, string, ExpectedAudit, readonly Buffer[]])[] = [
  ['E1', 'Rows and Columns as UL FFFFFFFF', TOO_LARGE, [unsignedLong(0x00280010, 0xffffffff), unsignedLong(0x00280011, 0xffffffff)]],
  ['E1', '65535 x 65535 pixels of 65535 frames', TOO_LARGE, [element(0x00280008, 'IS', '65535'), unsigned(0x00280010, 65_535), unsigned(0x00280011, 65_535)]],
  ['E1', 'a size whose product wraps at 2^32', TOO_LARGE, [element(0x00280008, 'IS', '65536'), unsigned(0x00280010, 256), unsigned(0x00280011, 256)]],
  ['E2', 'PALETTE COLOR with a table shorter than its descriptor', MALFORMED, [element(0x00280004, 'CS', 'PALETTE COLOR'), element(0x00281101, 'US', Buffer.from([0, 1, 0, 0, 16, 0])), element(0x00281201, 'OW', Buffer.alloc(2))]],
]; // prettier-ignore

const LIES: readonly (readonly [string, string, typeof RAW_CT, readonly Buffer[]])[] = [
  ['E2', 'PALETTE COLOR with a table of one colour', NATIVE, [element(0x00280004, 'CS', 'PALETTE COLOR'), element(0x00281101, 'US', Buffer.from([1, 0, 0, 0, 16, 0])), element(0x00281201, 'OW', Buffer.alloc(2))]],
  ['E4', 'JPEG 2000 of 60000 x 60000 pixels in 300 bytes', JPEG_2000, [fragments(hugeCodestream(60_000))]],
  ['E4', 'JPEG 2000 of 3600000000 tiles', JPEG_2000, [fragments(hugeCodestream(1))]],
  ['E5', 'a progressive JPEG of 80000 scans', JPEG, [fragments(SCANS)]],
  ['E6', 'RLE with a segment past the end and an escape at it', RLE, [fragments(RLE_PAST_END)]],
  ['E6', 'RLE of no segment at all', RLE, [fragments(Buffer.alloc(64))]],
  ['E7', 'a PAM image as pixel data', NATIVE, [element(0x7fe00010, 'OB', PAM)]],
  ['E7', 'a PAM image as RLE', RLE, [fragments(PAM)]],
]; // prettier-ignore

async function keptUndecoded(
  attacker: Attacker,
  context: typeof RAW_CT,
  elements: readonly Buffer[],
): Promise<string[]> {
  const { uid, dataSet } = attackCt(elements);
  const status = await attacker.store(dataSet, uid, { contexts: [context] });
  const kept = attacker.place.objectOf(uid).subarray(-dataSet.length).equals(dataSet);
  return [status, kept ? 'as it came' : 'changed'];
}

export const PIXEL_ROWS: readonly TortureRow[] = [
  ...CLAIMS.map(([id, title, audit, elements]) => ({
    id,
    title,
    attack: (attacker: Attacker) => {
      const { uid, dataSet } = attackCt(elements);
      return attacker.store(dataSet, uid);
    },
    expected: CANNOT_UNDERSTAND,
    audit,
  })),
  ...LIES.map(([id, title, context, elements]) => ({
    id,
    title,
    attack: (attacker: Attacker) => keptUndecoded(attacker, context, elements),
    expected: ['0x0000', 'as it came'],
    isKept: true,
  })),
  ...(
    [
      ['E6', 'Philips PMSCT_RLE1', '1.3.46.670589.33.1.4.1'],
      ['E9', 'MPEG-4', '1.2.840.10008.1.2.4.102'],
      ['E9', 'HEVC', '1.2.840.10008.1.2.4.107'],
      ['E9', 'JPIP', '1.2.840.10008.1.2.4.94'],
      ['E9', 'a transfer syntax that nobody knows', '1.2.3.4.5.6.7'],
    ] as const
  ).map(([id, what, uid]) => notOffered(id, `${what}, which is not offered`, uid)),
];
