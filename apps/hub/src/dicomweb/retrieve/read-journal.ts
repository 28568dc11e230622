/**
 * Who read which patient's data: an entry for each caller, study and kind, before the first byte leaves. A viewer that asks for a thousand
 * frames in a minute makes one entry, not a thousand.
 */
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Clock } from '@modelbank/contracts';
import { appendJournal } from '@modelbank/store';
import type { UnitOfWork } from '@modelbank/store';
import type { CallerScope } from '../../access';
import type { StoredObject } from './stored-objects';

export const READ_KINDS = ['instances', 'metadata', 'frames', 'bulkData', 'pictures', 'thumbnails'] as const;
export type ReadKind = (typeof READ_KINDS)[number];

export const COALESCED_MS = 60_000;
/** Beyond, the oldest are forgotten: they are written again, never lost. */
const MOST_REMEMBERED = 10_000;

@Injectable()
export class ReadJournal {
  /** When a read of this key was last written down, oldest first. A promise: two requests at once share one entry. */
  private readonly written = new Map<string, { readonly atMs: number; readonly done: Promise<void> }>();

  constructor(
    @Inject(UNIT_OF_WORK) private readonly units: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Resolves when the entry is in the journal; rejects, and nothing may be shown, when it cannot be written. */
  async note({ actor }: CallerScope, kind: ReadKind, { centreId, studyInstanceUid }: StoredObject): Promise<void> {
    const key = [actor, centreId, studyInstanceUid, kind].join('|');
    const atMs = this.clock.monotonicMs();
    const known = this.written.get(key);
    if (known !== undefined && atMs - known.atMs < COALESCED_MS) return known.done;
    const done = this.append(actor, kind, centreId, studyInstanceUid);
    this.written.delete(key);
    this.written.set(key, { atMs, done });
    this.forgetOldest();
    await done.catch((failure: unknown) => {
      if (this.written.get(key)?.done === done) this.written.delete(key);
      throw failure;
    });
  }

  private append(actor: string, kind: ReadKind, centreId: string, studyInstanceUid: string): Promise<void> {
    return this.units.run((tx) =>
      appendJournal(tx, this.clock, {
        kind: 'study.read',
        centreId,
        actor,
        subjectId: studyInstanceUid,
        text: `${READ_TEXT[kind]} of a study were read through DICOMweb`,
        details: { studyInstanceUid, what: kind, coalescedSeconds: COALESCED_MS / 1000 },
      }),
    );
  }

  private forgetOldest(): void {
    for (const key of this.written.keys()) {
      if (this.written.size <= MOST_REMEMBERED) return;
      this.written.delete(key);
    }
  }
}

const READ_TEXT: Readonly<Record<ReadKind, string>> = {
  instances: 'Instances',
  metadata: 'Metadata',
  frames: 'Frames',
  bulkData: 'Bulk data',
  pictures: 'Rendered pictures',
  thumbnails: 'Thumbnails',
};
