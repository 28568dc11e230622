/** Releases or discards a held item: the stage's handler, the item's new state and the journal entry in one transaction. */
import { Inject, Injectable } from '@nestjs/common';
import { CLOCK, HubError, UNIT_OF_WORK } from '@modelbank/contracts';
import type { Clock, HeldDecision } from '@modelbank/contracts';
import { appendJournal, HeldItemEntity, resolveHeldItem } from '@modelbank/store';
import type { Transaction, UnitOfWork } from '@modelbank/store';
import { HeldItemHandlerRegistry } from './held-item-handlers';

const MOST_PARAMETERS = 50;

export type HeldVerb = 'release' | 'discard';

@Injectable()
export class DecideHeldItem {
  constructor(
    private readonly handlers: HeldItemHandlerRegistry,
    @Inject(UNIT_OF_WORK) private readonly unitOfWork: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * `caller`: whose token the request carried, which the journal keeps beside the name that the request gives. Throws
   * NOT_FOUND, CONFLICT when it was decided before, and what the handler throws; then the item stays held.
   */
  async decide(verb: HeldVerb, id: string, decision: HeldDecision, caller: string): Promise<void> {
    refuseNested(decision);
    await this.unitOfWork.run(async (tx) => {
      const item = await heldItem(tx, id);
      await this.handlers.handlerOf(item.kind)[verb](tx, item, decision);
      const state = verb === 'release' ? 'released' : 'discarded';
      await resolveHeldItem(tx, this.clock, id, { state, by: decision.who, why: decision.why });
      const { choose, parameters } = decision;
      await appendJournal(tx, this.clock, {
        kind: `held.${state}`,
        centreId: item.centreId,
        actor: decision.who,
        subjectId: id,
        text: `A held ${item.kind} (${item.code}) was ${state}.`,
        details: {
          why: decision.why,
          caller,
          itemSubjectId: item.subjectId,
          choose: choose ?? null,
          parameters: parameters ?? null,
        },
      });
    });
  }
}

/** Parameters are words and numbers: nothing else may get into the journal. */
function refuseNested({ parameters = {} }: HeldDecision): void {
  const isPlain = (value: unknown) => ['number', 'boolean'].includes(typeof value) || isShortText(value);
  const isFine = ([name, value]: [string, unknown]) => isShortText(name) && isPlain(value);
  if (Object.keys(parameters).length <= MOST_PARAMETERS && Object.entries(parameters).every(isFine)) return;
  throw new HubError('INVALID_REQUEST', 'parameters must be words, numbers, true or false by name');
}

function isShortText(value: unknown): boolean {
  return typeof value === 'string' && /^[A-Za-z0-9 _.+-]{1,64}$/.test(value);
}

async function heldItem(tx: Transaction, id: string): Promise<HeldItemEntity> {
  const item = await tx.manager.findOneBy(HeldItemEntity, { id });
  if (item === null)
    throw new HubError('NOT_FOUND', 'there is no held item with this id', { advice: 'List them: modelbank held list' });
  if (item.state === 'held') return item;
  throw new HubError('CONFLICT', `the item was ${item.state} before`);
}
