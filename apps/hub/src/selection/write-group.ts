/**
 * Writes the decision on a whole group in one transaction: candidates, task selections, events. Refuses to write what was
 * evaluated from an older state of the group, so that two messages about one study cannot undo each other.
 */
import { In, Not } from 'typeorm';
import { holdItem, HeldItemEntity, resolveHeldItemsOf, TaskSelectionEntity } from '@modelbank/store';
import type { InputSetEntity } from '@modelbank/store';
import { earlierSelections } from './earlier-selections';
import type { EarlierRow, HeldSelectionDetails } from './earlier-selections';
import type { EvaluatedGroup, EvaluatedSet, UnreadableSet } from './evaluated-group';
import { currentInputSets, registeredVersions, supersededInputSets } from './group';
import type { GroupKey } from './group';
import {
  IRREVERSIBLY_COMPRESSED,
  IRREVERSIBLY_COMPRESSED_REASON,
  waitsForBetterImages,
} from './irreversible-compression';
import { planTasks } from './plan-tasks';
import type { PlannedTask } from './plan-tasks';
import { writeCandidates } from './write-candidates';
import { writeTask } from './write-task';
import type { WriteContext } from './write-task';

/** The group or the registry changed while it was evaluated: evaluate again. */
export class StaleEvaluation extends Error {}

/** SQL Server takes 2100 parameters. */
const IDS_PER_QUERY = 500;
const NOT_ANY_MORE = { state: 'resolved', by: 'hub', why: 'The input set was superseded.' } as const;

/** `assembledId`: the input set whose assembly is told; if nothing applies to it, that is told too. */
export async function writeGroup(
  context: WriteContext,
  key: GroupKey,
  group: EvaluatedGroup,
  assembledId?: string,
): Promise<void> {
  const { tx, clock } = context;
  await refuseStale(context, key, group);
  await retireSuperseded(context, key);
  await writeCandidates(tx, clock, group.sets);
  const all = [...group.sets, ...group.unreadable];
  const earlier = await earlierSelections(
    tx.manager,
    all.map(({ inputSet }) => inputSet.id),
  );
  const plans = planTasks(group.sets, earlier);
  for (const set of group.sets) {
    await writeSet(
      context,
      set,
      plans.filter(({ inputSetId }) => inputSetId === set.inputSet.id),
      earlier,
      assembledId,
    );
  }
  for (const set of group.unreadable) await holdUnreadable(context, set);
}

async function refuseStale({ tx }: WriteContext, key: GroupKey, group: EvaluatedGroup): Promise<void> {
  const ids = (items: readonly { readonly id: string }[]) => items.map(({ id }) => id).join();
  const sets = await currentInputSets(tx.manager, key);
  const versions = await registeredVersions(tx.manager);
  const evaluated = [...group.sets, ...group.unreadable].map(({ inputSet }) => inputSet.id).sort();
  const isSame = ids(sets) === evaluated.join() && ids(versions) === ids(group.versions);
  if (!isSame) throw new StaleEvaluation('the group changed while it was evaluated');
}

async function writeSet(
  context: WriteContext,
  set: EvaluatedSet,
  plans: readonly PlannedTask[],
  earlier: readonly EarlierRow[],
  assembledId: string | undefined,
): Promise<void> {
  const { tx, causationId } = context;
  const { id: inputSetId, centreId } = set.inputSet;
  const rows = earlier.map(({ row }) => row).filter((row) => row.inputSetId === inputSetId);
  const selected: string[] = [];
  for (const plan of plans) {
    const id = await writeTask(
      context,
      set.inputSet,
      plan,
      rows.find(({ task }) => task === plan.task),
    );
    if (id !== undefined) selected.push(id);
  }
  const isHeld = await writeHeld(context, set);
  if (selected.length > 0) {
    await tx.emit('models.selected', centreId, { inputSetId, centreId, taskSelectionIds: selected }, causationId);
  }
  const isNotApplicable = !isHeld && plans.every(({ state }) => state === 'denied');
  if (isNotApplicable && assembledId === inputSetId) {
    await tx.emit('inputSet.notApplicable', centreId, { inputSetId, centreId }, causationId);
  }
}

/** What a person discarded stays so: the group goes on without it. */
async function holdUnreadable(context: WriteContext, { inputSet, failure }: UnreadableSet): Promise<void> {
  const reason =
    'An instance is missing or damaged in the object store. Release tries again; discard goes on without it.';
  if (!(await wasDiscarded(context, inputSet, failure.code)))
    await holdInputSet(context, inputSet, failure.code, reason);
}

/** An input set that nobody can measure or that compression spoilt waits for a person; a better one waits no more. */
async function writeHeld(context: WriteContext, set: EvaluatedSet): Promise<boolean> {
  const { inputSet, failure } = set;
  if (failure !== undefined) {
    const reason =
      'The facts that rules ask of the image could not be measured. Release tries again; discard goes on without them.';
    await holdInputSet(context, inputSet, failure.code, reason);
    return true;
  }
  if (waitsForBetterImages(set) && !(await wasDiscarded(context, inputSet, IRREVERSIBLY_COMPRESSED))) {
    await holdInputSet(context, inputSet, IRREVERSIBLY_COMPRESSED, IRREVERSIBLY_COMPRESSED_REASON);
    return true;
  }
  const subject = { kind: 'selection', subjectId: inputSet.id } as const;
  const why = 'The image could be measured, or a model takes it as it is.';
  await resolveHeldItemsOf(context.tx, context.clock, subject, { state: 'resolved', by: 'hub', why });
  return false;
}

function wasDiscarded({ tx }: WriteContext, { id: subjectId }: InputSetEntity, code: string): Promise<boolean> {
  return tx.manager.existsBy(HeldItemEntity, { kind: 'selection', subjectId, code, state: 'discarded' });
}

async function holdInputSet(
  { tx, clock, causationId }: WriteContext,
  { id: inputSetId, centreId }: InputSetEntity,
  code: string,
  reason: string,
): Promise<void> {
  const subject = { kind: 'selection', subjectId: inputSetId } as const;
  if (await tx.manager.existsBy(HeldItemEntity, { ...subject, code, state: 'held' })) return;
  const details: HeldSelectionDetails = { inputSetId, options: [] };
  const heldItemId = await holdItem(tx, clock, { ...subject, centreId, code, reason, details: { ...details } });
  await tx.emit('selection.held', centreId, { inputSetId, heldItemId, centreId, code }, causationId);
}

/** Dispatch cancels the jobs by itself; here the selections and what is held for them end. */
async function retireSuperseded({ tx, clock }: WriteContext, key: GroupKey): Promise<void> {
  const sets: InputSetEntity[] = await supersededInputSets(tx.manager, key);
  const rows: TaskSelectionEntity[] = [];
  for (let start = 0; start < sets.length; start += IDS_PER_QUERY) {
    const piece = sets.slice(start, start + IDS_PER_QUERY);
    const state = Not(In(['superseded', 'discarded']));
    rows.push(...(await tx.manager.findBy(TaskSelectionEntity, { inputSetId: In(piece.map(({ id }) => id)), state })));
  }
  for (const { id } of rows) {
    await tx.manager.update(
      TaskSelectionEntity,
      { id },
      { state: 'superseded', stateCode: null, decidedAt: clock.now() },
    );
  }
  for (const subjectId of [...rows, ...sets].map(({ id }) => id)) {
    await resolveHeldItemsOf(tx, clock, { kind: 'selection', subjectId }, NOT_ANY_MORE);
  }
}
