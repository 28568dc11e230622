/** How a run ends: label files become objects and the job says so, or it waits for another attempt, or a person. */
import { copyFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, CrashPoints, HubError, InferenceOutcome, LabelFile, ObjectStore } from '@modelbank/contracts';
import type { Configuration } from '@modelbank/platform';
import { holdItem } from '@modelbank/store';
import type { JobEntity, Transaction, UnitOfWork } from '@modelbank/store';
import { updateOwned } from './claim-job';
import type { Lease } from './claim-job';

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
  const { job } = lease;
  const labels: LabelFile[] = [];
  for (const [index, label] of outcome.labels.entries()) {
    const key = `labels/${job.jobKey.slice(0, 2)}/${job.jobKey}/${lease.fencingToken}-${index}.mask`;
    await commitFile(parts.objects, join(outputFolder, label.file), key);
    labels.push({ ...label, file: key });
  }
  parts.crashPoints.reach('inference.beforeCommit');
  const done = await parts.unitOfWork.run(async (tx) => {
    const finishedAt = parts.clock.now();
    const owned = await updateOwned(tx, lease, { state: 'inferred', outcome: { ...outcome, labels }, finishedAt });
    if (owned) await tx.emit('inference.completed', job.centreId, { jobId: job.id, centreId: job.centreId }, job.id);
    return owned;
  });
  parts.crashPoints.reach('inference.afterCommit');
  if (!done) for (const label of labels) await parts.objects.remove(label.file);
  return done;
}

/** The work folder may lie on another file system than the objects: then the file is copied. */
async function commitFile(objects: ObjectStore, path: string, key: string): Promise<void> {
  const part = objects.newPartPath();
  await rename(path, part).catch(() => copyFile(path, part));
  await objects.commitPart(part, key);
}

/** A failure that may pass is tried again, later each time; any other holds the job for a person. */
export async function finishFailed(parts: FinishParts, lease: Lease, error: HubError): Promise<void> {
  const { job } = lease;
  const { attempts: limit } = parts.configuration.inference;
  await parts.unitOfWork.run(async (tx) => {
    if (error.retryable && job.attempts < limit) {
      const notBefore = new Date(parts.clock.now().getTime() + 2000 * job.attempts ** 2);
      await updateOwned(tx, lease, { state: 'queued', stateCode: error.code, notBefore });
      return;
    }
    const state = error.code === 'OUTPUT_UNUSABLE' ? 'held' : 'failed';
    const owned = await updateOwned(tx, lease, { state, stateCode: error.code, finishedAt: parts.clock.now() });
    if (owned) await tellFailure(tx, job, error, parts.clock);
  });
}

/** The hub stops: the job waits again, and the attempt that was cut short does not count. */
export async function giveBack(parts: FinishParts, lease: Lease): Promise<void> {
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
