/** Who owns what may be deleted, by kind; each owner registers itself when it starts. */
import { Injectable } from '@nestjs/common';
import { HubError } from '@modelbank/contracts';
import type { RetainedKind, RetentionKeeper, RetentionKeepers } from '@modelbank/contracts';
import type { Transaction } from '@modelbank/store';

@Injectable()
export class RetentionKeeperRegistry implements RetentionKeepers<Transaction> {
  private readonly keepers = new Map<RetainedKind, RetentionKeeper<Transaction>>();

  register(keeper: RetentionKeeper<Transaction>): void {
    if (this.keepers.has(keeper.kind)) {
      throw new HubError('INVALID_CONFIGURATION', `objects of kind ${keeper.kind} have two keepers`);
    }
    this.keepers.set(keeper.kind, keeper);
  }

  all(): readonly RetentionKeeper<Transaction>[] {
    return [...this.keepers.values()];
  }

  of(kind: RetainedKind): RetentionKeeper<Transaction> {
    const keeper = this.keepers.get(kind);
    if (keeper !== undefined) return keeper;
    throw new HubError('INVALID_CONFIGURATION', `objects of kind ${kind} have no keeper`);
  }
}
