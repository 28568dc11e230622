/** Stores what every version was found to be for every input set, criterion by criterion; unchanged rows stay. */
import { In } from 'typeorm';
import type { Clock } from '@modelbank/contracts';
import { uuidv7 } from '@modelbank/platform';
import { CandidateEntity, insertRow } from '@modelbank/store';
import type { Transaction } from '@modelbank/store';
import type { EvaluatedCandidate, EvaluatedSet } from './evaluated-group';

/** Eight columns a row, and SQL Server takes 2100 parameters. */
const ROWS_PER_INSERT = 200;

export async function writeCandidates(tx: Transaction, clock: Clock, sets: readonly EvaluatedSet[]): Promise<void> {
  const stored = await tx.manager.findBy(CandidateEntity, { inputSetId: In(sets.map(({ inputSet }) => inputSet.id)) });
  const byKey = new Map(stored.map((row) => [`${row.inputSetId}/${row.modelVersionId}`, row]));
  const missing: CandidateEntity[] = [];
  for (const { inputSet, candidates } of sets) {
    for (const candidate of candidates) {
      const row = byKey.get(`${inputSet.id}/${candidate.version.id}`);
      const found = findingOf(candidate);
      if (row === undefined)
        missing.push({ id: uuidv7(clock), inputSetId: inputSet.id, ...found, evaluatedAt: clock.now() });
      else if (JSON.stringify([row.criteria, row.release]) !== JSON.stringify([found.criteria, found.release])) {
        await tx.manager.save(CandidateEntity, { ...row, ...found, evaluatedAt: clock.now() });
      }
    }
  }
  for (let start = 0; start < missing.length; start += ROWS_PER_INSERT) {
    await insertRow(tx.manager, CandidateEntity, missing.slice(start, start + ROWS_PER_INSERT));
  }
}

function findingOf({ version, applies, criteria, release }: EvaluatedCandidate) {
  return { modelVersionId: version.id, task: version.task, applies, criteria: [...criteria], release };
}
