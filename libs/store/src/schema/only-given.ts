/** Criteria of a caller who may leave some out. TypeORM refuses `undefined` in a condition, and rightly: it might mean any row. */
export function onlyGiven<T extends object>(criteria: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const given = Object.entries(criteria).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
