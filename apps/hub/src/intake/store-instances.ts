/**
 * Gives received instances, whose files are durable already, their rows: one transaction with row, journal entry and event;
 * only then may 0x0000 be said. Instances that wait at the same time share the transaction.
 */
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, CRASH_POINTS_PORT, HubError, OBJECT_STORE, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Clock, CrashPoints, ObjectStore } from '@modelbank/contracts';
import { InstanceEntity, findRows } from '@modelbank/store';
import type { Transaction, UnitOfWork } from '@modelbank/store';
import { groupCommit } from './group-commit';
import type { GroupCommit } from './group-commit';
import type { InstanceCandidate } from './instance-candidate';
import { insertInstance, journalConflict, newAssociations } from './instance-rows';

/** `duplicate`: the same content is there already, which is as good as stored. */
export type StoreOutcome = 'stored' | 'duplicate' | 'conflict';

@Injectable()
export class StoreInstances {
  private readonly commits: GroupCommit<InstanceCandidate, StoreOutcome>;
  /** Arrivals whose row is committed. */
  private readonly recorded = new Set<string>();

  constructor(
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(OBJECT_STORE) private readonly objects: ObjectStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CRASH_POINTS_PORT) private readonly crashPoints: CrashPoints,
  ) {
    this.commits = groupCommit((candidates) => this.commit(candidates));
  }

  /** Whether the arrival has brought anything that was stored. */
  hasRecorded(arrivalId: string): boolean {
    return this.recorded.has(arrivalId);
  }

  forget(arrivalId: string): void {
    this.recorded.delete(arrivalId);
  }

  /** Takes over the object of the candidate: it stays where a row names it. Throws INSTANCE_CONFLICT. */
  async store(candidate: InstanceCandidate): Promise<StoreOutcome> {
    const outcome = await this.commits.add(candidate);
    this.crashPoints.reach('intake.beforeResponse');
    if (outcome !== 'stored') await this.objects.remove(candidate.objectKey);
    if (outcome === 'conflict') {
      throw new HubError('INSTANCE_CONFLICT', 'another object with this SOP Instance UID was stored before');
    }
    return outcome;
  }

  private async commit(candidates: readonly InstanceCandidate[]): Promise<readonly StoreOutcome[]> {
    const outcomes = await this.unitOfWork.run(async (tx) => {
      await newAssociations(tx, candidates, this.recorded);
      const stored = await storedAlready(tx, candidates);
      const decided: StoreOutcome[] = [];
      for (const candidate of candidates) {
        const key = identityOf(candidate);
        const known = stored.get(key);
        const outcome = decide(known, candidate);
        if (outcome === 'stored') stored.set(key, await insertInstance(tx, this.clock, candidate));
        if (outcome === 'conflict') await journalConflict(tx, this.clock, candidate, known?.id ?? '');
        decided.push(outcome);
      }
      this.crashPoints.reach('intake.beforeCommit');
      return decided;
    });
    candidates.forEach((candidate) => this.recorded.add(candidate.arrival.id));
    return outcomes;
  }
}

const STORED_COLUMNS = ['id', 'centreId', 'sopInstanceUid', 'contentSha256', 'transferSyntaxUid'] as const;
type Stored = Pick<InstanceEntity, (typeof STORED_COLUMNS)[number]>;

/** What the centres of these candidates have under the same SOP Instance UIDs, by identity. */
async function storedAlready(tx: Transaction, candidates: readonly InstanceCandidate[]): Promise<Map<string, Stored>> {
  const rows = await findRows(tx.manager, InstanceEntity, STORED_COLUMNS, {
    centreId: [...new Set(candidates.map(({ arrival }) => arrival.callingAe.centreId))],
    sopInstanceUid: candidates.map(({ header }) => header.sopInstanceUid),
  });
  return new Map(rows.map((row) => [`${row.centreId} ${row.sopInstanceUid}`, row]));
}

function identityOf({ arrival, header }: InstanceCandidate): string {
  return `${arrival.callingAe.centreId} ${header.sopInstanceUid}`;
}

function decide(stored: Stored | undefined, { file, header }: InstanceCandidate): StoreOutcome {
  if (stored === undefined) return 'stored';
  const isSame = stored.contentSha256 === file.contentSha256 && stored.transferSyntaxUid === header.transferSyntaxUid;
  return isSame ? 'duplicate' : 'conflict';
}
