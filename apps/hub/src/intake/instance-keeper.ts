/** Intake as the keeper of its instances: marks the rows whose objects retention takes, and clears away objects without a row. */
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { In, Not } from 'typeorm';
import { RETENTION_KEEPERS } from '@modelbank/contracts';
import type {
  InstanceDisposition,
  RetainedObject,
  RetentionKeeper,
  RetentionKeepers,
  RetentionRuleName,
} from '@modelbank/contracts';
import { InstanceEntity } from '@modelbank/store';
import type { Transaction } from '@modelbank/store';
import { OrphanObjects } from './orphan-objects';

/** SQL Server takes 2100 parameters. */
const IDS_PER_QUERY = 500;
/** Why an instance is `deleted`. Never begins as assembly's codes do: it can no longer join its series. */
const CODES: Readonly<Record<RetentionRuleName, string>> = {
  afterDelivery: 'AFTER_DELIVERY',
  unassigned: 'UNASSIGNED',
};

@Injectable()
export class InstanceKeeper implements RetentionKeeper<Transaction>, OnModuleInit {
  readonly kind = 'instance';

  constructor(
    @Inject(RETENTION_KEEPERS) private readonly keepers: RetentionKeepers<Transaction>,
    private readonly orphans: OrphanObjects,
  ) {}

  onModuleInit(): void {
    this.keepers.register(this);
  }

  removeOrphans(): Promise<number> {
    return this.orphans.removeOrphans();
  }

  async markDeleted(
    { manager }: Transaction,
    ids: readonly string[],
    rule: RetentionRuleName,
    deletedAt: Date,
  ): Promise<readonly RetainedObject[]> {
    const marked: RetainedObject[] = [];
    for (let start = 0; start < ids.length; start += IDS_PER_QUERY) {
      const piece = ids.slice(start, start + IDS_PER_QUERY);
      const rows = await manager.find(InstanceEntity, {
        select: COLUMNS,
        where: { id: In(piece), disposition: Not<InstanceDisposition>('deleted') },
        order: { id: 'ASC' },
      });
      const change = { disposition: 'deleted', dispositionCode: CODES[rule], deletedAt } as const;
      await manager.update(InstanceEntity, { id: In(rows.map(({ id }) => id)) }, change);
      marked.push(
        ...rows.map(({ disposition: state, dispositionCode: stateCode, ...row }) => ({ ...row, state, stateCode })),
      );
    }
    return marked;
  }
}

/** Without the header, which is long. */
const COLUMNS = {
  ...{ id: true, centreId: true, sopInstanceUid: true, objectKey: true, objectSha256: true, sizeBytes: true },
  ...{ receivedAt: true, disposition: true, dispositionCode: true },
} as const;
