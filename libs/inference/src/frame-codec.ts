/**
 * The compiled pixel codecs (dcmjs-codecs, WebAssembly) behind imaging's port: RLE, JPEG, JPEG-LS and JPEG 2000
 * (PS3.5 annex A.4). The module reads its own .wasm file once; that is why the adapter lives here and not among the pure libraries.
 */
import { requireWholeFrame, transferSyntaxOf } from '@modelbank/dicom';
import type { FrameCodec, PixelFormat } from '@modelbank/imaging';
import { Context, log, NativeCodecs } from 'dcmjs-codecs';

type Decode = (context: Context) => Context;

const DECODERS: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['1.2.840.10008.1.2.5', (context) => NativeCodecs.decodeRle(context)],
  ['1.2.840.10008.1.2.4.50', (context) => NativeCodecs.decodeJpeg(context)],
  ['1.2.840.10008.1.2.4.51', (context) => NativeCodecs.decodeJpeg(context)],
  ['1.2.840.10008.1.2.4.57', (context) => NativeCodecs.decodeJpeg(context)],
  ['1.2.840.10008.1.2.4.70', (context) => NativeCodecs.decodeJpeg(context)],
  ['1.2.840.10008.1.2.4.80', (context) => NativeCodecs.decodeJpegLs(context)],
  ['1.2.840.10008.1.2.4.81', (context) => NativeCodecs.decodeJpegLs(context)],
  ['1.2.840.10008.1.2.4.90', (context) => NativeCodecs.decodeJpeg2000(context)],
  ['1.2.840.10008.1.2.4.91', (context) => NativeCodecs.decodeJpeg2000(context)],
]);

/**
 * Loads the codecs. A frame that makes the WebAssembly module trap may leave it unusable, so a process whose decode failed should end:
 * the inference child does.
 */
export async function createFrameCodec(): Promise<FrameCodec> {
  log.setLevel('silent', false);
  if (!NativeCodecs.isInitialized()) await NativeCodecs.initializeAsync();
  return {
    supports: (transferSyntaxUid) => DECODERS.has(transferSyntaxUid),
    decode: decodeEncapsulatedFrame,
  };
}

function decodeEncapsulatedFrame(transferSyntaxUid: string, encodedFrame: Uint8Array, format: PixelFormat): Uint8Array {
  const decode = DECODERS.get(transferSyntaxUid);
  const syntax = transferSyntaxOf(transferSyntaxUid);
  if (!decode || !syntax) throw new Error(`no codec for ${transferSyntaxUid}`);
  requireWholeFrame(encodedFrame, syntax.codec, format);
  const context = new Context({
    width: format.columns,
    height: format.rows,
    bitsAllocated: format.bitsAllocated,
    bitsStored: format.bitsStored,
    samplesPerPixel: format.samplesPerPixel,
    pixelRepresentation: format.pixelRepresentation,
    planarConfiguration: 0,
    photometricInterpretation: format.photometricInterpretation,
    encodedBuffer: encodedFrame,
  });
  const decoded = decode(context).getDecodedBuffer();
  if (!decoded) throw new Error('the codec returned no pixels');
  return decoded;
}
