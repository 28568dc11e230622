/** Hand-made encodings for tests: what the writer, rightly, refuses to write. */
import type { FileMeta } from '../src/part10';
import { part10Preamble } from '../src/part10';
import { EXPLICIT_VR_LITTLE_ENDIAN } from '../src/transfer-syntaxes';
import { parseUid } from '../src/uid';

export interface RawEncoding {
  readonly explicit: boolean;
  readonly little: boolean;
}
export const EXPLICIT_LE: RawEncoding = { explicit: true, little: true };
export const IMPLICIT_LE: RawEncoding = { explicit: false, little: true };
export const EXPLICIT_BE: RawEncoding = { explicit: true, little: false };

const LONG = new Set(['OB', 'OW', 'OV', 'SQ', 'UN', 'UT', 'UC', 'UR', 'OF', 'OD', 'OL', 'SV', 'UV']);

function number(value: number, bytes: 2 | 4, little: boolean): Buffer {
  const buffer = Buffer.alloc(bytes);
  if (little) buffer.writeUIntLE(value, 0, bytes);
  else buffer.writeUIntBE(value, 0, bytes);
  return buffer;
}

export function tagBytes(tag: number, little = true): Buffer {
  return Buffer.concat([number(tag >>> 16, 2, little), number(tag & 0xffff, 2, little)]);
}

/** An element; `length` lies when it is given. */
export function raw(
  tag: number,
  vr: string,
  value: Uint8Array | string,
  encoding: RawEncoding = EXPLICIT_LE,
  length?: number,
): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  const stated = length ?? bytes.length;
  if (!encoding.explicit) {
    return Buffer.concat([tagBytes(tag, encoding.little), number(stated, 4, encoding.little), bytes]);
  }
  const lengthBytes = LONG.has(vr)
    ? Buffer.concat([Buffer.alloc(2), number(stated, 4, encoding.little)])
    : number(stated, 2, encoding.little);
  return Buffer.concat([tagBytes(tag, encoding.little), Buffer.from(vr, 'latin1'), lengthBytes, bytes]);
}

export const UNDEFINED = 0xffffffff;

/** FFFE,E000 with its content; of undefined length with its delimiter. */
export function item(content: Uint8Array, undefinedLength = false, little = true): Buffer {
  const head = Buffer.concat([
    tagBytes(0xfffee000, little),
    number(undefinedLength ? UNDEFINED : content.length, 4, little),
  ]);
  return undefinedLength
    ? Buffer.concat([head, content, delimiter(0xfffee00d, little)])
    : Buffer.concat([head, content]);
}

export function delimiter(tag: number, little = true): Buffer {
  return Buffer.concat([tagBytes(tag, little), Buffer.alloc(4)]);
}

/** A sequence of undefined length. */
export function openSequence(tag: number, items: Uint8Array, encoding: RawEncoding = EXPLICIT_LE): Buffer {
  return Buffer.concat([raw(tag, 'SQ', items, encoding, UNDEFINED), delimiter(0xfffee0dd, encoding.little)]);
}

export const SOP_INSTANCE_UID = parseUid('1.2.3.4.5');

/** The four UIDs that intake wants. */
export function identity(encoding: RawEncoding = EXPLICIT_LE): Buffer {
  return Buffer.concat([
    raw(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.2\0', encoding),
    raw(0x00080018, 'UI', '1.2.3.4.5\0', encoding),
    raw(0x0020000d, 'UI', '1.2.3.4\0', encoding),
    raw(0x0020000e, 'UI', '1.2.3.6\0', encoding),
  ]);
}

/** Opening headers only, `depth` levels of ContentSequence: what a nesting bomb is made of. */
export function nestingBomb(depth: number, encoding: RawEncoding = EXPLICIT_LE): Buffer {
  const level = Buffer.concat([
    raw(0x0040a730, 'SQ', '', encoding, UNDEFINED),
    tagBytes(0xfffee000, encoding.little),
    Buffer.alloc(4, 0xff),
  ]);
  return Buffer.concat(Array.from({ length: depth }, () => level));
}

export function file(dataSet: Uint8Array, meta: Partial<FileMeta> = {}): Buffer {
  const preamble = part10Preamble({
    sopClassUid: parseUid('1.2.840.10008.5.1.4.1.1.2'),
    sopInstanceUid: SOP_INSTANCE_UID,
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
    ...meta,
  });
  return Buffer.concat([preamble, dataSet]);
}
