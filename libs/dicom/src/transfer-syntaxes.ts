/**
 * The transfer syntaxes that the hub accepts (PS3.5 section 10 and Annex A) in the order of preference for a context.
 * Deflated is not accepted: 522 KB of it can hold 512 MiB.
 */
import type { Uid } from './uid';

/** What has to decode the pixel data; `none` for native ones. */
export type PixelCodec = 'none' | 'rle' | 'jpeg' | 'jpegLossless' | 'jpegLs' | 'jpeg2000';

export interface TransferSyntax {
  readonly keyword: string;
  readonly uid: Uid;
  /** PS3.5 A.4: pixel data comes in fragments. */
  readonly encapsulated: boolean;
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
  /** The encoding cannot lose anything (near-lossless and JPEG 2000 `.91` may). */
  readonly lossless: boolean;
  readonly codec: PixelCodec;
}

const native = (keyword: string, uid: string, explicitVr: boolean, littleEndian: boolean): TransferSyntax => ({
  keyword,
  uid: uid as Uid,
  encapsulated: false,
  explicitVr,
  littleEndian,
  lossless: true,
  codec: 'none',
});
const encapsulated = (keyword: string, uid: string, lossless: boolean, codec: PixelCodec): TransferSyntax => ({
  keyword,
  uid: uid as Uid,
  encapsulated: true,
  explicitVr: true,
  littleEndian: true,
  lossless,
  codec,
});

export const IMPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2' as Uid;
export const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1' as Uid;
export const EXPLICIT_VR_BIG_ENDIAN = '1.2.840.10008.1.2.2' as Uid;

/** Accepted ones, the most welcome first: what needs no decoder, then lossless, then what has lost something already. */
export const TRANSFER_SYNTAXES: readonly TransferSyntax[] = [
  native('ExplicitVRLittleEndian', EXPLICIT_VR_LITTLE_ENDIAN, true, true),
  native('ImplicitVRLittleEndian', IMPLICIT_VR_LITTLE_ENDIAN, false, true),
  encapsulated('JPEGLosslessSV1', '1.2.840.10008.1.2.4.70', true, 'jpegLossless'),
  encapsulated('JPEGLSLossless', '1.2.840.10008.1.2.4.80', true, 'jpegLs'),
  encapsulated('RLELossless', '1.2.840.10008.1.2.5', true, 'rle'),
  encapsulated('JPEG2000Lossless', '1.2.840.10008.1.2.4.90', true, 'jpeg2000'),
  encapsulated('JPEGLossless', '1.2.840.10008.1.2.4.57', true, 'jpegLossless'),
  native('ExplicitVRBigEndian', EXPLICIT_VR_BIG_ENDIAN, true, false),
  encapsulated('JPEGLSNearLossless', '1.2.840.10008.1.2.4.81', false, 'jpegLs'),
  encapsulated('JPEG2000', '1.2.840.10008.1.2.4.91', false, 'jpeg2000'),
  encapsulated('JPEGExtended12Bit', '1.2.840.10008.1.2.4.51', false, 'jpeg'),
  encapsulated('JPEGBaseline8Bit', '1.2.840.10008.1.2.4.50', false, 'jpeg'),
];

const BY_UID: ReadonlyMap<string, TransferSyntax> = new Map(TRANSFER_SYNTAXES.map((each) => [each.uid, each]));

/** The accepted transfer syntax of a UID, else undefined. */
export function transferSyntaxOf(uid: string): TransferSyntax | undefined {
  return BY_UID.get(uid);
}
