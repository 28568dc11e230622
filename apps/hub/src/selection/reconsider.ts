/**
 * The groups that a newly registered version may change: those with something held, however old, and those with a recent
 * input set to which nothing applied. An old study to which nothing applied is left alone: nobody expects its result.
 */
import { In } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { HeldItemEntity, InputSetEntity, TaskSelectionEntity } from '@modelbank/store';
import type { ReadStore } from '@modelbank/store';
import { groupKeyOf } from './group';
import type { GroupKey } from './group';

/** What was assembled or completed within these days is evaluated again though nothing applied to it. */
export const RECONSIDER_DAYS = 7;
const DAY_MS = 24 * 60 * 60 * 1000;
const PAGE = 500;
/** What a group key is made of, and the age; members and grid, which are long, stay where they are. */
const COLUMNS: readonly (keyof InputSetEntity)[] = [
  'id',
  'centreId',
  'studyInstanceUid',
  'frameOfReferenceUid',
  'patientKey',
  'purpose',
  'seriesId',
  'assembledAt',
  'completedAt',
];

export async function groupsToReconsider({ manager }: ReadStore, now: Date): Promise<GroupKey[]> {
  const since = new Date(now.getTime() - RECONSIDER_DAYS * DAY_MS);
  const groups = new Map<string, GroupKey>();
  let after = '';
  for (;;) {
    const page: InputSetEntity[] = await manager
      .createQueryBuilder(InputSetEntity, 'inputSet')
      .select(COLUMNS.map((column) => `inputSet.${column}`))
      .where('inputSet.id > :after', { after })
      .andWhere('inputSet.state <> :superseded', { superseded: 'superseded' })
      .orderBy('inputSet.id', 'ASC')
      .take(PAGE)
      .getMany();
    if (page.length === 0) return [...groups.values()];
    after = page[page.length - 1].id;
    for (const inputSet of await undecided(manager, page, since)) {
      const key = groupKeyOf(inputSet);
      groups.set(JSON.stringify({ ...key, seriesId: key.frameOfReferenceUid === null ? key.seriesId : '' }), key);
    }
  }
}

/** Held itself or for one of its tasks, or recent and without any task that is not denied. */
async function undecided(manager: EntityManager, page: InputSetEntity[], since: Date): Promise<InputSetEntity[]> {
  const inputSetIds = page.map(({ id }) => id);
  const rows = await manager.findBy(TaskSelectionEntity, { inputSetId: In(inputSetIds) });
  const items = await manager.findBy(HeldItemEntity, {
    kind: 'selection',
    subjectId: In(inputSetIds),
    state: 'held',
  });
  const held = new Set(items.map(({ subjectId }) => subjectId));
  return page.filter((inputSet) => {
    const states = rows.filter((row) => row.inputSetId === inputSet.id).map(({ state }) => state);
    if (held.has(inputSet.id) || states.includes('held')) return true;
    const { assembledAt, completedAt } = inputSet;
    return (completedAt ?? assembledAt) >= since && states.every((state) => state === 'denied');
  });
}
