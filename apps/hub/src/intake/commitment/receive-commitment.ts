/**
 * A request for storage commitment (N-ACTION, PS3.4 J.3.2) from its first byte to its status: success means that the
 * transaction is in the database and will be decided and reported whatever happens to this process.
 */
import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Clock } from '@modelbank/contracts';
import { DicomError } from '@modelbank/dicom';
import { COMMITMENT_FAILURE, STORAGE_COMMITMENT, readCommitmentRequest } from '@modelbank/dimse';
import type { ActionRequest, CommitmentRequest, StoreSink } from '@modelbank/dimse';
import { uuidv7 } from '@modelbank/platform';
import { CommitmentEntity, appendJournal, insertRow } from '@modelbank/store';
import type { CommitmentFailure, Transaction, UnitOfWork } from '@modelbank/store';
import type { AssociationContext } from '../association-context';
import { CommitmentLoop } from './commitment-loop';
import { REPORT_AFTER_MS } from './report-commitment';

/** Bad-inputs B16: a request for a million instances is refused. */
export const MOST_REFERENCES = 20_000;
/** As many references in the longest encoding, and some more. */
const MOST_BYTES = 4 * 1024 ** 2;

/** PS3.7 Annex C. */
const STATUS = {
  success: 0x0000,
  noSuchInstance: 0x0112,
  invalidArgument: 0x0115,
  noSuchActionType: 0x0123,
  resourceLimitation: 0x0213,
} as const;

@Injectable()
export class ReceiveCommitment {
  constructor(
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly loop: CommitmentLoop,
  ) {}

  /** The sink of the request's data set. */
  open(action: ActionRequest<AssociationContext>): StoreSink {
    const refusal = refusalOf(action);
    const chunks: Buffer[] = [];
    let bytes = 0;
    return {
      write: (chunk) => {
        bytes += chunk.length;
        if (refusal === undefined && bytes <= MOST_BYTES) chunks.push(chunk);
      },
      finish: async () => {
        if (refusal !== undefined) return refusal;
        return bytes > MOST_BYTES ? STATUS.resourceLimitation : this.finish(action, Buffer.concat(chunks));
      },
      abort: () => undefined,
    };
  }

  private async finish(action: ActionRequest<AssociationContext>, dataSet: Buffer): Promise<number> {
    let request: CommitmentRequest;
    try {
      request = readCommitmentRequest(dataSet, action.transferSyntaxUid, MOST_REFERENCES);
    } catch (thrown) {
      if (!(thrown instanceof DicomError)) throw thrown;
      return thrown.code === 'DATASET_TOO_LARGE' ? STATUS.resourceLimitation : STATUS.invalidArgument;
    }
    const id = await this.unitOfWork.run((tx) => this.record(tx, action, request));
    const { reporter, transferSyntaxUid } = action;
    this.loop.reportOn(id, { reporter, transferSyntaxUid });
    return STATUS.success;
  }

  /** The id of the transaction: a new row, or that of the same request before, which is then reported once more. */
  private async record(
    tx: Transaction,
    { association }: ActionRequest<AssociationContext>,
    { transactionUid, references }: CommitmentRequest,
  ): Promise<string> {
    const { callingAe, calledAe } = association.context;
    const { centreId, aeTitle } = callingAe;
    const requested = distinct(references.map(({ sopClassUid, sopInstanceUid }) => [sopClassUid, sopInstanceUid]));
    const requestSha256 = digestOf(requested);
    const now = this.clock.now();
    const dueAt = new Date(now.getTime() + REPORT_AFTER_MS);
    const [first] = await tx.manager.find(CommitmentEntity, {
      where: { centreId, aeTitle, transactionUid },
      order: { id: 'ASC' },
      take: 1,
    });
    if (first?.requestSha256 === requestSha256) {
      // the attempts rise, so that a report that is under way now does not count for this request
      const state = first.failed === null ? 'requested' : 'decided';
      await tx.manager.update(
        CommitmentEntity,
        { id: first.id },
        { state, attempts: first.attempts + 1, dueAt, requestedAt: now },
      );
      return first.id;
    }
    const id = uuidv7(this.clock);
    const failed = first === undefined ? null : requested.map(duplicateTransaction);
    await insertRow(tx.manager, CommitmentEntity, {
      ...{ id, centreId, aeTitle, calledAeTitle: calledAe.aeTitle, transactionUid, requestSha256, requested, failed },
      ...{ requestedCount: requested.length, failedCount: failed?.length ?? null },
      ...{ state: failed === null ? 'requested' : 'decided', stateCode: null, requestedAt: now, dueAt },
      ...{ decidedAt: failed === null ? null : now, reportedAt: null, attempts: 0, lastError: null },
    });
    await appendJournal(tx, this.clock, {
      ...{ kind: 'commitment.requested', centreId, actor: association.fingerprintSha256 ?? 'unknown', subjectId: id },
      text: `storage commitment was asked for ${requested.length} instances`,
      details: { aeTitle, transactionUid, instances: requested.length },
    });
    return id;
  }
}

function refusalOf({ sopInstanceUid, actionTypeId }: ActionRequest<AssociationContext>): number | undefined {
  if (sopInstanceUid !== STORAGE_COMMITMENT.sopInstanceUid) return STATUS.noSuchInstance;
  return actionTypeId === STORAGE_COMMITMENT.requestCommitment ? undefined : STATUS.noSuchActionType;
}

function duplicateTransaction([sopClassUid, sopInstanceUid]: readonly [string, string]): CommitmentFailure {
  return [sopClassUid, sopInstanceUid, COMMITMENT_FAILURE.duplicateTransactionUid];
}

function distinct(references: readonly (readonly [string, string])[]): (readonly [string, string])[] {
  return [...new Map(references.map((reference) => [reference.join(' '), reference])).values()];
}

function digestOf(references: readonly (readonly [string, string])[]): string {
  const lines = references.map((reference) => reference.join(' ')).sort();
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}
