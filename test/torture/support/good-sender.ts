/** The thread of the good centre: sends one sound CT image after another, and tells what became of each. */
import { parentPort, workerData } from 'node:worker_threads';
import { setTimeout as delay } from 'node:timers/promises';
import { EXPLICIT_VR_LITTLE_ENDIAN } from '@modelbank/dicom';
import { openAssociation } from '@modelbank/dimse';
import type { AssociationTarget, OutgoingAssociation } from '@modelbank/dimse';
import { CT_IMAGE_STORAGE, sliceDataSet, sliceUids } from '../../support/ct-slices';

const EVERY_MS = 120;
const SLICES_OF_SERIES = 40;
const CONTEXT = { sopClassUid: CT_IMAGE_STORAGE, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN };
export const ANSWER_WITHIN_MS = 15_000;

/** What became of one image. */
export type GoodAnswer = { readonly acknowledgedAfterMs: number } | { readonly failure: string };

const target = workerData as AssociationTarget;
let association: OutgoingAssociation | undefined;
let stopped = false;
parentPort?.on('message', () => (stopped = true));

async function sendOne(number: number): Promise<GoodAnswer> {
  const plan = { seed: `good ${Math.floor(number / SLICES_OF_SERIES)}`, k: number % SLICES_OF_SERIES, side: 96 };
  const operation = { ...CONTEXT, sopInstanceUid: sliceUids(plan).instance, source: sliceDataSet(plan) };
  const startedMs = performance.now();
  try {
    association ??= await openAssociation({
      ...target,
      presentationContexts: [CONTEXT],
      timeouts: { responseMs: ANSWER_WITHIN_MS },
    });
    const { code } = await association.store(operation);
    if (code !== 0) return { failure: `status 0x${code.toString(16)}` };
    return { acknowledgedAfterMs: performance.now() - startedMs };
  } catch (thrown) {
    association = undefined;
    return { failure: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

async function run(): Promise<void> {
  for (let number = 0; !stopped; number += 1) {
    parentPort?.postMessage(await sendOne(number));
    await delay(EVERY_MS);
  }
  await association?.release().catch(() => undefined);
  process.exit(0);
}

void run();
