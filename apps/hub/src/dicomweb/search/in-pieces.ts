/** Long lists of ids in pieces that every database takes: SQL Server allows 2,100 parameters. */
const AT_ONCE = 500;

export async function inPieces<T>(ids: readonly string[], find: (piece: string[]) => Promise<T[]>): Promise<T[]> {
  const found: T[] = [];
  for (let at = 0; at < ids.length; at += AT_ONCE) found.push(...(await find(ids.slice(at, at + AT_ONCE))));
  return found;
}
