/**
 * What may be promised (PS3.4 J.3.3): an instance is committed when its row is there, of the class that was named, and its
 * object lies in the store with the size that the row says. Decided once; the promises stand in the same transaction.
 */
import { stat } from 'node:fs/promises';
import { In } from 'typeorm';
import type { Clock, ObjectStore } from '@modelbank/contracts';
import { COMMITMENT_FAILURE } from '@modelbank/dimse';
import { uuidv7 } from '@modelbank/platform';
import { CommitmentEntity, CommitmentItemEntity, InstanceEntity, appendJournal, insertRow } from '@modelbank/store';
import type { CommitmentFailure, CommitmentReference, ReadStore, Transaction, UnitOfWork } from '@modelbank/store';

const AT_ONCE = 500;
const ROWS_AT_ONCE = 100;
const DAY_MS = 86_400_000;

export interface DecidingParts {
  readonly unitOfWork: UnitOfWork;
  readonly store: ReadStore;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  readonly keepDays: number;
}

type Known = Pick<InstanceEntity, 'id' | 'sopClassUid' | 'sopInstanceUid' | 'objectKey' | 'sizeBytes'>;

interface Findings {
  readonly instanceIds: readonly string[];
  readonly failed: readonly CommitmentFailure[];
}

/** The failures, empty when all is committed; null when the transaction was decided by another meanwhile. */
export async function decideCommitment(
  commitment: CommitmentEntity,
  parts: DecidingParts,
): Promise<readonly CommitmentFailure[] | null> {
  const { instanceIds, failed } = await examine(commitment, parts);
  return parts.unitOfWork.run((tx) => promise(tx, commitment, { instanceIds, failed }, parts));
}

async function examine({ centreId, requested }: CommitmentEntity, parts: DecidingParts): Promise<Findings> {
  const instanceIds: string[] = [];
  const failed: CommitmentFailure[] = [];
  for (let from = 0; from < requested.length; from += AT_ONCE) {
    const piece = requested.slice(from, from + AT_ONCE);
    const rows: readonly Known[] = await parts.store.manager.find(InstanceEntity, {
      select: { id: true, sopClassUid: true, sopInstanceUid: true, objectKey: true, sizeBytes: true },
      where: { centreId, sopInstanceUid: In(piece.map(([, uid]) => uid)) },
    });
    const byUid = new Map(rows.map((row) => [row.sopInstanceUid, row]));
    for (const reference of piece) {
      const row = byUid.get(reference[1]);
      const reason = await reasonAgainst(reference, row, parts.objects);
      if (reason !== undefined) failed.push([...reference, reason]);
      else if (row) instanceIds.push(row.id);
    }
  }
  return { instanceIds, failed };
}

async function reasonAgainst(
  [sopClassUid]: CommitmentReference,
  row: Known | undefined,
  objects: ObjectStore,
): Promise<number | undefined> {
  if (row === undefined) return COMMITMENT_FAILURE.noSuchObjectInstance;
  if (row.sopClassUid !== sopClassUid) return COMMITMENT_FAILURE.classInstanceConflict;
  const size = await sizeOf(objects.pathOf(row.objectKey));
  if (size === undefined) return COMMITMENT_FAILURE.noSuchObjectInstance;
  return size === row.sizeBytes ? undefined : COMMITMENT_FAILURE.processingFailure;
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw thrown;
  }
}

async function promise(
  tx: Transaction,
  { id, centreId, requested }: CommitmentEntity,
  { instanceIds, failed }: Findings,
  { clock, keepDays }: DecidingParts,
): Promise<readonly CommitmentFailure[] | null> {
  const now = clock.now();
  const { affected } = await tx.manager.update(
    CommitmentEntity,
    { id, state: 'requested' },
    { state: 'decided', failed: failed as CommitmentFailure[] as never, failedCount: failed.length, decidedAt: now },
  );
  if (affected !== 1) return null;
  const keptUntil = new Date(now.getTime() + keepDays * DAY_MS);
  const items = instanceIds.map((instanceId) => ({ id: uuidv7(clock), commitmentId: id, instanceId, keptUntil }));
  for (let from = 0; from < items.length; from += ROWS_AT_ONCE) {
    await insertRow(tx.manager, CommitmentItemEntity, items.slice(from, from + ROWS_AT_ONCE));
  }
  await appendJournal(tx, clock, {
    ...{ kind: 'commitment.decided', centreId, actor: 'hub', subjectId: id },
    text: `${instanceIds.length} of ${requested.length} instances are kept until ${keptUntil.toISOString().slice(0, 10)}`,
    details: { committed: instanceIds.length, failed: failed.length, keptUntil: keptUntil.toISOString() },
  });
  return failed;
}
