/**
 * The size that a compressed frame claims for itself (JPEG: ITU-T T.81 B.2.2; JPEG-LS: T.87 C.2.2; JPEG 2000: T.800 A.5.1). Read before any
 * decoder sees the frame: a stream of 300 bytes can claim 60,000 x 60,000 pixels, and a decoder would believe it.
 */
import { DicomError } from './dicom-error';
import type { PixelDescription } from './pixel-description';

export interface CodestreamSize {
  readonly columns: number;
  /** 0 where a JPEG says it at its end only. */
  readonly rows: number;
}

/** Undefined where the frame is none of the three, or ends before it says its size. */
export function codestreamSize(frame: Uint8Array): CodestreamSize | undefined {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 4 || frame[0] !== 0xff) return undefined;
  if (frame[1] === 0x4f) return jpeg2000Size(view);
  return frame[1] === 0xd8 ? jpegSize(view) : undefined;
}

/**
 * Throws DECODING_FAILED where a JPEG, JPEG-LS or JPEG 2000 frame is not of the size that the data set describes, or has no end: decoders
 * fill up what a cut stream lacks, and say nothing.
 */
export function requireWholeCodestream(
  frame: Uint8Array,
  { rows, columns }: Pick<PixelDescription, 'rows' | 'columns'>,
): void {
  const size = codestreamSize(frame);
  if (size === undefined) throw new DicomError('DECODING_FAILED', 'a compressed frame does not say its size');
  if (size.columns !== columns || (size.rows !== rows && size.rows !== 0)) {
    throw new DicomError('DECODING_FAILED', 'a compressed frame has another size than the header says');
  }
  if (!hasEndMarker(frame)) throw new DicomError('DECODING_FAILED', 'a compressed frame ends before its end marker');
}

/** EOI or EOC (both FFD9), with any padding behind it: encoders write zeros, or FF. */
function hasEndMarker(frame: Uint8Array): boolean {
  let end = frame.length;
  while (end > 2 && (frame[end - 1] === 0x00 || frame[end - 1] === 0xff)) end -= 1;
  return frame[end - 1] === 0xd9 && frame[end - 2] === 0xff;
}

function jpeg2000Size(view: DataView): CodestreamSize | undefined {
  if (view.byteLength < 24 || view.getUint16(2) !== 0xff51) return undefined;
  return {
    columns: view.getUint32(8) - view.getUint32(16),
    rows: view.getUint32(12) - view.getUint32(20),
  };
}

/** Walks the marker segments; a stream has few before its frame header. */
function jpegSize(view: DataView): CodestreamSize | undefined {
  let at = 2;
  while (at + 9 <= view.byteLength && view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (isFrameHeader(marker)) return { rows: view.getUint16(at + 5), columns: view.getUint16(at + 7) };
    // fill bytes, and markers without a length
    if (marker === 0xff) at += 1;
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2;
    else at += 2 + Math.max(2, view.getUint16(at + 2));
  }
  return undefined;
}

/** SOF0 to SOF15 without the three that share their range, and SOF55 of JPEG-LS. */
const isFrameHeader = (marker: number) =>
  (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) || marker === 0xf7;
