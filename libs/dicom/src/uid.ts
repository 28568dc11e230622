/**
 * UIDs (PS3.5 9.1): a value becomes a `Uid` only through the parser, so that nothing else can reach a path, a query or a
 * result. Derived UIDs are made from a digest (PS3.5 B.2), so that the same input always gives the same UID.
 */
import { createHash } from 'node:crypto';
import { DicomError } from './dicom-error';

declare const uidBrand: unique symbol;
export type Uid = string & { readonly [uidBrand]: true };

const MAXIMUM_LENGTH = 64;
/** Root arc 0, 1 or 2, then components without leading zeros. */
const PATTERN = /^[0-2](?:\.(?:0|[1-9][0-9]*))+$/;

/** Whether the text is a UID as PS3.5 9.1 wants it. */
export function isUid(text: unknown): text is Uid {
  return typeof text === 'string' && text.length <= MAXIMUM_LENGTH && PATTERN.test(text);
}

/** The text as a UID; padding must have been removed. Throws UID_INVALID without repeating the text. */
export function parseUid(text: string): Uid {
  if (isUid(text)) return text;
  throw new DicomError('UID_INVALID', `${text.length} characters that are not a UID`);
}

/** A `2.25.` UID of a version 8 UUID made of the SHA-256 of the parts; each part counts with its own boundaries. */
export function deriveUid(...parts: readonly string[]): Uid {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  const bytes = hash.digest().subarray(0, 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x80;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return parseUid(`2.25.${BigInt(`0x${bytes.toString('hex')}`).toString(10)}`);
}
