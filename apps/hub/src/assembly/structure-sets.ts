/**
 * Structure sets that an association brought, looked at when it has ended and its images are there too: contours that cannot be
 * trusted, and contours of images that the hub has not got, wait for a person. Every later association of the study looks
 * again for the missing images.
 */
import { Inject, Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { CLOCK, HubError, OBJECT_STORE, READ_STORE } from '@modelbank/contracts';
import type { Clock, ErrorCode, ObjectStore } from '@modelbank/contracts';
import { sopClassUid } from '@modelbank/dicom';
import { inspectStructureSet } from '@modelbank/inference';
import { InstanceEntity, appendJournal, holdItem, resolveHeldItemsOf } from '@modelbank/store';
import type { ReadStore, Transaction } from '@modelbank/store';
import { inPieces } from './series-contents';

const RT_STRUCTURE_SET = sopClassUid('RTStructureSetStorage');
export const REFERENCED_IMAGES_MISSING = 'REFERENCED_IMAGES_MISSING';
const UNREADABLE = 'STRUCTURE_SET_UNREADABLE';
/** These say that the hub is not well, not the structure set: the message is tried again. */
const TRY_AGAIN: readonly ErrorCode[] = ['INVALID_CONFIGURATION', 'STORAGE_FAILED', 'DATABASE_UNAVAILABLE'];

export interface StructureSetVerdict {
  readonly instance: InstanceEntity;
  /** Absent where nothing stands against it. */
  readonly held?: {
    readonly code: string;
    readonly reason: string;
    readonly details: Readonly<Record<string, unknown>>;
  };
}

@Injectable()
export class StructureSets {
  constructor(
    @Inject(READ_STORE) private readonly readStore: ReadStore,
    @Inject(OBJECT_STORE) private readonly objects: ObjectStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Outside any transaction: each is read in a child process. */
  async judge(associationId: string): Promise<StructureSetVerdict[]> {
    const { manager } = this.readStore;
    const brought = await manager.find(InstanceEntity, {
      select: { id: true, centreId: true, studyInstanceUid: true, sopClassUid: true },
      where: { associationId },
    });
    if (brought.length === 0) return [];
    const [{ centreId }] = brought;
    const studies = [...new Set(brought.map(({ studyInstanceUid }) => studyInstanceUid))];
    const open = await inPieces(studies, (piece) => {
      const same = { centreId, studyInstanceUid: In(piece), sopClassUid: RT_STRUCTURE_SET };
      const where = [
        { ...same, associationId, disposition: 'waiting' as const },
        { ...same, disposition: 'held' as const, dispositionCode: REFERENCED_IMAGES_MISSING },
      ];
      return manager.find(InstanceEntity, { where, order: { id: 'ASC' } });
    });
    const verdicts: StructureSetVerdict[] = [];
    for (const instance of open) verdicts.push(await this.judgeOne(instance));
    return verdicts;
  }

  /** In the caller's transaction. What a person decided meanwhile stays. */
  async write(tx: Transaction, verdicts: readonly StructureSetVerdict[]): Promise<void> {
    for (const { instance, held } of verdicts) {
      const { id, centreId, disposition, dispositionCode } = instance;
      if (held?.code === dispositionCode) continue;
      const fate = held === undefined ? NOT_NEEDED : ({ disposition: 'held', dispositionCode: held.code } as const);
      const { affected } = await tx.manager.update(InstanceEntity, { id, disposition }, fate);
      if (affected === 0) continue;
      const subject = { kind: 'instance', subjectId: id } as const;
      await resolveHeldItemsOf(tx, this.clock, subject, {
        state: 'resolved',
        by: 'hub',
        why: 'it was looked at again',
      });
      if (held === undefined) continue;
      await holdItem(tx, this.clock, { ...subject, ...held, centreId });
      const text = `a structure set is held: ${held.reason}`;
      const entry = { kind: 'instance.held', centreId, actor: 'hub', subjectId: id, text, details: held.details };
      await appendJournal(tx, this.clock, entry);
    }
  }

  private async judgeOne(instance: InstanceEntity): Promise<StructureSetVerdict> {
    const { objectKey, objectSha256: sha256, sopInstanceUid, centreId } = instance;
    try {
      const path = this.objects.pathOf(objectKey);
      const { referencedSopInstanceUids } = await inspectStructureSet({ path, sha256, sopInstanceUid });
      const missing = await this.missingOf(centreId, referencedSopInstanceUids);
      if (missing === 0) return { instance };
      const referenced = referencedSopInstanceUids.length;
      const reason = `${missing} of the ${referenced} images that it was drawn on are not here`;
      return { instance, held: { code: REFERENCED_IMAGES_MISSING, reason, details: { missing, referenced } } };
    } catch (thrown) {
      if (!(thrown instanceof HubError) || TRY_AGAIN.includes(thrown.code)) throw thrown;
      const reason = `its contours cannot be read as they were meant (${thrown.code})`;
      return { instance, held: { code: UNREADABLE, reason, details: { cause: thrown.code } } };
    }
  }

  private async missingOf(centreId: string, uids: readonly string[]): Promise<number> {
    const found = await inPieces(uids, (piece) =>
      this.readStore.manager.find(InstanceEntity, {
        select: { sopInstanceUid: true },
        where: { centreId, sopInstanceUid: In(piece) },
      }),
    );
    return uids.length - found.length;
  }
}

/** No stage needs it yet. */
const NOT_NEEDED = { disposition: 'notApplicable', dispositionCode: 'CLASS_NOT_NEEDED' } as const;
