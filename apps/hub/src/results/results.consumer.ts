/** Builds the result objects of an inferred job, and withdraws those of a cancelled one. */
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { Subscribes } from '@modelbank/broker';
import { OBJECT_STORE, READ_STORE, UNIT_OF_WORK, queueName } from '@modelbank/contracts';
import type { Envelope, ObjectStore } from '@modelbank/contracts';
import { JobEntity, ResultEntity } from '@modelbank/store';
import type { ReadStore, UnitOfWork } from '@modelbank/store';
import type { Encoding } from './build-request';
import { gatherRequest, wantedEncodings } from './gather-request';
import { ResultKeeper } from './result-keeper';
import type { BuiltObject } from './result-keeper';
import { buildInThread } from './run-in-thread';
import { deliveredAfterAll, withdrawResults } from './withdraw-results';

const BUILD_TIMEOUT_MS = 300_000;

@Controller()
export class ResultsConsumer {
  constructor(
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(READ_STORE) private readonly store: ReadStore,
    @Inject(OBJECT_STORE) private readonly objects: ObjectStore,
    private readonly keeper: ResultKeeper,
  ) {}

  @Subscribes('results', 'inference.completed')
  async onInferenceCompleted(@Payload() envelope: Envelope<'inference.completed'>): Promise<void> {
    const job = await this.store.manager.findOneByOrFail(JobEntity, { id: envelope.body.jobId });
    const built = job.state === 'inferred' ? await this.build(job) : [];
    await this.keeper.keep(envelope, built);
    await this.removeUnkept(built);
  }

  @Subscribes('results', 'job.cancelled')
  async onJobCancelled(@Payload() envelope: Envelope<'job.cancelled'>): Promise<void> {
    const { jobId, reason } = envelope.body;
    await this.unitOfWork.consume(queueName('results', 'job.cancelled'), envelope, (tx) =>
      withdrawResults(tx, jobId, reason, envelope.messageId),
    );
  }

  @Subscribes('results', 'result.delivered')
  async onResultDelivered(@Payload() envelope: Envelope<'result.delivered'>): Promise<void> {
    const { resultId } = envelope.body;
    await this.unitOfWork.consume(queueName('results', 'result.delivered'), envelope, (tx) =>
      deliveredAfterAll(tx, resultId),
    );
  }

  /** Each object is durable before any row names it. */
  private async build(job: JobEntity): Promise<BuiltObject[]> {
    const built: BuiltObject[] = [];
    for (const encodingProfile of await wantedEncodings(this.store, job.centreId)) {
      const partPath = this.objects.newPartPath();
      const request = { ...(await gatherRequest(this.store, this.objects, job, encodingProfile)), partPath };
      try {
        const answer = await buildInThread(request, BUILD_TIMEOUT_MS);
        const objectKey = answer.kind === 'built' ? keyOf(job, encodingProfile, answer.sha256) : null;
        if (objectKey !== null) await this.objects.commitPart(partPath, objectKey);
        built.push({ encodingProfile, objectKey, request, answer });
      } finally {
        await this.objects.discardPart(partPath);
      }
    }
    return built;
  }

  /** The job was cancelled or held, or another attempt kept other bytes: nothing will ever name these. */
  private async removeUnkept(built: readonly BuiltObject[]): Promise<void> {
    for (const { objectKey } of built) {
      if (objectKey === null || (await this.store.manager.existsBy(ResultEntity, { objectKey }))) continue;
      await this.objects.remove(objectKey);
    }
  }
}

/** With the digest of the bytes: what a row names is never written over. */
function keyOf({ jobKey }: JobEntity, encoding: Encoding, sha256: string): string {
  return `results/${jobKey.slice(0, 2)}/${jobKey}/${encoding}-${sha256.slice(0, 16)}.dcm`;
}
