/**
 * Deletes in three steps that a crash may fall between: the decision (rows say deleted, the record is there), the objects,
 * the confirmation. A row says that its object is gone before it is; what was decided is carried out by whoever comes next.
 */
import { Inject, Injectable, Optional } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import { CLOCK, COMMITMENTS, CRASH_POINTS_PORT, OBJECT_STORE, READ_STORE, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Clock, Commitments, CrashPoints, ObjectStore, RetainedKind, RetainedObject } from '@modelbank/contracts';
import { CONFIGURATION, LOGGER, uuidv7 } from '@modelbank/platform';
import type { Configuration, HubLogger } from '@modelbank/platform';
import { RetentionDeletionEntity, appendJournal, insertRow, resolveHeldItem } from '@modelbank/store';
import type { ReadStore, Transaction, UnitOfWork } from '@modelbank/store';
import { isDue, judgeRetention } from './judge-retention';
import type { RetentionVerdict } from './judge-retention';
import { RetentionKeeperRegistry } from './keepers';
import { RetentionRules } from './retention-rules';
import type { KnownPeriods } from './retention-rules';
import { readKeptSeries } from './series-use';
import type { SeriesKey } from './series-use';

/** Rows in one INSERT: SQL Server takes 2100 parameters. */
const ROWS_PER_INSERT = 100;
const IDS_PER_UPDATE = 500;
const AT_ONCE = 1000;
const BY_RETENTION = {
  state: 'resolved',
  by: 'hub',
  why: 'Nobody answered before retention deleted the images.',
} as const;

/** Objects that go together: same kind and rule, so one line of the journal can tell it. */
interface Batch {
  readonly id: string;
  readonly kind: RetainedKind;
  readonly verdict: RetentionVerdict;
}

@Injectable()
export class DeleteObjects {
  constructor(
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(READ_STORE) private readonly readStore: ReadStore,
    @Inject(OBJECT_STORE) private readonly objects: ObjectStore,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(CRASH_POINTS_PORT) private readonly crashPoints: CrashPoints,
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    @Inject(LOGGER) private readonly logger: HubLogger,
    private readonly keepers: RetentionKeeperRegistry,
    private readonly rules: RetentionRules,
    @Optional() @Inject(COMMITMENTS) private readonly commitments?: Commitments<Transaction>,
  ) {}

  /** Decides on series of one centre, each judged once more inside the transaction; says how many objects were decided on. */
  async decideSeries(centreId: string, keys: readonly SeriesKey[]): Promise<number> {
    const known = await this.rules.known();
    const count = await this.unitOfWork.run(async (tx) => {
      let decided = 0;
      const batchId = uuidv7(this.clock);
      const bytes = { total: 0 };
      for (const key of keys) {
        const marked = await this.decideOne(tx, batchId, key, known);
        decided += marked.length;
        bytes.total += marked.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      }
      if (decided > 0) await this.tell(tx, centreId, batchId, decided, bytes.total);
      this.crashPoints.reach('retention.beforeCommit');
      return decided;
    });
    if (count > 0) this.crashPoints.reach('retention.afterDecision');
    return count;
  }

  /** The same for objects that no run can use, of one centre. */
  async decideUnused(
    kind: RetainedKind,
    centreId: string,
    found: readonly RetainedObject[],
    days: number,
  ): Promise<number> {
    const count = await this.unitOfWork.run(async (tx) => {
      const now = this.clock.now();
      const batchId = uuidv7(this.clock);
      const marked = await this.keepers.of(kind).markDeleted(
        tx,
        found.map(({ id }) => id),
        'unassigned',
        now,
      );
      for (const object of marked) {
        const verdict = {
          rule: 'unassigned',
          days,
          protocolId: null,
          countedFrom: object.receivedAt,
          dueAt: now,
        } as const;
        await this.record(tx, { id: batchId, kind, verdict }, [object]);
      }
      const bytes = marked.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      if (marked.length > 0) await this.tell(tx, centreId, batchId, marked.length, bytes);
      return marked.length;
    });
    return count;
  }

  /** Removes the objects of everything that was decided and not confirmed, also by an earlier process. */
  async carryOut(): Promise<number> {
    let removed = 0;
    for (;;) {
      const pending = await this.readStore.manager.find(RetentionDeletionEntity, {
        where: { deletedAt: IsNull() },
        order: { id: 'ASC' },
        take: AT_ONCE,
      });
      if (pending.length === 0) return removed;
      const gone: string[] = [];
      for (const { id, objectKey } of pending) if (await this.remove(objectKey)) gone.push(id);
      this.crashPoints.reach('retention.afterRemoval');
      await this.confirm(gone);
      removed += gone.length;
      // what could not be removed now is tried at the next sweep
      if (gone.length < pending.length) return removed;
    }
  }

  private async decideOne(
    tx: Transaction,
    batchId: string,
    key: SeriesKey,
    known: KnownPeriods,
  ): Promise<readonly RetainedObject[]> {
    const now = this.clock.now();
    const series = await readKeptSeries(tx.manager, key, known);
    if (series === undefined) return [];
    const verdict = judgeRetention(series.use, series.periods);
    if (!isDue(verdict, now, this.configuration.retention.sweepEveryMs)) return [];
    const ids = series.instances.map(({ id }) => id);
    if (await this.isPromised(tx, ids, now)) return [];
    const marked = await this.keepers.of('instance').markDeleted(tx, ids, verdict.rule, now);
    await this.record(tx, { id: batchId, kind: 'instance', verdict }, marked);
    for (const id of series.heldItemIds) await resolveHeldItem(tx, this.clock, id, BY_RETENTION);
    return marked;
  }

  private async isPromised(tx: Transaction, ids: readonly string[], now: Date): Promise<boolean> {
    const promised = await this.commitments?.promisedUntil(tx, ids);
    return [...(promised?.values() ?? [])].some((until) => until > now);
  }

  private async record(tx: Transaction, { id: batchId, kind, verdict }: Batch, marked: readonly RetainedObject[]) {
    const { rule, days, protocolId, countedFrom } = verdict;
    const decidedAt = this.clock.now();
    const rows: RetentionDeletionEntity[] = marked.map(({ id: subjectId, ...object }) => ({
      ...{ id: uuidv7(this.clock), batchId, kind, subjectId, ...object },
      ...{ rule, days, protocolId, countedFrom, decidedAt, deletedAt: null },
    }));
    for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) {
      await insertRow(tx.manager, RetentionDeletionEntity, rows.slice(start, start + ROWS_PER_INSERT));
    }
  }

  private async tell(
    tx: Transaction,
    centreId: string,
    batchId: string,
    objects: number,
    bytes: number,
  ): Promise<void> {
    await appendJournal(tx, this.clock, {
      kind: 'retention.deleted',
      centreId,
      actor: 'hub',
      subjectId: batchId,
      text: `retention deletes ${objects} stored objects; their rows, results and label volumes stay`,
      details: { objects, bytes },
    });
  }

  private async remove(objectKey: string): Promise<boolean> {
    try {
      await this.objects.remove(objectKey);
      return true;
    } catch (thrown) {
      this.logger.error('a deleted object could not be removed yet', thrown, { stage: 'retention' });
      return false;
    }
  }

  private async confirm(ids: readonly string[]): Promise<void> {
    const deletedAt = this.clock.now();
    for (let start = 0; start < ids.length; start += IDS_PER_UPDATE) {
      const piece = In(ids.slice(start, start + IDS_PER_UPDATE));
      await this.unitOfWork.run(({ manager }) => manager.update(RetentionDeletionEntity, { id: piece }, { deletedAt }));
    }
  }
}
