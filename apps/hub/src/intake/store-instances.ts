/**
 * Gives received instances, whose files are durable already, their rows: one transaction with row, journal entry and event;
 * only then may 0x0000 be said. Instances that wait at the same time share the transaction.
 */
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, CRASH_POINTS_PORT, OBJECT_STORE, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Clock, CrashPoints, ObjectStore } from '@modelbank/contracts';
import { InstanceEntity, findRows } from '@modelbank/store';
import type { Transaction, UnitOfWork } from '@modelbank/store';
import { groupCommit } from './group-commit';
import type { GroupCommit } from './group-commit';
import type { InstanceCandidate } from './instance-candidate';
import { insertInstance, newAssociations } from './instance-rows';
import { OrphanObjects } from './orphan-objects';
import { returnedResult } from './same-uid/first-object';
import type { FirstObject } from './same-uid/first-object';
import { SameUid } from './same-uid/same-uid';
import { storeAgain } from './store-again';

/** `duplicate`: the same content is there already, which is as good as stored; `revision`: kept beside the first of its UID. */
export type StoreOutcome = 'stored' | 'duplicate' | 'revision';

type Decision =
  | { readonly outcome: 'stored' | 'duplicate' }
  /** The same content, whose first object retention has deleted. */
  | { readonly outcome: 'storedAgain'; readonly id: string }
  /** What has the UID, where other bytes of it came. */
  | { readonly outcome: 'conflict'; readonly first: FirstObject };

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
    private readonly sameUid: SameUid,
    private readonly orphans: OrphanObjects,
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

  /** Takes over the object of the candidate: it stays where a row names it. Throws INSTANCE_CONFLICT where it was refused. */
  async store(candidate: InstanceCandidate): Promise<StoreOutcome> {
    const decision = await this.commits.add(candidate).catch(async (thrown: unknown) => {
      // where even that cannot be asked, the object stays until the daily look
      await this.orphans.removeRowless(candidate.objectKey).catch(() => undefined);
      throw thrown;
    });
    if (decision.outcome === 'conflict') return this.sameUid.settle(candidate, decision.first);
    this.crashPoints.reach('intake.beforeResponse');
    if (decision.outcome === 'duplicate') await this.objects.remove(candidate.objectKey);
    return decision.outcome === 'storedAgain' ? 'stored' : decision.outcome;
  }

  private async commit(candidates: readonly InstanceCandidate[]): Promise<readonly Decision[]> {
    const decisions = await this.unitOfWork.run(async (tx) => {
      await newAssociations(tx, candidates, this.recorded);
      const stored = await storedAlready(tx, candidates);
      const decided: Decision[] = [];
      for (const candidate of candidates) {
        const key = identityOf(candidate);
        const known = stored.get(key);
        const decision = decide(known ?? (await returnedResult(tx.manager, candidate)), candidate);
        if (decision.outcome === 'stored') stored.set(key, await insertInstance(tx, this.clock, candidate));
        if (decision.outcome === 'storedAgain')
          stored.set(key, await storeAgain(tx, this.clock, decision.id, candidate));
        decided.push(decision);
      }
      this.crashPoints.reach('intake.beforeCommit');
      return decided;
    });
    candidates.forEach((candidate) => this.recorded.add(candidate.arrival.id));
    return decisions;
  }
}

const STORED_COLUMNS = [
  'id',
  'centreId',
  'sopInstanceUid',
  'contentSha256',
  'transferSyntaxUid',
  'disposition',
] as const;
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

function decide(known: Stored | FirstObject | undefined, { file, header }: InstanceCandidate): Decision {
  if (known === undefined) return { outcome: 'stored' };
  if ('kind' in known) return { outcome: 'conflict', first: known };
  const isSame = known.contentSha256 === file.contentSha256 && known.transferSyntaxUid === header.transferSyntaxUid;
  if (!isSame) return { outcome: 'conflict', first: { kind: 'instance', id: known.id } };
  return known.disposition === 'deleted' ? { outcome: 'storedAgain', id: known.id } : { outcome: 'duplicate' };
}
