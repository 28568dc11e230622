/** Carries one planned task into its row: what changed is told to the next stage, the person and the journal; what did not, to nobody. */
import type { Clock } from '@modelbank/contracts';
import { uuidv7 } from '@modelbank/platform';
import type { ParameterValues } from '@modelbank/registry';
import {
  appendJournal,
  HeldItemEntity,
  holdItem,
  insertRow,
  resolveHeldItemsOf,
  TaskSelectionEntity,
} from '@modelbank/store';
import type { InputSetEntity, Transaction } from '@modelbank/store';
import type { HeldSelectionDetails } from './earlier-selections';
import type { PlannedTask } from './plan-tasks';

/** TextColumn holds 1024 characters. */
const MAX_REASON = 1000;

export interface WriteContext {
  readonly tx: Transaction;
  readonly clock: Clock;
  /** messageId of the event that is being consumed. */
  readonly causationId: string;
}

type RowState = Pick<TaskSelectionEntity, 'modelVersionId' | 'state' | 'stateCode' | 'parameters'>;

/** Returns the id of the row when the task is newly selected. */
export async function writeTask(
  context: WriteContext,
  inputSet: InputSetEntity,
  plan: PlannedTask,
  earlier: TaskSelectionEntity | undefined,
): Promise<string | undefined> {
  const wanted = rowState(plan);
  if (wanted === undefined) return undefined;
  const { tx, clock } = context;
  const isSame = earlier !== undefined && isUnchanged(earlier, wanted);
  const id = earlier?.id ?? uuidv7(clock);
  if (!isSame) await writeRow(context, inputSet, plan.task, { id, ...wanted }, earlier);
  if (plan.state === 'held') await hold(context, inputSet, plan, id);
  if (isSame) return undefined;
  if (plan.state === 'denied') {
    await appendJournal(tx, clock, {
      kind: 'selection.denied',
      centreId: inputSet.centreId,
      actor: 'hub',
      subjectId: inputSet.id,
      text: `The release policy denies the task ${plan.task}: ${plan.release.reason}`,
      details: {
        task: plan.task,
        code: plan.release.code,
        row: plan.release.row,
        policyVersion: plan.release.policyVersion,
      },
    });
  }
  return plan.state === 'selected' ? id : undefined;
}

/** Undefined for what a person discarded: its row stays as it is. */
function rowState(plan: PlannedTask): RowState | undefined {
  const none: ParameterValues = {};
  switch (plan.state) {
    case 'selected':
      return {
        state: 'selected',
        stateCode: null,
        modelVersionId: plan.modelVersionId,
        parameters: { ...plan.parameters },
      };
    case 'held':
      return {
        state: 'held',
        stateCode: plan.code,
        modelVersionId: plan.modelVersionId ?? null,
        parameters: { ...none },
      };
    case 'outranked':
      return { state: 'outranked', stateCode: 'BETTER_SERIES', modelVersionId: null, parameters: { ...none } };
    case 'denied':
      return { state: 'denied', stateCode: plan.release.code, modelVersionId: null, parameters: { ...none } };
    case 'discarded':
      return undefined;
  }
}

/** What is selected stays as it was selected, parameters included. */
function isUnchanged(earlier: TaskSelectionEntity, wanted: RowState): boolean {
  if (earlier.state !== wanted.state) return false;
  return wanted.state === 'selected' || earlier.stateCode === wanted.stateCode;
}

async function writeRow(
  { tx, clock, causationId }: WriteContext,
  { id: inputSetId, centreId }: InputSetEntity,
  task: string,
  row: RowState & { readonly id: string },
  earlier: TaskSelectionEntity | undefined,
): Promise<void> {
  const decidedAt = clock.now();
  if (earlier === undefined) {
    await insertRow(tx.manager, TaskSelectionEntity, { ...row, inputSetId, centreId, task, decidedAt });
    return;
  }
  const { id, ...changes } = row;
  await tx.manager.update(TaskSelectionEntity, { id }, { ...changes, decidedAt });
  if (earlier.state === 'selected')
    await tx.emit('task.outranked', centreId, { taskSelectionId: id, centreId }, causationId);
  if (earlier.state === 'held') {
    const why = 'What it was held for is settled.';
    await resolveHeldItemsOf(tx, clock, { kind: 'selection', subjectId: id }, { state: 'resolved', by: 'hub', why });
  }
}

async function hold(
  { tx, clock, causationId }: WriteContext,
  { id: inputSetId, centreId }: InputSetEntity,
  plan: Extract<PlannedTask, { state: 'held' }>,
  subjectId: string,
): Promise<void> {
  const { task, code, options, names, modelVersionId } = plan;
  const reason = plan.reason.slice(0, MAX_REASON);
  const details: HeldSelectionDetails = { inputSetId, task, options, names, modelVersionId };
  const open = await tx.manager.findOneBy(HeldItemEntity, { kind: 'selection', subjectId, code, state: 'held' });
  if (open !== null) {
    await tx.manager.save(HeldItemEntity, { ...open, reason, details: { ...details } });
    return;
  }
  const heldItemId = await holdItem(tx, clock, {
    kind: 'selection',
    centreId,
    subjectId,
    code,
    reason,
    details: { ...details },
  });
  await tx.emit('selection.held', centreId, { inputSetId, heldItemId, centreId, code }, causationId);
}
