/**
 * Makes received instances durable: synced and renamed first, then one transaction with row, journal entry and event; only
 * then may 0x0000 be said. Instances that wait at the same time share the transaction.
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

interface Decision {
  readonly outcome: StoreOutcome;
  /** A row names the object of this candidate. */
  readonly objectIsNeeded: boolean;
}

@Injectable()
export class StoreInstances {
  private readonly commits: GroupCommit<InstanceCandidate, Decision>;
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

  /** Takes over the part file: afterwards it is an object, or gone. Throws INSTANCE_CONFLICT. */
  async store(candidate: InstanceCandidate, partPath: string): Promise<StoreOutcome> {
    this.crashPoints.reach('intake.beforeFsync');
    await this.objects.commitPart(partPath, candidate.objectKey);
    const { outcome, objectIsNeeded } = await this.commits.add(candidate);
    this.crashPoints.reach('intake.beforeResponse');
    if (!objectIsNeeded) await this.objects.remove(candidate.objectKey);
    if (outcome === 'conflict') {
      throw new HubError('INSTANCE_CONFLICT', 'another object with this SOP Instance UID was stored before');
    }
    return outcome;
  }

  private async commit(candidates: readonly InstanceCandidate[]): Promise<readonly Decision[]> {
    const decisions = await this.unitOfWork.run(async (tx) => {
      await newAssociations(tx, candidates, this.recorded);
      const stored = await storedAlready(tx, candidates);
      const decided: Decision[] = [];
      for (const candidate of candidates) {
        const key = identityOf(candidate);
        const known = stored.get(key);
        const decision = decide(known, candidate);
        if (decision.outcome === 'stored') stored.set(key, await insertInstance(tx, this.clock, candidate));
        if (decision.outcome === 'conflict') await journalConflict(tx, this.clock, candidate, known?.id ?? '');
        decided.push(decision);
      }
      this.crashPoints.reach('intake.beforeCommit');
      return decided;
    });
    candidates.forEach((candidate) => this.recorded.add(candidate.arrival.id));
    return decisions;
  }
}

const STORED_COLUMNS = ['id', 'centreId', 'sopInstanceUid', 'contentSha256', 'transferSyntaxUid', 'objectKey'] as const;
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

/** Two senders may bring one instance at the same time in files that differ in who sent them: one file is enough. */
function decide(stored: Stored | undefined, { file, header, objectKey }: InstanceCandidate): Decision {
  if (stored === undefined) return { outcome: 'stored', objectIsNeeded: true };
  const isSame = stored.contentSha256 === file.contentSha256 && stored.transferSyntaxUid === header.transferSyntaxUid;
  if (!isSame) return { outcome: 'conflict', objectIsNeeded: false };
  return { outcome: 'duplicate', objectIsNeeded: stored.objectKey === objectKey };
}
