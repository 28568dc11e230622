/**
 * Whether two objects of one SOP Instance UID say and show the same, in the child that may touch pixels of strangers. What
 * cannot be decoded is not compared: that is a failure of the request, and whoever asked must not guess.
 */
import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { HubError, MOST_DIFFERENCES } from '@modelbank/contracts';
import type { ContentComparisonOutcome, ContentComparisonSpec, PixelComparison } from '@modelbank/contracts';
import { CONTENT_CONCERNS, compareContent, openPart10WithPixels } from '@modelbank/dicom';
import type { ContentDifference, ContentKind } from '@modelbank/dicom';
import type { FrameCodec } from '@modelbank/imaging';
import { createFrameCodec } from '../frame-codec';
import { comparableFrames } from './comparable-frames';
import type { ComparableFrames, FrameValues } from './comparable-frames';
import type { StageClock } from './stage-clock';
import { readVerifiedInstances } from './verified-files';

export async function compareStoredContent(
  spec: ContentComparisonSpec,
  clock: StageClock,
): Promise<ContentComparisonOutcome> {
  const [first, second] = await clock.time('load', () => readVerifiedInstances([spec.first, spec.second]));
  const content = await clock.time('compare', () =>
    compareContent(openPart10WithPixels(first), openPart10WithPixels(second)),
  );
  const hash = createHash('sha256').update(content.secondDigest);
  const codec = await createFrameCodec();
  const pixels = await clock.time('decode', () => comparePixels(first, second, codec, hash));
  const differences = gravestFirst([...content.differences, ...pixelDifference(content.kind, pixels)]);
  return {
    kind: 'compareContent',
    contentKind: content.kind,
    differences: differences.slice(0, MOST_DIFFERENCES),
    differenceCount: differences.length,
    pixels: pixels === 'not alike' ? null : pixels,
    secondContentSha256: hash.digest('hex'),
    stages: clock.stages,
  };
}

function gravestFirst(differences: readonly ContentDifference[]): ContentDifference[] {
  const gravity = ({ concern }: ContentDifference) => CONTENT_CONCERNS.indexOf(concern);
  return [...differences].sort((a, b) => gravity(a) - gravity(b));
}

/** Pixels that differ, or that are described so differently that they cannot be the same. */
function pixelDifference(kind: ContentKind, pixels: PixelsFound): ContentDifference[] {
  const differ = pixels === 'not alike' || (pixels !== null && pixels.differingPixels > 0);
  return differ ? [{ attribute: 'PixelData', concern: kind === 'image' ? 'pixels' : 'content' }] : [];
}

/** Null: neither has pixels. */
type PixelsFound = PixelComparison | 'not alike' | null;

/** `hash` gets the pixels of the second object. */
function comparePixels(first: Uint8Array, second: Uint8Array, codec: FrameCodec, hash: Hash): PixelsFound {
  const [before, after] = [pixelsOf(first, codec), pixelsOf(second, codec)];
  if (after === undefined) return before === undefined ? null : 'not alike';
  if (before === undefined || !isDescribedAlike(before, after)) {
    for (let frame = 0; frame < after.count; frame += 1) {
      hash.update(after.isDecodable ? bytesOf(after.values(frame)) : after.stored(frame));
    }
    return 'not alike';
  }
  const found = { frames: after.count, differingFrames: 0, differingPixels: 0, largestDifference: 0 };
  for (let frame = 0; frame < after.count; frame += 1) {
    const [was, is] = valuesOfBoth(before, after, frame);
    hash.update(bytesOf(is));
    const { pixels, largest } = differenceOf(was, is);
    if (pixels > 0) found.differingFrames += 1;
    found.differingPixels += pixels;
    found.largestDifference = Math.max(found.largestDifference, largest);
  }
  return found;
}

function pixelsOf(bytes: Uint8Array, codec: FrameCodec): ComparableFrames | undefined {
  return openPart10WithPixels(bytes).dataSet.has('PixelData') ? comparableFrames(bytes, codec) : undefined;
}

function isDescribedAlike({ description: a }: ComparableFrames, { description: b }: ComparableFrames): boolean {
  const isSameSize = a.rows === b.rows && a.columns === b.columns && a.numberOfFrames === b.numberOfFrames;
  const isSameFormat = a.bitsAllocated === b.bitsAllocated && a.bitsStored === b.bitsStored && a.highBit === b.highBit;
  const isSameMeaning =
    a.pixelRepresentation === b.pixelRepresentation &&
    a.samplesPerPixel === b.samplesPerPixel &&
    a.photometricInterpretation === b.photometricInterpretation;
  return isSameSize && isSameFormat && isSameMeaning;
}

/** Colour in compressed streams is not decoded: equal streams of one syntax show the same, of others nobody knows. */
function valuesOfBoth(a: ComparableFrames, b: ComparableFrames, frame: number): readonly [FrameValues, FrameValues] {
  if (a.isDecodable && b.isDecodable) return [a.values(frame), b.values(frame)];
  const [was, is] = [withoutPadding(a.stored(frame)), withoutPadding(b.stored(frame))];
  const isSameSyntax = a.description.transferSyntax.uid === b.description.transferSyntax.uid;
  if (isSameSyntax && Buffer.compare(was, is) === 0) return [was, is];
  throw new HubError('DECODING_FAILED', 'the pixels differ in their encoding and cannot be decoded here');
}

/** A stream of odd length is padded with one NUL (PS3.5 A.4). */
function withoutPadding(stream: Uint8Array): Uint8Array {
  return stream.at(-1) === 0 ? stream.subarray(0, -1) : stream;
}

function differenceOf(was: FrameValues, is: FrameValues): { readonly pixels: number; readonly largest: number } {
  if (was.length !== is.length) throw new HubError('DECODING_FAILED', 'two frames of one size have other lengths');
  let pixels = 0;
  let largest = 0;
  for (let i = 0; i < was.length; i += 1) {
    if (was[i] === is[i]) continue;
    pixels += 1;
    largest = Math.max(largest, Math.abs(was[i] - is[i]));
  }
  return { pixels, largest };
}

function bytesOf(values: FrameValues): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
