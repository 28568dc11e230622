/**
 * What the hub asks a frame child, and what comes back. Small JSON down; pixels come up as bytes of one message (a frame at a time, so
 * that no answer is larger than a frame). The child works on bytes of strangers: the hub checks the shape of what it says.
 */
import { DICOM_ERROR_CODES } from '@modelbank/dicom';
import type { DicomErrorCode } from '@modelbank/dicom';
import type { Viewport, VoiFunction } from '@modelbank/imaging';

/** The pixels of an instance, as far as a retrieval must know them. */
export interface DescribePixels {
  readonly kind: 'describe';
  readonly path: string;
}

/** One frame; numbers count from one (PS3.18 10.4.1.1.6). */
export interface ReadFrame {
  readonly kind: 'frame';
  readonly path: string;
  readonly frame: number;
  /** `stored`: the compressed stream of an encapsulated frame; `native`: decoded, little endian. */
  readonly as: 'stored' | 'native';
}

export interface RenderFrame {
  readonly kind: 'render';
  readonly path: string;
  readonly frame: number;
  readonly window?: { readonly center: number; readonly width: number; readonly function: VoiFunction };
  readonly viewport?: Viewport;
  readonly format: 'image/png' | 'image/jpeg';
  /** 1 to 100, of JPEG. */
  readonly quality: number;
  /** Files of structure sets whose contours are drawn. */
  readonly structureSetPaths: readonly string[];
  readonly legend: boolean;
  readonly annotations: readonly Annotation[];
}

/** PS3.18 8.3.5.1.1: who it is, and how it was made. */
export const ANNOTATIONS = ['patient', 'technique'] as const;
export type Annotation = (typeof ANNOTATIONS)[number];

export type FrameRequest = DescribePixels | ReadFrame | RenderFrame;

export interface PixelsDescribed {
  readonly kind: 'described';
  readonly numberOfFrames: number;
  readonly bitsAllocated: number;
  /** Of one frame, decoded. */
  readonly frameBytes: number;
  /** Of decoded frames, where it differs from what is stored. */
  readonly decodedPhotometricInterpretation?: string;
}

export interface FrameBytes {
  readonly kind: 'bytes';
  readonly bytes: Uint8Array;
}

export type FrameAnswer = PixelsDescribed | FrameBytes;
export type FrameAnswerOf<R extends FrameRequest> = R extends DescribePixels ? PixelsDescribed : FrameBytes;

export const FRAME_FAILURES = [...DICOM_ERROR_CODES, 'NO_SUCH_FRAME', 'NOT_SHOWABLE', 'INTERNAL'] as const;
export type FrameFailureCode = DicomErrorCode | 'NO_SUCH_FRAME' | 'NOT_SHOWABLE' | 'INTERNAL';

/** After these the child goes on; after any other failure it ends, because WebAssembly may be left broken. */
export function mayGoOnAfter(code: FrameFailureCode): boolean {
  return code === 'NO_SUCH_FRAME' || code === 'NOT_SHOWABLE' || code === 'DATASET_TOO_LARGE';
}

export type FrameMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly answer: FrameAnswer }
  | { readonly type: 'failed'; readonly code: FrameFailureCode; readonly message: string };

const LONGEST_MESSAGE = 500;

/** A message of the child, or undefined where it is none of ours. */
export function parseFrameMessage(value: unknown): FrameMessage | undefined {
  if (!isRecord(value)) return undefined;
  if (value.type === 'ready') return { type: 'ready' };
  if (value.type === 'failed') {
    const { code, message } = value;
    const known = FRAME_FAILURES.find((each) => each === code);
    if (known === undefined || typeof message !== 'string') return undefined;
    return { type: 'failed', code: known, message: message.slice(0, LONGEST_MESSAGE) };
  }
  const { answer } = value;
  if (value.type !== 'done' || !isRecord(answer)) return undefined;
  if (answer.kind === 'bytes' && answer.bytes instanceof Uint8Array) {
    return { type: 'done', answer: { kind: 'bytes', bytes: answer.bytes } };
  }
  return isDescription(answer) ? { type: 'done', answer } : undefined;
}

function isDescription(value: Record<string, unknown>): value is Record<string, unknown> & PixelsDescribed {
  const photometric = value.decodedPhotometricInterpretation;
  const numbers = [value.numberOfFrames, value.bitsAllocated, value.frameBytes];
  return (
    value.kind === 'described' &&
    numbers.every((each) => Number.isSafeInteger(each) && (each as number) > 0) &&
    (photometric === undefined || (typeof photometric === 'string' && /^[A-Z_]{1,16}$/.test(photometric)))
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
