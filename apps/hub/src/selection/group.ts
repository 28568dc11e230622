/**
 * The input sets that compete for tasks: those of one centre, study, frame of reference, patient and purpose that are not
 * superseded. Two patients under one StudyInstanceUID, or a care and a test series, never outrank each other.
 */
import { In, IsNull } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { Purpose } from '@modelbank/contracts';
import { InputSetEntity, ModelVersionEntity } from '@modelbank/store';

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
  const { centreId, studyInstanceUid, frameOfReferenceUid, patientKey, purpose, seriesId } = key;
  const frame = frameOfReferenceUid === null ? { frameOfReferenceUid: IsNull(), seriesId } : { frameOfReferenceUid };
  return manager.find(InputSetEntity, {
    where: { centreId, studyInstanceUid, ...frame, patientKey: patientKey ?? IsNull(), purpose, state: In(states) },
    order: { id: 'ASC' },
  });
}
