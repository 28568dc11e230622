/**
 * What can be seen of a compressed frame before a decoder sees it (PS3.5 A.4): the compiled decoders fill up what a damaged one lacks,
 * and say nothing. Whoever decodes asks here first.
 */
import type { FrameSize } from './pixel-description';
import { requireRleFrame } from './rle-frame';
import type { PixelCodec } from './transfer-syntaxes';
import { requireWholeCodestream } from './whole-codestream';

/** Throws DECODING_FAILED where a compressed frame is cut, or is not of the size that the data set describes. */
export function requireWholeFrame(frame: Uint8Array, codec: PixelCodec, size: FrameSize): void {
  if (codec === 'rle') requireRleFrame(frame, size);
  else requireWholeCodestream(frame, size);
}
