/** The retention stage on a real store with a clock that tests move, with intake as the keeper of its instances. */
import type { Commitments } from '@modelbank/contracts';
import { createLogger } from '@modelbank/platform';
import type { Configuration } from '@modelbank/platform';
import type { Transaction } from '@modelbank/store';
import type { TestStore } from '@modelbank/testing';
import { InstanceKeeper } from '../../apps/hub/src/intake/instance-keeper';
import { OrphanObjects } from '../../apps/hub/src/intake/orphan-objects';
import { DeleteObjects } from '../../apps/hub/src/retention/delete-objects';
import { FindDue } from '../../apps/hub/src/retention/find-due';
import { RetentionKeeperRegistry } from '../../apps/hub/src/retention/keepers';
import { RetentionRules } from '../../apps/hub/src/retention/retention-rules';
import { RetentionSweep } from '../../apps/hub/src/retention/retention-sweep';

const DAY_MS = 86_400_000;
const QUIET = createLogger({ level: 'fatal', pretty: false });

export class RetentionBench {
  readonly keepers = new RetentionKeeperRegistry();
  readonly rules: RetentionRules;
  readonly due: FindDue;
  readonly sweep: RetentionSweep;

  constructor(
    readonly store: TestStore,
    commitments?: Commitments<Transaction>,
    configuration: Configuration = store.configuration,
  ) {
    const { clock, unitOfWork, readStore, objects, outbox } = store;
    const { keepers } = this;
    const orphans = new OrphanObjects(objects, readStore, clock, QUIET, configuration);
    new InstanceKeeper(keepers, orphans).onModuleInit();
    this.rules = new RetentionRules(configuration, readStore, unitOfWork, clock);
    this.due = new FindDue(readStore, clock, configuration, this.rules);
    const deletion = new DeleteObjects(
      ...([unitOfWork, readStore, objects, clock, { reach: () => undefined }, configuration, QUIET] as const),
      ...([keepers, this.rules, commitments] as const),
    );
    this.sweep = new RetentionSweep(
      ...([configuration, clock, clock, QUIET, objects, outbox] as const),
      ...([this.due, deletion, keepers] as const),
    );
  }

  /** Moves time on and sweeps. */
  async after(days: number): Promise<{ readonly decided: number; readonly removed: number }> {
    await this.store.clock.advance(days * DAY_MS);
    return this.sweep.sweep();
  }
}
