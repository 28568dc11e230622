/** Evaluates a group and writes the decision, again from the start when the group changed in between. */
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, HubError } from '@modelbank/contracts';
import type { Clock } from '@modelbank/contracts';
import type { Transaction } from '@modelbank/store';
import { GroupEvaluation } from './evaluate-group';
import type { GroupKey } from './group';
import { StaleEvaluation, writeGroup } from './write-group';

type Write = (tx: Transaction) => Promise<void>;

/** A study that changes faster than this is tried again by the broker. */
const ATTEMPTS = 5;

@Injectable()
export class GroupSelection {
  constructor(
    private readonly evaluation: GroupEvaluation,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** `commit` runs the write in its transaction; see UnitOfWork. */
  async select(
    key: GroupKey,
    causationId: string,
    commit: (write: Write) => Promise<unknown>,
    assembledId?: string,
  ): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const group = await this.evaluation.evaluate(key);
      try {
        await commit((tx) => writeGroup({ tx, clock: this.clock, causationId }, key, group, assembledId));
        return;
      } catch (thrown) {
        if (!(thrown instanceof StaleEvaluation)) throw thrown;
      }
    }
    throw new HubError('INTERNAL', 'the study changed each time it was evaluated');
  }
}
