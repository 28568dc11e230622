/**
 * Whether a frame in RLE (PS3.5 Annex G) holds what it says: the compiled decoder follows offsets and runs past the end of its
 * input, and then gives pixels that nobody sent. Every segment is walked, none is expanded.
 */
import { ImagingError } from '../imaging-error';
import type { PixelFormat } from './pixel-format';

const HEADER_BYTES = 64;
const MOST_SEGMENTS = 15;

/** Throws PIXEL_DATA_CORRUPT. */
export function checkRleFrame(frame: Uint8Array, format: PixelFormat): void {
  if (frame.length < HEADER_BYTES) throw corrupt('has no whole header');
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const wanted = format.samplesPerPixel * Math.ceil(format.bitsAllocated / 8);
  const segments = view.getUint32(0, true);
  if (segments !== wanted || segments > MOST_SEGMENTS) throw corrupt(`has ${segments} segments instead of ${wanted}`);
  const offsets = Array.from({ length: segments }, (_, index) => view.getUint32(4 + 4 * index, true));
  offsets.forEach((start, index) => {
    const end = offsets[index + 1] ?? frame.length;
    if (start < HEADER_BYTES || start > end || end > frame.length) throw corrupt('has a segment outside itself');
    if (expandedLength(frame, start, end) < format.rows * format.columns)
      throw corrupt('has a segment that is too short');
  });
}

/** Bytes that a segment expands to: runs of up to 128 copied or repeated bytes, -128 does nothing (PS3.5 G.3.1). */
function expandedLength(frame: Uint8Array, start: number, end: number): number {
  let length = 0;
  let at = start;
  while (at < end) {
    const control = frame[at];
    const bytes = control < 128 ? control + 1 : control > 128 ? 1 : 0;
    if (at + 1 + bytes > end) break;
    if (control < 128) length += bytes;
    else if (control > 128) length += 257 - control;
    at += 1 + bytes;
  }
  return length;
}

function corrupt(how: string): ImagingError {
  return new ImagingError('PIXEL_DATA_CORRUPT', `A frame in RLE ${how}`);
}
