/** How long what is kept: the configuration, and the rules of protocols that differ from it. */
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, HubError, READ_STORE, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Clock } from '@modelbank/contracts';
import { CONFIGURATION } from '@modelbank/platform';
import type { Configuration } from '@modelbank/platform';
import { RetentionRuleEntity, appendJournal } from '@modelbank/store';
import type { ReadStore, UnitOfWork } from '@modelbank/store';
import type { RetentionPeriods } from './judge-retention';
import type { SetRetentionRuleDto } from './retention.dto';

/** More protocols than that have no rules of their own. */
const MOST_RULES = 1000;

export interface KnownPeriods {
  readonly standard: RetentionPeriods;
  /** By protocol. */
  readonly ofProtocols: ReadonlyMap<string, RetentionPeriods>;
}

@Injectable()
export class RetentionRules {
  constructor(
    @Inject(CONFIGURATION) private readonly configuration: Configuration,
    @Inject(READ_STORE) private readonly readStore: ReadStore,
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Those of protocols, by name. */
  list(): Promise<RetentionRuleEntity[]> {
    return this.readStore.manager.find(RetentionRuleEntity, { order: { id: 'ASC' }, take: MOST_RULES });
  }

  async known(): Promise<KnownPeriods> {
    const { afterDeliveryDays, unassignedDays } = this.configuration.retention;
    const rules = (await this.list()).map(({ id, ...rule }) => [id, { protocolId: id, ...rule }] as const);
    return {
      standard: { protocolId: null, afterDeliveryDays, unassignedDays, keepAsPriorDays: null },
      ofProtocols: new Map(rules),
    };
  }

  /** The only rule of its protocol: replaces what was there. */
  async set(actor: string, { protocolId, ...rule }: SetRetentionRuleDto): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      const { afterDeliveryDays, unassignedDays, keepAsPriorDays = null, why } = rule;
      const periods = { afterDeliveryDays, unassignedDays, keepAsPriorDays };
      const row = { id: protocolId, ...periods, why, changedAt: this.clock.now() };
      await tx.manager.save(RetentionRuleEntity, row);
      await appendJournal(tx, this.clock, {
        kind: 'retention.ruleSet',
        actor,
        subjectId: protocolId,
        text: `retention of protocol ${protocolId}: ${inWords(afterDeliveryDays, unassignedDays, keepAsPriorDays)}`,
        details: { ...periods, why },
      });
    });
  }

  async remove(actor: string, protocolId: string): Promise<void> {
    await this.unitOfWork.run(async (tx) => {
      const { affected } = await tx.manager.delete(RetentionRuleEntity, { id: protocolId });
      if (affected === 0) throw new HubError('NOT_FOUND', 'this protocol has no retention rule');
      await appendJournal(tx, this.clock, {
        kind: 'retention.ruleRemoved',
        actor,
        subjectId: protocolId,
        text: `retention of protocol ${protocolId}: as the configuration says`,
      });
    });
  }
}

function inWords(afterDelivery: number, unassigned: number, asPrior: number | null): string {
  const words = `${afterDelivery} days after delivery, ${unassigned} days where nothing was made of it`;
  return asPrior === null ? words : `${words}, at least ${asPrior} days to be compared with`;
}
