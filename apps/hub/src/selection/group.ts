/**
 * The input sets that compete for tasks: those of one centre, study, frame of reference, patient and purpose that are not
 * superseded and whose images are kept: what retention took keeps the decision it had. Two patients under one StudyInstanceUID, or a care and a test series, never outrank each other.
 */
import { In, IsNull } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { Purpose } from '@modelbank/contracts';
import { InputSetEntity, InstanceEntity, ModelVersionEntity } from '@modelbank/store';

/** SQL Server takes 2100 parameters. */
const IDS_PER_QUERY = 500;

export interface GroupKey {
  readonly centreId: string;
  readonly studyInstanceUid: string;
  readonly frameOfReferenceUid: string | null;
  readonly patientKey: string | null;
  readonly purpose: Purpose;
  /** Tells apart what has no frame of reference: such a series competes with itself alone. */
  readonly seriesId: string;
}

export function groupKeyOf(inputSet: InputSetEntity): GroupKey {
  const { centreId, studyInstanceUid, frameOfReferenceUid, patientKey, purpose, seriesId } = inputSet;
  return { centreId, studyInstanceUid, frameOfReferenceUid, patientKey, purpose, seriesId };
}

/** In the order of their ids, so by age. */
export async function currentInputSets(manager: EntityManager, key: GroupKey): Promise<InputSetEntity[]> {
  const kept: InputSetEntity[] = [];
  for (const inputSet of await inputSets(manager, key, ['provisional', 'complete'])) {
    if (!(await hasDeletedImages(manager, inputSet))) kept.push(inputSet);
  }
  return kept;
}

async function hasDeletedImages(manager: EntityManager, { members }: InputSetEntity): Promise<boolean> {
  const ids = Object.values(members).flat();
  for (let start = 0; start < ids.length; start += IDS_PER_QUERY) {
    const id = In(ids.slice(start, start + IDS_PER_QUERY));
    if (await manager.existsBy(InstanceEntity, { id, disposition: 'deleted' })) return true;
  }
  return false;
}

export function supersededInputSets(manager: EntityManager, key: GroupKey): Promise<InputSetEntity[]> {
  return inputSets(manager, key, ['superseded']);
}

/** Every version that may be selected, by id. */
export function registeredVersions(manager: EntityManager): Promise<ModelVersionEntity[]> {
  return manager.find(ModelVersionEntity, { where: { state: 'registered' }, order: { id: 'ASC' } });
}

function inputSets(
  manager: EntityManager,
  key: GroupKey,
  states: InputSetEntity['state'][],
): Promise<InputSetEntity[]> {
  const { centreId, studyInstanceUid, frameOfReferenceUid, patientKey, purpose, seriesId } = key;
  const frame = frameOfReferenceUid === null ? { frameOfReferenceUid: IsNull(), seriesId } : { frameOfReferenceUid };
  return manager.find(InputSetEntity, {
    where: { centreId, studyInstanceUid, ...frame, patientKey: patientKey ?? IsNull(), purpose, state: In(states) },
    order: { id: 'ASC' },
  });
}
