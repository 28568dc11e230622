/**
 * Two journal entries for each time of pressure: when it begins (or its kind changes) and when it ends. Not one for each
 * sender that is turned away. The journal lies on the same disk, so an entry that cannot be written is written later.
 */
import { In } from 'typeorm';
import type { Clock, StorageCondition, StorageStanding } from '@modelbank/contracts';
import { JournalEntryEntity, appendJournal } from '@modelbank/store';
import type { UnitOfWork } from '@modelbank/store';

const BEGAN = 'storage.pressureBegan';
const ENDED = 'storage.pressureEnded';

export class PressureJournal {
  /** What the journal said last; unknown until it was asked. */
  private told: StorageCondition | undefined;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async tell({ condition, reason, volumes }: StorageStanding): Promise<void> {
    if (condition === this.told) return;
    const isWell = condition === 'ok';
    await this.unitOfWork.run(async (tx) => {
      const last = await tx.manager.findOne(JournalEntryEntity, {
        where: { kind: In([BEGAN, ENDED]) },
        order: { id: 'DESC' },
      });
      if (conditionOf(last) === condition) return;
      await appendJournal(tx, this.clock, {
        kind: isWell ? ENDED : BEGAN,
        centreId: null,
        actor: 'hub',
        text: isWell ? 'the storage has room again: senders may come' : `no more senders are taken in: ${reason}`,
        details: { condition, volumes },
      });
    });
    this.told = condition;
  }
}

function conditionOf(last: JournalEntryEntity | null): unknown {
  return last === null || last.kind === ENDED ? 'ok' : last.details?.condition;
}
