/** The object that has a SOP Instance UID at a centre: an instance that it sent, or a result that the hub gave it. */
import type { EntityManager } from 'typeorm';
import type { JobInstance, ObjectStore, RevisionOf } from '@modelbank/contracts';
import { storageSopClassOf } from '@modelbank/dicom';
import { InstanceEntity, ResultEntity } from '@modelbank/store';
import type { InstanceCandidate } from '../instance-candidate';

export interface FirstObject {
  readonly kind: RevisionOf;
  readonly id: string;
}

/**
 * The result of the hub whose UID a candidate carries: some planning systems edit a structure set and send it back as it was
 * called. Results are never images of a class that is assembled or held, so those are not looked up.
 */
export async function returnedResult(
  manager: EntityManager,
  { header, arrival }: InstanceCandidate,
): Promise<FirstObject | undefined> {
  if (storageSopClassOf(header.sopClassUid)?.use !== 'stored') return undefined;
  const { sopInstanceUid } = header;
  const { centreId } = arrival.callingAe;
  const result = await manager.findOne(ResultEntity, { select: { id: true }, where: { sopInstanceUid, centreId } });
  return result === null ? undefined : { kind: 'result', id: result.id };
}

/** The instance, where retention has deleted its object: only the facts of its row are left. */
export function deletedInstance(manager: EntityManager, { kind, id }: FirstObject): Promise<InstanceEntity | null> {
  if (kind === 'result') return Promise.resolve(null);
  return manager.findOneBy(InstanceEntity, { id, disposition: 'deleted' });
}

/** Where its bytes lie. */
export async function objectOf(manager: EntityManager, objects: ObjectStore, first: FirstObject): Promise<JobInstance> {
  const entity = first.kind === 'result' ? ResultEntity : InstanceEntity;
  const { objectKey, objectSha256, sopInstanceUid } = await manager.findOneByOrFail(entity, { id: first.id });
  return { path: objects.pathOf(objectKey), sha256: objectSha256, sopInstanceUid };
}
