/**
 * Intake as the keeper of what it refused and kept apart: nobody uses it, so its objects go as those of which nothing was
 * made. Revisions that wait for adjustments stay: they were acknowledged, and somebody will look at them.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { In, LessThanOrEqual } from 'typeorm';
import { CLOCK, READ_STORE, RETENTION_KEEPERS } from '@modelbank/contracts';
import type {
  Clock,
  RetainedObject,
  RetentionKeeper,
  RetentionKeepers,
  RevisionDisposition,
} from '@modelbank/contracts';
import { InstanceRevisionEntity, resolveHeldItemsOf } from '@modelbank/store';
import type { ReadStore, Transaction } from '@modelbank/store';

/** SQL Server takes 2100 parameters. */
const IDS_PER_QUERY = 500;
const UNUSED = In<RevisionDisposition>(['quarantined', 'discarded']);
const BY_RETENTION = {
  state: 'resolved',
  by: 'hub',
  why: 'Nobody answered before retention deleted the refused object.',
} as const;
/** Without the header and the differences, which are long. */
const COLUMNS = {
  ...{ id: true, centreId: true, sopInstanceUid: true, objectKey: true, objectSha256: true, sizeBytes: true },
  ...{ receivedAt: true, disposition: true, dispositionCode: true },
} as const;

@Injectable()
export class QuarantineKeeper implements RetentionKeeper<Transaction>, OnModuleInit {
  readonly kind = 'quarantined';

  constructor(
    @Inject(RETENTION_KEEPERS) private readonly keepers: RetentionKeepers<Transaction>,
    @Inject(READ_STORE) private readonly readStore: ReadStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.keepers.register(this);
  }

  async unused(receivedBefore: Date, take: number): Promise<readonly RetainedObject[]> {
    const rows = await this.readStore.manager.find(InstanceRevisionEntity, {
      select: COLUMNS,
      where: { disposition: UNUSED, receivedAt: LessThanOrEqual(receivedBefore) },
      order: { receivedAt: 'ASC', id: 'ASC' },
      take,
    });
    return rows.map(retained);
  }

  /** The code stays: it says why the object was refused. Why and when it was deleted says the record. */
  async markDeleted(tx: Transaction, ids: readonly string[]): Promise<readonly RetainedObject[]> {
    const marked: RetainedObject[] = [];
    for (let start = 0; start < ids.length; start += IDS_PER_QUERY) {
      const rows = await tx.manager.find(InstanceRevisionEntity, {
        select: COLUMNS,
        where: { id: In(ids.slice(start, start + IDS_PER_QUERY)), disposition: UNUSED },
        order: { id: 'ASC' },
      });
      const found = { id: In(rows.map(({ id }) => id)) };
      await tx.manager.update(InstanceRevisionEntity, found, { disposition: 'deleted' });
      for (const { id } of rows)
        await resolveHeldItemsOf(tx, this.clock, { kind: 'revision', subjectId: id }, BY_RETENTION);
      marked.push(...rows.map(retained));
    }
    return marked;
  }
}

type Row = Pick<InstanceRevisionEntity, keyof typeof COLUMNS>;

function retained({ disposition: state, dispositionCode: stateCode, ...row }: Row): RetainedObject {
  return { ...row, state, stateCode };
}
