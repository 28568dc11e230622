/**
 * Asked once more before a result leaves, because much may have changed since it was built: withdrawn while its event is
 * on the way, a series that opened again, a destination or a model version that is no longer in use, the policy itself.
 */
import { decideRelease } from '@modelbank/registry';
import { DestinationEntity, InputSetEntity, JobEntity, ModelVersionEntity, ResultEntity } from '@modelbank/store';
import type { DeliveryEntity, ReadStore } from '@modelbank/store';
import { mayLeave } from './completion';

export type SendDecision =
  | { readonly kind: 'send' }
  /** The result must not leave any more. */
  | { readonly kind: 'withdrawn' }
  /** Slices of the series, or of another one of the study, are arriving again, or selection weighs them. */
  | { readonly kind: 'awaitCompletion' }
  | { readonly kind: 'blocked'; readonly code: string; readonly reason: string };

export async function checkBeforeSending({ manager }: ReadStore, delivery: DeliveryEntity): Promise<SendDecision> {
  const result = await manager.findOneByOrFail(ResultEntity, { id: delivery.resultId });
  const job = await manager.findOneByOrFail(JobEntity, { id: delivery.jobId });
  const inputSet = await manager.findOneByOrFail(InputSetEntity, { id: delivery.inputSetId });
  if (result.state !== 'built' || job.state === 'cancelled' || inputSet.state === 'superseded') {
    return { kind: 'withdrawn' };
  }
  if (!(await mayLeave(manager, inputSet, job))) return { kind: 'awaitCompletion' };
  const destination = await manager.findOneByOrFail(DestinationEntity, { id: delivery.destinationId });
  if (!destination.active) {
    return { kind: 'blocked', code: 'DESTINATION_INACTIVE', reason: 'The destination is no longer in use.' };
  }
  const version = await manager.findOneByOrFail(ModelVersionEntity, { id: job.modelVersionId });
  const { allowed, code, reason } = decideRelease({
    registryReachable: true,
    packageTrusted: version.state === 'registered' && version.packageDigest === job.packageDigest,
    purpose: inputSet.purpose,
    destination: destination.kind,
  });
  return allowed ? { kind: 'send' } : { kind: 'blocked', code, reason };
}
