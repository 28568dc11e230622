/** What a result replaces at its receivers: the one of the same task that was delivered and is superseded now. */
import { DeliveryEntity, InputSetEntity, JobEntity, ModelVersionEntity, ResultEntity } from '@modelbank/store';
import type { ReadStore } from '@modelbank/store';
import type { Encoding } from './build-request';

export interface PreviousResult {
  readonly sopInstanceUid: string;
  readonly deliveredAt: Date;
}

/** The newest one for the same series, task and encoding. */
export async function previousResult(
  { manager }: ReadStore,
  wanted: { readonly jobId: string; readonly seriesId: string; readonly task: string; readonly encoding: Encoding },
): Promise<PreviousResult | undefined> {
  const found = await manager
    .createQueryBuilder(ResultEntity, 'result')
    .innerJoin(JobEntity, 'job', 'job.id = result.jobId')
    .innerJoin(InputSetEntity, 'inputSet', 'inputSet.id = job.inputSetId')
    .innerJoin(ModelVersionEntity, 'version', 'version.id = job.modelVersionId')
    .innerJoin(DeliveryEntity, 'delivery', 'delivery.resultId = result.id')
    .select('result.sopInstanceUid', 'sopInstanceUid')
    .addSelect('delivery.deliveredAt', 'deliveredAt')
    .where('inputSet.seriesId = :seriesId AND version.task = :task AND result.encodingProfile = :encoding', wanted)
    .andWhere('job.state = :cancelled AND job.id <> :jobId', { cancelled: 'cancelled', jobId: wanted.jobId })
    .andWhere('delivery.state = :delivered', { delivered: 'delivered' })
    .orderBy('job.createdAt', 'DESC')
    .addOrderBy('job.id', 'DESC')
    .addOrderBy('delivery.deliveredAt', 'ASC')
    .limit(1)
    .getRawOne<{ sopInstanceUid: string; deliveredAt: string }>();
  return found && { sopInstanceUid: found.sopInstanceUid, deliveredAt: new Date(found.deliveredAt) };
}
