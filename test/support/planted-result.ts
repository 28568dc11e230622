/** A structure set that a hub made, planted as rows and a file: what results leaves behind, without a model run. */
import { createHash } from 'node:crypto';
import type { INestApplication } from '@nestjs/common';
import { OBJECT_STORE, UNIT_OF_WORK } from '@modelbank/contracts';
import type { ObjectStore, InputSetState, ResultState } from '@modelbank/contracts';
import { InputSetEntity, JobEntity, ResultEntity, insertRow } from '@modelbank/store';
import type { UnitOfWork } from '@modelbank/store';

export const RT_STRUCTURE_SET_STORAGE = '1.2.840.10008.5.1.4.1.1.481.3';

export interface PlantedResult {
  readonly id: string;
  readonly centreId: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly file: Buffer;
  readonly inputSetState?: InputSetState;
  readonly state?: ResultState;
}

export async function plantResult({ app }: { readonly app: INestApplication }, planted: PlantedResult): Promise<void> {
  const { id, centreId, studyInstanceUid, seriesInstanceUid, sopInstanceUid, file } = planted;
  const objectKey = `results/${createHash('sha256').update(id).digest('hex')}`;
  await app.get<ObjectStore>(OBJECT_STORE, { strict: false }).put(objectKey, file);
  const at = new Date();
  await app.get<UnitOfWork>(UNIT_OF_WORK, { strict: false }).run(async ({ manager }) => {
    await insertRow(manager, InputSetEntity, {
      ...{ id: `set-${id}`, centreId, seriesId: `series-${id}`, studyInstanceUid, frameOfReferenceUid: null },
      ...{ patientKey: null, purpose: 'test', revision: 1, state: planted.inputSetState ?? 'complete', digest: id },
      ...{ members: {}, grid: {}, parameters: null, assembledAt: at, completedAt: at },
    } as unknown as InputSetEntity);
    await insertRow(manager, JobEntity, plantedJob(planted, at));
    await insertRow(manager, ResultEntity, {
      ...{ id, jobId: `job-${id}`, centreId, kind: 'RTSTRUCT', encodingProfile: 'xor' },
      ...{ sopClassUid: RT_STRUCTURE_SET_STORAGE, sopInstanceUid, seriesInstanceUid, objectKey },
      objectSha256: createHash('sha256').update(file).digest('hex'),
      ...{ rois: [], remarks: [], state: planted.state ?? 'built', supersededByResultId: null, stateReason: null },
      builtAt: at,
    });
  });
}

function plantedJob({ id, centreId }: PlantedResult, at: Date): JobEntity {
  return {
    ...{ id: `job-${id}`, jobKey: id, centreId, inputSetId: `set-${id}`, taskSelectionId: `task-${id}` },
    ...{ modelVersionId: 'model', packageDigest: 'package', parameters: {}, runNumber: 1, state: 'built' },
    ...{ stateCode: null, attempts: 1, leaseOwner: null, fencingToken: 1, leaseExpiresAt: null, notBefore: null },
    ...{ outcome: null, createdAt: at, startedAt: at, finishedAt: at },
  };
}
