/**
 * The frame child: answers one request after another about the frames of stored files. Started by frame-pool.ts with the hub's process
 * id as its argument; ends with the first decoder that fails, because WebAssembly may be left broken by it.
 */
import { setPriority } from 'node:os';
import { DicomError } from '@modelbank/dicom';
import { ImagingError } from '@modelbank/imaging';
import { StructureError } from '@modelbank/structures';
import { dieWithParent } from '../child/parent-watch';
import { mayGoOnAfter } from './frame-messages';
import type { FrameAnswer, FrameMessage, FrameRequest } from './frame-messages';
import { decodedPhotometricInterpretation, loadCodecs, nativeFrame } from './native-frame';
import { OpenFrames } from './open-frames';
import { renderRequest } from './render-request';

const NICENESS = 5;

class NoSuchFrame extends Error {}

/** The last file: a viewer asks for the frames of one instance after another. */
let open: OpenFrames | undefined;

async function framesOf(path: string): Promise<OpenFrames> {
  if (open?.path === path) return open;
  await open?.close();
  open = undefined;
  open = await OpenFrames.open(path);
  return open;
}

async function answer(request: FrameRequest): Promise<FrameAnswer> {
  const frames = await framesOf(request.path);
  const { description } = frames;
  if (request.kind === 'describe') {
    const { numberOfFrames, bitsAllocated, frameBytes } = description;
    const decoded = decodedPhotometricInterpretation(description);
    return { kind: 'described', numberOfFrames, bitsAllocated, frameBytes, decodedPhotometricInterpretation: decoded };
  }
  const frame = await frames.frame(request.frame);
  if (frame === undefined) throw new NoSuchFrame();
  if (description.transferSyntax.encapsulated) await loadCodecs();
  if (request.kind === 'render') return { kind: 'bytes', bytes: renderRequest(frames, frame, request) };
  return { kind: 'bytes', bytes: request.as === 'native' ? nativeFrame(frame, description) : frame };
}

/** Our own messages name tags and numbers only. Any other error may quote data: its class is told, its text is not. */
function failure(thrown: unknown): FrameMessage & { type: 'failed' } {
  if (thrown instanceof NoSuchFrame)
    return { type: 'failed', code: 'NO_SUCH_FRAME', message: 'there is no such frame' };
  if (thrown instanceof DicomError) return { type: 'failed', code: thrown.code, message: thrown.message };
  if (thrown instanceof ImagingError || thrown instanceof StructureError) {
    return { type: 'failed', code: 'NOT_SHOWABLE', message: thrown.message };
  }
  if (thrown instanceof RangeError) return { type: 'failed', code: 'DECODING_FAILED', message: 'out of memory' };
  const kind = thrown instanceof Error ? thrown.constructor.name : typeof thrown;
  return { type: 'failed', code: 'INTERNAL', message: `the frame child failed with ${kind}` };
}

function send(message: FrameMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, () => resolve());
  });
}

async function serve(request: FrameRequest): Promise<void> {
  try {
    await send({ type: 'done', answer: await answer(request) });
  } catch (thrown) {
    const failed = failure(thrown);
    await send(failed);
    if (!mayGoOnAfter(failed.code)) process.exit(0);
  }
}

dieWithParent(Number(process.argv[2]));
// reception goes first on a machine that runs both
setPriority(NICENESS);
process.on('message', (request: FrameRequest) => void serve(request));
void send({ type: 'ready' });
