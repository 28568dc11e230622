/**
 * The structure of an RLE frame (PS3.5 Annex G), walked before a decoder sees it: the compiled one makes black pixels of a broken frame and
 * says nothing.
 */
import { DicomError } from './dicom-error';
import type { FrameSize } from './pixel-description';

const HEADER_BYTES = 64;
const MOST_SEGMENTS = 15;

/** Throws DECODING_FAILED where a segment is missing, begins outside the frame or does not give a byte for every pixel. */
export function requireRleFrame(frame: Uint8Array, description: FrameSize): void {
  const { rows, columns, samplesPerPixel, bitsAllocated } = description;
  const segments = samplesPerPixel * Math.ceil(bitsAllocated / 8);
  if (frame.length < HEADER_BYTES || segments > MOST_SEGMENTS) throw broken();
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== segments) throw broken();
  for (let segment = 1; segment <= segments; segment += 1) {
    const start = view.getUint32(segment * 4, true);
    const end = segment === segments ? frame.length : view.getUint32(segment * 4 + 4, true);
    if (start < HEADER_BYTES || end < start || end > frame.length) throw broken();
    if (decodedLength(frame, start, end) < rows * columns) throw broken();
  }
}

/** Bytes that the PackBits of a segment give; its end may hold a byte of padding. */
function decodedLength(frame: Uint8Array, start: number, end: number): number {
  let length = 0;
  for (let at = start; at < end;) {
    const control = frame[at];
    if (control === 128) at += 1;
    else if (control > 128) {
      length += at + 1 < end ? 257 - control : 0;
      at += 2;
    } else {
      length += Math.min(control + 1, end - at - 1);
      at += control + 2;
    }
  }
  return length;
}

const broken = () =>
  new DicomError('DECODING_FAILED', 'an RLE frame does not hold a byte of every segment for each pixel');
