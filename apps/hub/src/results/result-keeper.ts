/** Writes the rows of built results in one transaction with what they cause; an invalid object holds its job instead. */
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, CRASH_POINTS_PORT, UNIT_OF_WORK, queueName } from '@modelbank/contracts';
import type { Clock, CrashPoints, Envelope } from '@modelbank/contracts';
import { uuidv7 } from '@modelbank/platform';
import { RT_STRUCTURE_SET_STORAGE } from '@modelbank/structures';
import { JobEntity, ResultEntity, holdItem, insertRow } from '@modelbank/store';
import type { Transaction, UnitOfWork } from '@modelbank/store';
import type { BuildAnswer, BuildRequest } from './build-request';

export interface BuiltObject {
  readonly encodingProfile: 'xor' | 'keyhole';
  readonly objectKey: string;
  readonly request: BuildRequest;
  readonly answer: BuildAnswer;
}

@Injectable()
export class ResultKeeper {
  constructor(
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CRASH_POINTS_PORT) private readonly crashPoints: CrashPoints,
  ) {}

  async keep(envelope: Envelope<'inference.completed'>, built: readonly BuiltObject[]): Promise<void> {
    await this.unitOfWork.consume(queueName('results', 'inference.completed'), envelope, async (tx) => {
      const job = await tx.manager.findOneByOrFail(JobEntity, { id: envelope.body.jobId });
      // cancelled meanwhile: nothing may leave
      if (job.state !== 'inferred' || built.length === 0) return;
      const invalid = built.flatMap(({ answer }) => (answer.kind === 'invalid' ? answer.problems : []));
      if (invalid.length > 0) await this.holdInvalid(tx, job, invalid);
      else for (const object of built) await this.insertResult(tx, job, object, envelope.messageId);
      this.crashPoints.reach('results.beforeCommit');
    });
    this.crashPoints.reach('results.afterCommit');
  }

  private async insertResult(
    tx: Transaction,
    job: JobEntity,
    { encodingProfile, objectKey, request, answer }: BuiltObject,
    causationId: string,
  ): Promise<void> {
    if (answer.kind !== 'built') return;
    const { id: jobId, centreId } = job;
    const id = uuidv7(this.clock);
    await insertRow(tx.manager, ResultEntity, {
      id,
      jobId,
      centreId,
      kind: 'RTSTRUCT',
      encodingProfile,
      sopClassUid: RT_STRUCTURE_SET_STORAGE,
      ...request.uids,
      objectKey,
      objectSha256: answer.sha256,
      rois: [...answer.rois],
      remarks: [...request.remarks],
      state: 'built',
      supersededByResultId: null,
      stateReason: null,
      builtAt: this.clock.now(),
    });
    const { predecessorSopInstanceUid: predecessor } = request;
    if (predecessor !== undefined) {
      await tx.manager.update(ResultEntity, { sopInstanceUid: predecessor }, { supersededByResultId: id });
    }
    await tx.manager.update(JobEntity, { id: jobId, state: 'inferred' }, { state: 'built' });
    await tx.emit('result.built', centreId, { resultId: id, jobId, centreId }, causationId);
  }

  private async holdInvalid(tx: Transaction, job: JobEntity, problems: readonly string[]): Promise<void> {
    await tx.manager.update(
      JobEntity,
      { id: job.id, state: 'inferred' },
      { state: 'held', stateCode: 'RESULT_INVALID' },
    );
    await holdItem(tx, this.clock, {
      kind: 'job',
      centreId: job.centreId,
      subjectId: job.id,
      code: 'RESULT_INVALID',
      reason: `the result failed our own check: ${problems.slice(0, 3).join('; ')}`.slice(0, 1000),
      details: { problems: problems.slice(0, 20) },
    });
  }
}
