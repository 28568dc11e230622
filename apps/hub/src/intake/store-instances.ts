/**
 * Makes received instances durable: synced and renamed first, then one transaction with row, journal entry and event; only
 * then may 0x0000 be said. Instances that wait at the same time share the transaction.
 */
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, CRASH_POINTS_PORT, OBJECT_STORE, READ_STORE, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Clock, CrashPoints, ObjectStore } from '@modelbank/contracts';
import { InstanceEntity } from '@modelbank/store';
import type { ReadStore, UnitOfWork } from '@modelbank/store';
import { groupCommit } from './group-commit';
import type { GroupCommit } from './group-commit';
import type { InstanceCandidate } from './instance-candidate';
import { insertInstance, newAssociations } from './instance-rows';
import { returnedResult } from './same-uid/first-object';
import type { FirstObject } from './same-uid/first-object';
import { SameUid } from './same-uid/same-uid';

/** `duplicate`: the same content is there already, which is as good as stored; `revision`: kept beside the first of its UID. */
export type StoreOutcome = 'stored' | 'duplicate' | 'revision';

type Decision =
  | {
      readonly outcome: 'stored' | 'duplicate';
      /** A row names the object of this candidate. */
      readonly objectIsNeeded: boolean;
    }
  /** What has the UID, where other bytes of it came. */
  | { readonly outcome: 'conflict'; readonly first: FirstObject };

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
    private readonly sameUid: SameUid,
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

  /** Takes over the part file: afterwards it is an object, or gone. Throws INSTANCE_CONFLICT where it was refused. */
  async store(candidate: InstanceCandidate, partPath: string): Promise<StoreOutcome> {
    const { header, arrival } = candidate;
    const known = await this.readStore.manager.findOne(InstanceEntity, {
      select: { id: true, contentSha256: true, transferSyntaxUid: true },
      where: { centreId: arrival.callingAe.centreId, sopInstanceUid: header.sopInstanceUid },
    });
    if (known !== null && isSameContent(known, candidate)) {
      await this.objects.discardPart(partPath);
      return 'duplicate';
    }
    this.crashPoints.reach('intake.beforeFsync');
    await this.objects.commitPart(partPath, candidate.objectKey);
    const decision = await this.commits.add(candidate);
    if (decision.outcome === 'conflict') return this.sameUid.settle(candidate, decision.first);
    this.crashPoints.reach('intake.beforeResponse');
    if (!decision.objectIsNeeded) await this.objects.remove(candidate.objectKey);
    return decision.outcome;
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
        const decision = decide(stored, candidate, await returnedResult(tx.manager, candidate));
        if (decision.outcome === 'stored') await insertInstance(tx, this.clock, candidate);
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
function decide(
  stored: InstanceEntity | null,
  candidate: InstanceCandidate,
  returned: FirstObject | undefined,
): Decision {
  if (stored !== null && isSameContent(stored, candidate)) {
    return { outcome: 'duplicate', objectIsNeeded: stored.objectKey === candidate.objectKey };
  }
  const first = stored === null ? returned : ({ kind: 'instance', id: stored.id } as const);
  return first === undefined ? { outcome: 'stored', objectIsNeeded: true } : { outcome: 'conflict', first };
}

function isSameContent(
  stored: Pick<InstanceEntity, 'contentSha256' | 'transferSyntaxUid'>,
  { file, header }: InstanceCandidate,
): boolean {
  return stored.contentSha256 === file.contentSha256 && stored.transferSyntaxUid === header.transferSyntaxUid;
}
