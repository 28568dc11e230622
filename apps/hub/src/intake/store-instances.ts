/**
 * Makes received instances durable: synced and renamed first, then one transaction with row, journal entry and event; only
 * then may 0x0000 be said. Instances that wait at the same time share the transaction.
 */
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, CRASH_POINTS_PORT, HubError, OBJECT_STORE, READ_STORE, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Clock, CrashPoints, ObjectStore } from '@modelbank/contracts';
import { InstanceEntity } from '@modelbank/store';
import type { ReadStore, UnitOfWork } from '@modelbank/store';
import { groupCommit } from './group-commit';
import type { GroupCommit } from './group-commit';
import type { InstanceCandidate } from './instance-candidate';
import { insertInstance, journalConflict, newAssociations } from './instance-rows';
import { storeAgain, underNewKey } from './store-again';

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
    @Inject(READ_STORE) private readonly readStore: ReadStore,
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
  async store(received: InstanceCandidate, partPath: string): Promise<StoreOutcome> {
    const { header, arrival } = received;
    const known = await this.readStore.manager.findOne(InstanceEntity, {
      select: { id: true, contentSha256: true, transferSyntaxUid: true, deletedAt: true },
      where: { centreId: arrival.callingAe.centreId, sopInstanceUid: header.sopInstanceUid },
    });
    const candidate = underNewKey(received, known?.deletedAt);
    if (known !== null && !known.deletedAt && isSameContent(known, candidate)) {
      await this.objects.discardPart(partPath);
      return 'duplicate';
    }
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
      const decided: Decision[] = [];
      for (const candidate of candidates) {
        const stored = await tx.manager.findOneBy(InstanceEntity, {
          centreId: candidate.arrival.callingAe.centreId,
          sopInstanceUid: candidate.header.sopInstanceUid,
        });
        const decision = decide(stored, candidate);
        if (decision.outcome === 'stored') {
          if (stored === null) await insertInstance(tx, this.clock, candidate);
          else await storeAgain(tx, this.clock, stored, candidate);
        }
        if (decision.outcome === 'conflict') await journalConflict(tx, this.clock, candidate, stored?.id ?? '');
        decided.push(decision);
      }
      this.crashPoints.reach('intake.beforeCommit');
      return decided;
    });
    candidates.forEach((candidate) => this.recorded.add(candidate.arrival.id));
    return decisions;
  }
}

/** Two senders may bring one instance at the same time in files that differ in who sent them: one file is enough. */
function decide(stored: InstanceEntity | null, candidate: InstanceCandidate): Decision {
  if (stored === null) return { outcome: 'stored', objectIsNeeded: true };
  if (!isSameContent(stored, candidate)) return { outcome: 'conflict', objectIsNeeded: false };
  if (stored.disposition === 'deleted') return { outcome: 'stored', objectIsNeeded: true };
  return { outcome: 'duplicate', objectIsNeeded: stored.objectKey === candidate.objectKey };
}

function isSameContent(
  stored: Pick<InstanceEntity, 'contentSha256' | 'transferSyntaxUid'>,
  { file, header }: InstanceCandidate,
): boolean {
  return stored.contentSha256 === file.contentSha256 && stored.transferSyntaxUid === header.transferSyntaxUid;
}
