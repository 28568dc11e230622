/** How a run ends: label files become objects and the job says so, or it waits for another attempt, or a person. */
import { copyFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, CrashPoints, HubError, InferenceOutcome, LabelFile, ObjectStore } from '@modelbank/contracts';
import type { Configuration } from '@modelbank/platform';
import { holdItem } from '@modelbank/store';
import type { JobEntity, Transaction, UnitOfWork } from '@modelbank/store';
import { updateOwned } from './claim-job';
import type { Lease } from './claim-job';

/** Rises with the square of the attempts: 2 s, 8 s, 18 s. */
const FIRST_BACK_OFF_MS = 2000;

export interface FinishParts {
  readonly unitOfWork: UnitOfWork;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  readonly crashPoints: CrashPoints;
  readonly configuration: Configuration;
}

/** Label volumes are durable before the row that names them. False when the lease was lost meanwhile. */
export async function finishInferred(
  parts: FinishParts,
  lease: Lease,
  outcome: InferenceOutcome,
  outputFolder: string,
): Promise<boolean> {
  const { job, fencingToken } = lease;
  const labels: LabelFile[] = [];
  for (const [index, label] of outcome.labels.entries()) {
    const key = labelKey(job, fencingToken, index);
    await commitFile(parts.objects, join(outputFolder, label.file), key);
    labels.push({ ...label, file: key });
  }
  parts.crashPoints.reach('inference.beforeCommit');
  const done = await parts.unitOfWork.run(async (tx) => {
    const finishedAt = parts.clock.now();
    const owned = await updateOwned(tx, lease, {
      state: 'inferred',
      stateCode: null,
      outcome: { ...outcome, labels },
      finishedAt,
    });
    if (owned) await tx.emit('inference.completed', job.centreId, { jobId: job.id, centreId: job.centreId }, job.id);
    return owned;
  });
  parts.crashPoints.reach('inference.afterCommit');
  await removeLitter(parts.objects, job, labels.length, done ? claimsBefore(fencingToken) : [fencingToken]);
  return done;
}

/** Of one claim only, so that a late worker never writes over the files of the one that took over. */
function labelKey({ jobKey }: JobEntity, fencingToken: number, index: number): string {
  return `labels/${jobKey.slice(0, 2)}/${jobKey}/${fencingToken}-${index}.mask`;
}

/** Claims that were killed, failed or fenced off: no row names their files, or will. */
function claimsBefore(fencingToken: number): number[] {
  return Array.from({ length: fencingToken - 1 }, (_, index) => index + 1);
}

/** What is left over takes room, no more: that it cannot be removed is no failure of the run. */
async function removeLitter(
  objects: ObjectStore,
  job: JobEntity,
  labelCount: number,
  claims: readonly number[],
): Promise<void> {
  const keys = claims.flatMap((claim) => Array.from({ length: labelCount }, (_, index) => labelKey(job, claim, index)));
  await Promise.allSettled(keys.map((key) => objects.remove(key)));
}

/** The work folder may lie on another file system than the objects: then the file is copied. */
async function commitFile(objects: ObjectStore, path: string, key: string): Promise<void> {
  const part = objects.newPartPath();
  try {
    await rename(path, part).catch(() => copyFile(path, part));
    await objects.commitPart(part, key);
  } catch (thrown) {
    await objects.discardPart(part);
    throw thrown;
  }
}

/** A failure that may pass is tried again, later each time; any other holds the job for a person. */
export async function finishFailed(parts: FinishParts, lease: Lease, error: HubError): Promise<void> {
  const { job } = lease;
  const { attempts: limit } = parts.configuration.inference;
  await parts.unitOfWork.run(async (tx) => {
    if (error.retryable && job.attempts < limit) {
      const notBefore = new Date(parts.clock.now().getTime() + FIRST_BACK_OFF_MS * job.attempts ** 2);
      await updateOwned(tx, lease, { state: 'queued', stateCode: error.code, notBefore });
      return;
    }
    const state = error.code === 'OUTPUT_UNUSABLE' ? 'held' : 'failed';
    const owned = await updateOwned(tx, lease, { state, stateCode: error.code, finishedAt: parts.clock.now() });
    if (owned) await tellFailure(tx, job, error, parts.clock);
  });
}

/** The hub stops: the job waits again, and the attempt that was cut short does not count. */
export async function giveBack(parts: Pick<FinishParts, 'unitOfWork'>, lease: Lease): Promise<void> {
  const attempts = lease.job.attempts - 1;
  await parts.unitOfWork.run((tx) => updateOwned(tx, lease, { state: 'queued', attempts }));
}

async function tellFailure(tx: Transaction, job: JobEntity, error: HubError, clock: Clock): Promise<void> {
  const { centreId } = job;
  await holdItem(tx, clock, {
    centreId,
    kind: 'job',
    subjectId: job.id,
    code: error.code,
    reason: error.message,
    details: { attempts: job.attempts },
  });
  await tx.emit('inference.failed', centreId, { jobId: job.id, centreId, code: error.code }, job.id);
}
