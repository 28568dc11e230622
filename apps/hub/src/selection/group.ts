/** The input sets that compete for tasks: those of one centre, study and frame of reference that are not superseded. */
import { In, IsNull } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { InputSetEntity, ModelVersionEntity } from '@modelbank/store';

export interface GroupKey {
  readonly centreId: string;
  readonly studyInstanceUid: string;
  readonly frameOfReferenceUid: string | null;
  /** Tells apart what has no frame of reference: such a series competes with itself alone. */
  readonly seriesId: string;
}

export function groupKeyOf({ centreId, studyInstanceUid, frameOfReferenceUid, seriesId }: InputSetEntity): GroupKey {
  return { centreId, studyInstanceUid, frameOfReferenceUid, seriesId };
}

/** In the order of their ids, so by age. */
export function currentInputSets(manager: EntityManager, key: GroupKey): Promise<InputSetEntity[]> {
  return inputSets(manager, key, ['provisional', 'complete']);
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
  const { centreId, studyInstanceUid, frameOfReferenceUid, seriesId } = key;
  const frame = frameOfReferenceUid === null ? { frameOfReferenceUid: IsNull(), seriesId } : { frameOfReferenceUid };
  return manager.find(InputSetEntity, {
    where: { centreId, studyInstanceUid, ...frame, state: In(states) },
    order: { id: 'ASC' },
  });
}
