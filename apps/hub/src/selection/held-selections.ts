/**
 * A person's word on a held selection: which model, which series, which parameter, or none of it. The word is kept with the
 * item and the group is evaluated again, so that what runs is decided by the same rules as ever.
 */
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { HELD_ITEM_HANDLERS, HubError } from '@modelbank/contracts';
import type { HeldDecision, HeldItem, HeldItemHandler, HeldItemHandlers } from '@modelbank/contracts';
import { isParameterValue, parameterValueWords } from '@modelbank/registry';
import { HeldItemEntity, InputSetEntity, ModelVersionEntity, TaskSelectionEntity } from '@modelbank/store';
import type { Transaction } from '@modelbank/store';
import type { HeldSelectionDetails } from './earlier-selections';

@Injectable()
export class HeldSelections implements HeldItemHandler<Transaction>, OnModuleInit {
  readonly kind = 'selection';

  constructor(@Inject(HELD_ITEM_HANDLERS) private readonly handlers: HeldItemHandlers<Transaction>) {}

  onModuleInit(): void {
    this.handlers.register(this);
  }

  async release(tx: Transaction, item: HeldItem, { choose, parameters }: HeldDecision): Promise<void> {
    const details = await currentDetails(tx, item);
    if (item.code === 'PARAMETER_MISSING') await checkParameters(tx, details, parameters);
    else if (item.code === 'TASK_CONTESTED' || item.code === 'SERIES_TIE') checkChoice(details, choose);
    const decision = item.code === 'PARAMETER_MISSING' ? { parameters } : { choose };
    await tx.manager.save(HeldItemEntity, { id: item.id, details: { ...details, decision } });
    await evaluateAgain(tx, item, details);
  }

  /** The task does not run on this input set; another one of the study may take it over. */
  async discard(tx: Transaction, item: HeldItem): Promise<void> {
    const details = await currentDetails(tx, item);
    await tx.manager.update(
      TaskSelectionEntity,
      { id: item.subjectId },
      { state: 'discarded', stateCode: item.code, modelVersionId: null },
    );
    await evaluateAgain(tx, item, details);
  }
}

async function evaluateAgain(tx: Transaction, { id, centreId }: HeldItem, { inputSetId }: HeldSelectionDetails) {
  await tx.emit('selection.released', centreId, { inputSetId, heldItemId: id, centreId }, id);
}

async function currentDetails(tx: Transaction, item: HeldItem): Promise<HeldSelectionDetails> {
  const details = item.details as HeldSelectionDetails | null;
  if (details === null) throw new HubError('INTERNAL', 'a held selection has no details');
  const inputSet = await tx.manager.findOneByOrFail(InputSetEntity, { id: details.inputSetId });
  if (inputSet.state !== 'superseded') return details;
  throw new HubError('CONFLICT', 'the input set was superseded by another slice and is no longer held', {
    advice: 'Look at the held items again: its successor may wait there.',
  });
}

function checkChoice({ options }: HeldSelectionDetails, choose: string | undefined): void {
  if (choose !== undefined && options.includes(choose)) return;
  throw new HubError(
    'INVALID_REQUEST',
    choose === undefined ? 'a choice is needed' : 'the choice is not one of the options',
    {
      advice: `Give \`choose\` with one of ${options.join(', ')}.`,
    },
  );
}

async function checkParameters(
  tx: Transaction,
  { options, modelVersionId = '' }: HeldSelectionDetails,
  given: HeldDecision['parameters'] = {},
): Promise<void> {
  const { manifest } = await tx.manager.findOneByOrFail(ModelVersionEntity, { id: modelVersionId });
  const problems = manifest.parameters.flatMap((parameter) => {
    const value = given[parameter.name];
    const isNeeded = value !== undefined || options.includes(parameter.name);
    if (!isNeeded || isParameterValue(parameter, value)) return [];
    return [`\`parameters.${parameter.name}\`: ${parameterValueWords(parameter)}`];
  });
  const known = new Set(manifest.parameters.map(({ name }) => name));
  if (Object.keys(given).some((name) => !known.has(name)))
    problems.push(`only the parameters ${[...known].join(', ')}`);
  if (problems.length === 0) return;
  throw new HubError('PARAMETER_MISSING', 'the parameters that the model needs are not given as it knows them', {
    advice: `Give ${problems.join('; ')}.`,
  });
}
