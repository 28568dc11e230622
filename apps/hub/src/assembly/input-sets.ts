/**
 * The input sets of a series: at most one is current. It is provisional while the series may still grow, complete when a
 * result made from it may leave, superseded when another slice made it obsolete.
 */
import { In } from 'typeorm';
import { HubError } from '@modelbank/contracts';
import type { Clock, InputSetState } from '@modelbank/contracts';
import type { Grid } from '@modelbank/geometry';
import { uuidv7 } from '@modelbank/platform';
import { InputSetEntity } from '@modelbank/store';
import type { InstanceEntity, SeriesEntity, Transaction } from '@modelbank/store';
import { inputSetDigest } from './input-set-digest';
import type { SeriesContents } from './series-contents';

/** The one role of a single series. */
export const CT_ROLE = 'ct';

export interface Volume {
  readonly grid: Grid;
  readonly memberIds: readonly string[];
}

export function currentInputSet(tx: Transaction, series: SeriesEntity): Promise<InputSetEntity | null> {
  return tx.manager.findOneBy(InputSetEntity, { seriesId: series.id, state: In(['provisional', 'complete']) });
}

/** What this input set was made for is obsolete: nothing made from it may leave any more. */
export async function supersede(
  tx: Transaction,
  set: InputSetEntity,
  reason: string,
  causationId: string,
): Promise<void> {
  const { id: inputSetId, centreId } = set;
  await tx.manager.update(InputSetEntity, { id: inputSetId }, { state: 'superseded' });
  await tx.emit('series.superseded', centreId, { inputSetId, centreId, reason }, causationId);
}

/** Makes the volume the current input set in the given state, keeping the one that already has the same members. */
export async function establishInputSet(
  tx: Transaction,
  clock: Clock,
  series: SeriesEntity,
  contents: SeriesContents,
  volume: Volume,
  state: Exclude<InputSetState, 'superseded'>,
  causationId: string,
): Promise<void> {
  const digest = digestOf(contents, volume.memberIds);
  const current = await currentInputSet(tx, series);
  const same = current !== null && current.digest === digest;
  if (current !== null && !same) await supersede(tx, current, 'another slice arrived', causationId);
  const inputSetId = same ? current.id : await insert(tx, clock, series, contents, volume, digest);
  const { centreId } = series;
  const provisional = state === 'provisional';
  if (!same) await tx.emit('inputSet.assembled', centreId, { inputSetId, centreId, provisional }, causationId);
  if (provisional || current?.state === 'complete') return;
  await tx.manager.update(InputSetEntity, { id: inputSetId }, { state: 'complete', completedAt: clock.now() });
  await tx.emit('inputSet.completed', centreId, { inputSetId, centreId }, causationId);
}

async function insert(
  tx: Transaction,
  clock: Clock,
  series: SeriesEntity,
  contents: SeriesContents,
  volume: Volume,
  digest: string,
): Promise<string> {
  const id = uuidv7(clock);
  const { parameters } = contents;
  // not the series' own: a localizer of another frame of reference, or of another purpose, may have come first
  const { studyInstanceUid, patientKey, purpose, header } = membersOf(contents, volume.memberIds)[0];
  await tx.manager.insert(InputSetEntity, {
    id,
    centreId: series.centreId,
    seriesId: series.id,
    studyInstanceUid,
    frameOfReferenceUid: header.frameOfReferenceUid ?? null,
    patientKey,
    purpose,
    revision: series.revision,
    state: 'provisional',
    digest,
    members: { [CT_ROLE]: [...volume.memberIds] },
    grid: volume.grid,
    parameters: Object.keys(parameters).length === 0 ? null : parameters,
    assembledAt: clock.now(),
    completedAt: null,
  });
  return id;
}

function digestOf(contents: SeriesContents, memberIds: readonly string[]): string {
  return inputSetDigest(
    membersOf(contents, memberIds).map(({ sopInstanceUid, contentSha256 }) => ({
      ...{ role: CT_ROLE, sopInstanceUid, contentSha256 },
    })),
  );
}

function membersOf(contents: SeriesContents, memberIds: readonly string[]): InstanceEntity[] {
  const byId = new Map(contents.instances.map((instance) => [instance.id, instance]));
  return memberIds.map((id) => {
    const instance = byId.get(id);
    if (instance === undefined) throw new HubError('INTERNAL', 'a member of an input set is not in its series');
    return instance;
  });
}
