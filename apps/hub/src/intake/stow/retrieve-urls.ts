/** The addresses of what a request stored, from the rows: an address is given only for what is really there. */
import { In } from 'typeorm';
import type { CalledAe } from '@modelbank/contracts';
import { InstanceEntity } from '@modelbank/store';
import type { ReadStore } from '@modelbank/store';
import { instancePath, studyPath } from '../../dicomweb/paths';
import type { PartOutcome } from './part-reception';
import type { RetrieveUrls } from './store-response';

const AT_ONCE = 500;

export async function retrieveUrls(
  { manager }: ReadStore,
  outcomes: readonly PartOutcome[],
  { baseUrl, centreId, calledAe }: { baseUrl: string; centreId: string; calledAe: CalledAe },
): Promise<RetrieveUrls> {
  const uids = outcomes.flatMap(({ failure, sopInstanceUid }) =>
    failure === undefined && sopInstanceUid !== undefined ? [sopInstanceUid] : [],
  );
  const studies = new Set<string>();
  const ofInstance = new Map<string, string>();
  for (let at = 0; at < uids.length; at += AT_ONCE) {
    const rows = await manager.find(InstanceEntity, {
      select: { studyInstanceUid: true, seriesInstanceUid: true, sopInstanceUid: true },
      where: { centreId, sopInstanceUid: In(uids.slice(at, at + AT_ONCE)) },
    });
    for (const row of rows) {
      studies.add(row.studyInstanceUid);
      ofInstance.set(row.sopInstanceUid, baseUrl + instancePath(calledAe, row));
    }
  }
  const [study] = studies.size === 1 ? studies : [];
  return { study: study === undefined ? undefined : baseUrl + studyPath(calledAe, study), ofInstance };
}
