/**
 * A SOP Instance UID that comes again with other bytes: identity is per centre and by decoded content, and only here is
 * anything decoded for it. The same content is a duplicate, a corrected document a revision, and an image with other pixels,
 * geometry or patient is refused and kept apart (docs/decisions/identity-by-content.md). The first always stays.
 */
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, CRASH_POINTS_PORT, HubError, OBJECT_STORE, READ_STORE, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Clock, CrashPoints, ErrorCode, ObjectStore } from '@modelbank/contracts';
import { LOGGER } from '@modelbank/platform';
import type { HubLogger } from '@modelbank/platform';
import type { InstanceRevisionEntity, ReadStore, Transaction, UnitOfWork } from '@modelbank/store';
import type { InstanceCandidate } from '../instance-candidate';
import { deletedInstance, objectOf } from './first-object';
import type { FirstObject } from './first-object';
import { NOT_COMPARABLE, judgeContent, judgeFacts } from './judge-content';
import type { ContentVerdict } from './judge-content';
import { KnownEncodings } from './known-encodings';
import { ObjectComparison } from './object-comparison';
import { OneAtATime } from './one-at-a-time';
import { compareFacts } from './outlived-facts';
import type { Comparison } from './outlived-facts';
import {
  countQuarantined,
  insertQuarantined,
  insertRevision,
  journalDescribed,
  journalRefusal,
  keptAlready,
  keptContent,
  wasAcknowledged,
  wasRefusedUnseen,
} from './revision-rows';
import type { Judged } from './revision-rows';

export type SettledOutcome = 'duplicate' | 'revision';

/** Enough for a person to see what a sender does; a hostile one shall not fill the disk with one UID. */
const MOST_QUARANTINED = 20;
/** These say that the hub is not well, not the object: its sender tries again. */
const TRY_AGAIN: readonly ErrorCode[] = [
  'INVALID_CONFIGURATION',
  'STORAGE_FULL',
  'STORAGE_FAILED',
  'DATABASE_UNAVAILABLE',
];

interface Settled {
  readonly outcome: SettledOutcome | 'refused';
  readonly objectIsKept: boolean;
}
interface Compared {
  readonly comparison: Comparison | undefined;
  readonly verdict: ContentVerdict;
}
const REFUSED: Settled = { outcome: 'refused', objectIsKept: false };
const DUPLICATE: Settled = { outcome: 'duplicate', objectIsKept: false };

@Injectable()
export class SameUid {
  private readonly turns = new OneAtATime();
  private readonly known = new KnownEncodings();

  constructor(
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(READ_STORE) private readonly readStore: ReadStore,
    @Inject(OBJECT_STORE) private readonly objects: ObjectStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CRASH_POINTS_PORT) private readonly crashPoints: CrashPoints,
    @Inject(LOGGER) private readonly logger: HubLogger,
    private readonly comparison: ObjectComparison,
  ) {}

  /**
   * Takes over the candidate's durable object: it is kept with a row, or gone. Outside any transaction. Throws
   * INSTANCE_CONFLICT where it was refused.
   */
  async settle(candidate: InstanceCandidate, first: FirstObject): Promise<SettledOutcome> {
    const settled = await this.turns.run(`${first.kind} ${first.id}`, async () => {
      let objectIsKept = false;
      try {
        const judged = await this.judge(candidate, first);
        ({ objectIsKept } = judged);
        return judged;
      } finally {
        if (!objectIsKept) await this.removeUnlessKept(candidate);
      }
    });
    if (settled.outcome !== 'refused') return settled.outcome;
    throw new HubError('INSTANCE_CONFLICT', 'other content under a UID that is taken: do not send again');
  }

  private async judge(candidate: InstanceCandidate, first: FirstObject): Promise<Settled> {
    const { manager } = this.readStore;
    const isKept = (await deletedInstance(manager, first)) === null;
    if (isKept && this.known.has(first, candidate)) return DUPLICATE;
    const kept = await keptAlready(manager, candidate);
    if (kept !== null && !(isKept && wasRefusedUnseen(kept))) {
      return this.answerAsBefore({ first, candidate, comparison: undefined }, kept);
    }
    const { comparison, verdict } = await this.compare(candidate, first, isKept);
    const judged = { first, candidate, comparison };
    const same = kept ?? (await keptContent(manager, judged));
    if (same !== null && verdict.kind !== 'duplicate') return this.answerAsBefore(judged, same);
    const settled = await this.unitOfWork.run(async (tx) => {
      const written = await this.write(tx, judged, verdict);
      this.crashPoints.reach('intake.beforeRevisionCommit');
      return written;
    });
    this.crashPoints.reach('intake.afterRevisionCommit');
    if (verdict.kind === 'duplicate') this.known.add(first, candidate);
    return settled;
  }

  private async write(tx: Transaction, judged: Judged, verdict: ContentVerdict): Promise<Settled> {
    if (verdict.kind === 'duplicate') {
      if (verdict.descriptive.length > 0) await journalDescribed(tx, this.clock, judged);
      return DUPLICATE;
    }
    if (verdict.kind === 'revision') {
      await insertRevision(tx, this.clock, judged);
      return { outcome: 'revision', objectIsKept: true };
    }
    if ((await countQuarantined(tx.manager, judged.candidate)) >= MOST_QUARANTINED) {
      await journalRefusal(tx, this.clock, judged, null);
      return REFUSED;
    }
    await insertQuarantined(tx, this.clock, judged, verdict);
    return { outcome: 'refused', objectIsKept: true };
  }

  /** It is there already: acknowledged again, or refused again. */
  private async answerAsBefore(judged: Judged, kept: InstanceRevisionEntity): Promise<Settled> {
    if (wasAcknowledged(kept)) return DUPLICATE;
    await this.unitOfWork.run((tx) => journalRefusal(tx, this.clock, judged, kept.id));
    return REFUSED;
  }

  /** By their content, and where retention took that of the first, also while it was read, by what outlives it. */
  private async compare(candidate: InstanceCandidate, first: FirstObject, isKept: boolean): Promise<Compared> {
    const comparison = isKept ? await this.compareContent(candidate, first) : undefined;
    if (comparison !== undefined) return { comparison, verdict: judgeContent(comparison) };
    const deleted = await deletedInstance(this.readStore.manager, first);
    if (deleted === null) return { comparison, verdict: NOT_COMPARABLE };
    const facts = compareFacts(deleted, candidate);
    return { comparison: facts, verdict: judgeFacts(facts) };
  }

  /** Undefined: nobody knows whether they are the same. */
  private async compareContent(candidate: InstanceCandidate, first: FirstObject): Promise<Comparison | undefined> {
    const { header, file, objectKey } = candidate;
    const second = {
      path: this.objects.pathOf(objectKey),
      sha256: file.objectSha256,
      sopInstanceUid: header.sopInstanceUid,
    };
    try {
      return await this.comparison.compare(await objectOf(this.readStore.manager, this.objects, first), second);
    } catch (thrown) {
      if (!(thrown instanceof HubError) || TRY_AGAIN.includes(thrown.code)) throw thrown;
      const { centreId } = candidate.arrival.callingAe;
      this.logger.warn('two objects of one SOP Instance UID could not be compared', {
        ...{ stage: 'intake', code: thrown.code, centreId, associationId: candidate.arrival.id },
      });
      return undefined;
    }
  }

  /** A file that was kept before has the same key. */
  private async removeUnlessKept(candidate: InstanceCandidate): Promise<void> {
    const kept = await keptAlready(this.readStore.manager, candidate);
    if (kept?.objectKey !== candidate.objectKey) await this.objects.remove(candidate.objectKey);
  }
}
