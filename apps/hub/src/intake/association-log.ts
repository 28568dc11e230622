/** The end of associations: told to assembly, because a released association may mean that a series is whole. */
import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { CLOCK, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Clock } from '@modelbank/contracts';
import { LOGGER } from '@modelbank/platform';
import type { HubLogger } from '@modelbank/platform';
import { AssociationEntity, InstanceEntity, appendJournal } from '@modelbank/store';
import type { Transaction, UnitOfWork } from '@modelbank/store';

export type AssociationEnd = 'released' | 'aborted';

@Injectable()
export class AssociationLog implements OnApplicationBootstrap {
  constructor(
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LOGGER) private readonly logger: HubLogger,
  ) {}

  /** What was open when the hub died did not end well: its series wait for their settle time. */
  async onApplicationBootstrap(): Promise<void> {
    const closed = await this.unitOfWork.run(async (tx) => {
      const open = await tx.manager.findBy(AssociationEntity, { endedAt: IsNull() });
      for (const association of open) await this.end(tx, association, 'aborted');
      return open.length;
    });
    if (closed > 0)
      this.logger.info('associations of an earlier process were closed', { stage: 'intake', count: closed });
  }

  /** Nothing happens for an association without a row: it stored nothing. */
  async ended(associationId: string, outcome: AssociationEnd): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      const association = await tx.manager.findOneBy(AssociationEntity, { id: associationId, endedAt: IsNull() });
      if (association !== null) await this.end(tx, association, outcome);
    });
  }

  private async end(tx: Transaction, { id, centreId }: AssociationEntity, outcome: AssociationEnd): Promise<void> {
    const instancesStored = await tx.manager.countBy(InstanceEntity, { associationId: id });
    await tx.manager.update(AssociationEntity, { id }, { endedAt: this.clock.now(), outcome, instancesStored });
    await appendJournal(tx, this.clock, {
      kind: 'association.ended',
      centreId,
      actor: 'hub',
      subjectId: id,
      text: `an association that stored ${instancesStored} instances was ${outcome}`,
      details: { outcome, instancesStored },
    });
    await tx.emit('association.ended', centreId, { associationId: id, centreId, outcome }, id);
  }
}
