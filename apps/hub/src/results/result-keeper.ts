/** Writes the rows of built results in one transaction with what they cause; what cannot be built, or is invalid, holds its job. */
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, CRASH_POINTS_PORT, HubError, UNIT_OF_WORK, queueName } from '@modelbank/contracts';
import type { Clock, CrashPoints, Envelope, ErrorCode } from '@modelbank/contracts';
import { uuidv7 } from '@modelbank/platform';
import { RT_STRUCTURE_SET_STORAGE } from '@modelbank/structures';
import { JobEntity, ResultEntity, holdItem, insertRow } from '@modelbank/store';
import type { Transaction, UnitOfWork } from '@modelbank/store';
import type { BuildAnswer, BuildRequest, Encoding } from './build-request';

export interface BuiltObject {
  readonly encodingProfile: Encoding;
  /** Null where nothing was written. */
  readonly objectKey: string | null;
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
      if (job.state !== 'inferred') return;
      if (built.length === 0) throw new HubError('INTERNAL', 'the job changed while its results were to be built');
      const refusal = refusalOf(built);
      if (refusal !== null) await this.hold(tx, job, refusal);
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
    if (answer.kind !== 'built' || objectKey === null) return;
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

  /** Releasing it runs the model again: label volumes that were damaged are made anew. */
  private async hold(tx: Transaction, job: JobEntity, { code, reason, problems }: Refusal): Promise<void> {
    await tx.manager.update(JobEntity, { id: job.id, state: 'inferred' }, { state: 'held', stateCode: code });
    const { id: subjectId, centreId } = job;
    await holdItem(tx, this.clock, { kind: 'job', centreId, subjectId, code, reason, details: { problems } });
  }
}

interface Refusal {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly problems: readonly string[];
}

/** Why none of the objects may leave: one bad encoding casts doubt on all. */
function refusalOf(built: readonly BuiltObject[]): Refusal | null {
  for (const { answer } of built) {
    if (answer.kind === 'unreadable') return { code: answer.code, reason: answer.message, problems: [] };
    if (answer.kind === 'invalid') {
      const reason = `the result failed our own check: ${answer.problems.slice(0, 3).join('; ')}`.slice(0, 1000);
      return { code: 'RESULT_INVALID', reason, problems: answer.problems.slice(0, 20) };
    }
  }
  return null;
}
