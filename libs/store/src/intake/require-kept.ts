/** Asked before the object of an instance is read: a row whose object retention took says so, instead of a missing file. */
import { HubError } from '@modelbank/contracts';
import type { InstanceEntity } from './instance.entity';

/** Throws OBJECT_DELETED when one of them is deleted. */
export function requireKept(instances: Iterable<Pick<InstanceEntity, 'disposition'>>): void {
  for (const { disposition } of instances) {
    if (disposition !== 'deleted') continue;
    throw new HubError('OBJECT_DELETED', 'the images were deleted by retention; their results are kept', {
      advice: 'When and by which rule: modelbank retention deleted. The centre can send them again.',
    });
  }
}
