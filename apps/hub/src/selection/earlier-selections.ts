/** What was selected and decided before in a group: the task selections of its input sets with what a person said of each. */
import { In } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { ParameterValue } from '@modelbank/contracts';
import type { ParameterValues, PersonsDecision } from '@modelbank/registry';
import { HeldItemEntity, TaskSelectionEntity } from '@modelbank/store';

/** What the details of a held selection hold. */
export interface HeldSelectionDetails {
  readonly inputSetId: string;
  /** Absent where the input set itself is held, because its image cannot be measured. */
  readonly task?: string;
  /** Ids to choose from, or names of parameters to give. */
  readonly options: readonly string[];
  /** How people know each of the options: model and version, or SeriesInstanceUID. */
  readonly names?: Readonly<Record<string, string>>;
  readonly modelVersionId?: string;
  /** Written when a person released it. */
  readonly decision?: { readonly choose?: string; readonly parameters?: Readonly<Record<string, ParameterValue>> };
}

export interface EarlierRow {
  readonly row: TaskSelectionEntity;
  readonly decision?: PersonsDecision;
}

export async function earlierSelections(manager: EntityManager, inputSetIds: readonly string[]): Promise<EarlierRow[]> {
  const rows = await manager.find(TaskSelectionEntity, {
    where: { inputSetId: In([...inputSetIds]) },
    order: { id: 'ASC' },
  });
  const released = await manager.find(HeldItemEntity, {
    where: { kind: 'selection', subjectId: In(rows.map(({ id }) => id)), state: 'released' },
    order: { resolvedAt: 'ASC', id: 'ASC' },
  });
  return rows.map((row) => ({ row, decision: decisionOf(row, released) }));
}

/** Later words add to earlier ones: first the model was chosen, then its parameter given. */
function decisionOf(row: TaskSelectionEntity, released: readonly HeldItemEntity[]): PersonsDecision {
  const own = released
    .filter(({ subjectId }) => subjectId === row.id)
    .map((item) => ({
      at: item.resolvedAt?.toISOString() ?? '',
      decision: (item.details as HeldSelectionDetails | null)?.decision,
    }));
  return {
    choices: own.flatMap(({ at, decision }) => (decision?.choose === undefined ? [] : [{ id: decision.choose, at }])),
    parameters: own.reduce<ParameterValues>((all, { decision }) => ({ ...all, ...decision?.parameters }), {}),
    discarded: row.state === 'discarded',
  };
}
