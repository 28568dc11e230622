/** The groups that a newly registered version may change: those with an input set that is held or to which nothing applied. */
import { In } from 'typeorm';
import { InputSetEntity, TaskSelectionEntity } from '@modelbank/store';
import type { ReadStore } from '@modelbank/store';
import { groupKeyOf } from './group';
import type { GroupKey } from './group';

const PAGE = 500;
/** What a group key is made of; members and grid, which are long, stay where they are. */
const COLUMNS: readonly (keyof InputSetEntity)[] = [
  'id',
  'centreId',
  'studyInstanceUid',
  'frameOfReferenceUid',
  'patientKey',
  'purpose',
  'seriesId',
];

export async function groupsToReconsider({ manager }: ReadStore): Promise<GroupKey[]> {
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
    const rows = await manager.findBy(TaskSelectionEntity, { inputSetId: In(page.map(({ id }) => id)) });
    for (const inputSet of page) {
      const states = rows.filter((row) => row.inputSetId === inputSet.id).map(({ state }) => state);
      if (!states.includes('held') && states.some((state) => state !== 'denied')) continue;
      const key = groupKeyOf(inputSet);
      groups.set(JSON.stringify({ ...key, seriesId: key.frameOfReferenceUid === null ? key.seriesId : '' }), key);
    }
  }
}
