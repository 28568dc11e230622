/** The WHERE of lookups by key columns: each equal to a value, or to one of a list. */
import type { EntityManager, EntityMetadata } from 'typeorm';
import { columnOf, escaped, parameterOf, placeholder } from './prepared-sql';

/** At least one; a list holds 1 to LONGEST_LIST values. Never null: SQL compares nothing with it. */
export type Criteria<E> = { readonly [P in keyof E]?: NonNullable<E[P]> | readonly NonNullable<E[P]>[] };

/** Lists are filled up to one of these lengths, so that few different statements exist. */
const LIST_LENGTHS = [1, 8, 64, 512] as const;
export const LONGEST_LIST = 512;

export interface KeyCondition {
  /** Equal for all criteria that give the same text. */
  readonly key: string;
  readonly parameters: unknown[];
  text(): string;
}

export function conditionOf<E>(manager: EntityManager, metadata: EntityMetadata, criteria: Criteria<E>): KeyCondition {
  const lists = Object.entries(criteria).map(([property, value]) => ({
    column: columnOf(metadata, property),
    values: listOf(value),
  }));
  if (lists.length === 0) throw new Error('a lookup by key needs a key');
  return {
    key: lists.map(({ column, values }) => `${column.propertyName}:${values.length}`).join(),
    parameters: lists.flatMap(({ column, values }) => values.map((value) => parameterOf(manager, column, value))),
    text: () => {
      let index = 0;
      return lists
        .map(({ column, values }) => {
          const places = values.map(() => placeholder(manager, index++));
          return `${escaped(manager, column.databaseName)} IN (${places.join(', ')})`;
        })
        .join(' AND ');
    },
  };
}

function listOf(value: unknown): readonly unknown[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const length = LIST_LENGTHS.find((each) => each >= values.length);
  if (values.length === 0 || length === undefined) throw new Error(`a criterion takes 1 to ${LONGEST_LIST} values`);
  return [...values, ...Array.from({ length: length - values.length }, () => values[0])];
}
