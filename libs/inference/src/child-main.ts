/**
 * The inference child: takes one request, answers it, ends. Started by run-child.ts with the hub's process id as its argument.
 */
import { setPriority } from 'node:os';
import { HubError } from '@modelbank/contracts';
import type { ErrorCode } from '@modelbank/contracts';
import { DicomError } from '@modelbank/dicom';
import { ImagingError } from '@modelbank/imaging';
import type { ImagingErrorCode } from '@modelbank/imaging';
import type { ChildAnswer, ChildMessage, ChildRequest } from './child-messages';
import { compareStoredContent } from './child/compare-content';
import { infer } from './child/infer';
import { inspectNetworks } from './child/inspect-networks';
import { inspectStructureSet } from './child/inspect-structure-set';
import { measureFacts } from './child/measure-facts';
import { dieWithParent } from './child/parent-watch';
import { StageClock } from './child/stage-clock';

/** About a third of the share of a process that asks for the same core. */
const NICENESS = 5;

const CODE_OF: Readonly<Record<ImagingErrorCode, ErrorCode>> = {
  UNSUPPORTED_TRANSFER_SYNTAX: 'DECODING_FAILED',
  UNSUPPORTED_PIXEL_FORMAT: 'DECODING_FAILED',
  PIXEL_DATA_LENGTH: 'DECODING_FAILED',
  PIXEL_DATA_CORRUPT: 'DECODING_FAILED',
  GEOMETRY_MISMATCH: 'SERIES_NOT_USABLE',
  BAD_PLAN: 'MANIFEST_INVALID',
};

function send(message: ChildMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) resolve();
    else process.send(message, () => resolve());
  });
}

async function answer(request: ChildRequest): Promise<ChildAnswer> {
  const clock = new StageClock(
    () => performance.now(),
    (stage) => void send({ type: 'stage', stage }),
  );
  if (request.kind === 'infer') return infer(request, clock);
  if (request.kind === 'imageFacts') return measureFacts(request, clock);
  if (request.kind === 'inspectStructureSet') return inspectStructureSet(request, clock);
  if (request.kind === 'compareContent') return compareStoredContent(request, clock);
  return inspectNetworks(request);
}

/** Our own messages name numbers and labels only. Any other error may quote data: its class is told, its text is not. */
function failure(thrown: unknown): ChildMessage {
  if (thrown instanceof HubError) return { type: 'failed', code: thrown.code, message: thrown.message };
  if (thrown instanceof DicomError) return { type: 'failed', code: thrown.code, message: thrown.message };
  if (thrown instanceof ImagingError) return { type: 'failed', code: CODE_OF[thrown.code], message: thrown.message };
  if (thrown instanceof RangeError && /allocation|length/i.test(thrown.message)) {
    return { type: 'failed', code: 'INFERENCE_OUT_OF_MEMORY', message: 'an array could not be allocated' };
  }
  const kind = thrown instanceof Error ? thrown.constructor.name : typeof thrown;
  return { type: 'failed', code: 'INTERNAL', message: `the inference child failed with ${kind}${placeOf(thrown)}` };
}

/** File and line where it was thrown; the message before the frames is cut off. */
function placeOf(thrown: unknown): string {
  const stack = thrown instanceof Error ? (thrown.stack ?? '').replace(String(thrown.message), '') : '';
  const place = /\n\s+at .*?([\w-]+\.[jt]s:\d+):\d+\)?(?:\n|$)/.exec(stack)?.[1];
  return place === undefined ? '' : ` at ${place}`;
}

async function main(): Promise<void> {
  dieWithParent(Number(process.argv[2]));
  // reception goes first on a machine that runs both; threads made from here on inherit it
  setPriority(NICENESS);
  process.once('message', (request: ChildRequest) => {
    answer(request)
      .then((outcome) => send({ type: 'done', outcome }))
      .catch((thrown: unknown) => send(failure(thrown)))
      .finally(() => process.exit(0));
  });
  await send({ type: 'ready' });
}

void main();
