/** The release policy, asked once more before a result leaves: a destination or a rule may have changed since it ran. */
import { decideRelease } from '@modelbank/registry';
import type { ReleaseDecision } from '@modelbank/registry';
import { DestinationEntity, InputSetEntity, JobEntity, ModelVersionEntity } from '@modelbank/store';
import type { DeliveryEntity, ReadStore } from '@modelbank/store';

export async function mayBeDelivered(store: ReadStore, delivery: DeliveryEntity): Promise<ReleaseDecision> {
  const { manager } = store;
  const destination = await manager.findOneByOrFail(DestinationEntity, { id: delivery.destinationId });
  const inputSet = await manager.findOneByOrFail(InputSetEntity, { id: delivery.inputSetId });
  const job = await manager.findOneByOrFail(JobEntity, { id: delivery.jobId });
  const version = await manager.findOneByOrFail(ModelVersionEntity, { id: job.modelVersionId });
  return decideRelease({
    registryReachable: true,
    packageTrusted: version.state === 'registered' && version.packageDigest === job.packageDigest,
    purpose: inputSet.purpose,
    destination: destination.kind,
  });
}
