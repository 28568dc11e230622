/** One job per (input set, model package, parameters): a repeated or late event finds the job that is there. */
import { In } from 'typeorm';
import type { Clock } from '@modelbank/contracts';
import { uuidv7 } from '@modelbank/platform';
import {
  InputSetEntity,
  InstanceEntity,
  JobEntity,
  ModelVersionEntity,
  TaskSelectionEntity,
  insertRow,
} from '@modelbank/store';
import type { Transaction } from '@modelbank/store';
import { jobKey } from './job-key';
import type { JobInput } from './job-key';

/** The id of the new job; null when there is one already, or when the selection no longer holds. */
export async function createJob(tx: Transaction, taskSelectionId: string, clock: Clock): Promise<string | null> {
  const selection = await tx.manager.findOneBy(TaskSelectionEntity, { id: taskSelectionId });
  if (selection === null || selection.state !== 'selected' || selection.modelVersionId === null) return null;
  const inputSet = await tx.manager.findOneByOrFail(InputSetEntity, { id: selection.inputSetId });
  if (inputSet.state === 'superseded') return null;
  const version = await tx.manager.findOneByOrFail(ModelVersionEntity, { id: selection.modelVersionId });
  const parts = {
    centreId: selection.centreId,
    inputs: await jobInputs(tx, inputSet),
    packageDigest: version.packageDigest,
    parameters: selection.parameters,
  };
  const runNumber = await nextRunNumber(tx, (run) => jobKey({ ...parts, runNumber: run }));
  if (runNumber === null) return null;
  const id = uuidv7(clock);
  await insertRow(tx.manager, JobEntity, {
    id,
    jobKey: jobKey({ ...parts, runNumber }),
    centreId: selection.centreId,
    inputSetId: inputSet.id,
    taskSelectionId,
    modelVersionId: version.id,
    packageDigest: version.packageDigest,
    parameters: selection.parameters,
    runNumber,
    state: 'queued',
    stateCode: null,
    attempts: 0,
    leaseOwner: null,
    fencingToken: 0,
    leaseExpiresAt: null,
    notBefore: null,
    outcome: null,
    createdAt: clock.now(),
    startedAt: null,
    finishedAt: null,
  });
  return id;
}

async function jobInputs(tx: Transaction, inputSet: InputSetEntity): Promise<JobInput[]> {
  const inputs: JobInput[] = [];
  for (const [role, instanceIds] of Object.entries(inputSet.members)) {
    // SQL Server allows 2100 parameters, SQLite 32766: read in pieces
    for (let start = 0; start < instanceIds.length; start += 500) {
      const ids = instanceIds.slice(start, start + 500);
      const rows = await tx.manager.find(InstanceEntity, {
        where: { id: In(ids) },
        select: { id: true, sopInstanceUid: true, contentSha256: true },
      });
      inputs.push(...rows.map(({ sopInstanceUid, contentSha256 }) => ({ role, sopInstanceUid, contentSha256 })));
    }
  }
  return inputs;
}

/**
 * The first run number without a job; null while an earlier run is alive or has its result. What was cancelled may run
 * again, and so may what is about to be: its input set is superseded, only the event that says so is still on its way.
 */
async function nextRunNumber(tx: Transaction, keyOf: (runNumber: number) => string): Promise<number | null> {
  for (let runNumber = 1; runNumber <= 1000; runNumber += 1) {
    const existing = await tx.manager.findOneBy(JobEntity, { jobKey: keyOf(runNumber) });
    if (existing === null) return runNumber;
    if (existing.state !== 'cancelled' && !(await isObsolete(tx, existing))) return null;
  }
  return null;
}

function isObsolete(tx: Transaction, { inputSetId }: JobEntity): Promise<boolean> {
  return tx.manager.existsBy(InputSetEntity, { id: inputSetId, state: 'superseded' });
}
