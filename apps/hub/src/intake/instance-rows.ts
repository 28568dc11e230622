/** The rows of one stored instance: its association, itself, its journal entry, its event. All in the caller's transaction. */
import { In } from 'typeorm';
import type { Clock } from '@modelbank/contracts';
import { uuidv7 } from '@modelbank/platform';
import { AssociationEntity, InstanceEntity, appendJournal, holdItem, insertRow } from '@modelbank/store';
import type { Transaction } from '@modelbank/store';
import { dispositionOf } from './disposition';
import type { Disposition } from './disposition';
import type { InstanceCandidate } from './instance-candidate';

/** An arrival gets its row with the first instance that it brings. */
export async function newAssociations(
  tx: Transaction,
  candidates: readonly InstanceCandidate[],
  recorded: ReadonlySet<string>,
): Promise<void> {
  const byId = new Map(candidates.map(({ arrival }) => [arrival.id, arrival]));
  const missing = [...byId.values()].filter(({ id }) => !recorded.has(id));
  if (missing.length === 0) return;
  const found = await tx.manager.findBy(AssociationEntity, { id: In(missing.map(({ id }) => id)) });
  const there = new Set(found.map(({ id }) => id));
  for (const { id, callingAe, calledAe, startedAt } of missing.filter((arrival) => !there.has(arrival.id))) {
    await insertRow(tx.manager, AssociationEntity, {
      id,
      centreId: callingAe.centreId,
      callingAeTitle: callingAe.aeTitle,
      calledAeTitle: calledAe.aeTitle,
      purpose: calledAe.purpose,
      startedAt,
      endedAt: null,
      outcome: null,
      instancesStored: 0,
      sendsWholeSeries: callingAe.sendsWholeSeries,
      settleTimeMs: callingAe.settleTimeMs,
    });
  }
}

/** Its journal is that of its arrival; an instance whose journey ends at the door has an entry of its own that says why. */
export async function insertInstance(
  tx: Transaction,
  clock: Clock,
  candidate: InstanceCandidate,
): Promise<InstanceEntity> {
  const { arrival, header } = candidate;
  const { centreId } = arrival.callingAe;
  const { studyInstanceUid, seriesInstanceUid } = header;
  const instanceId = uuidv7(clock);
  const fate = dispositionOf(header.sopClassUid);
  const row = rowOf(instanceId, candidate, fate);
  await insertRow(tx.manager, InstanceEntity, row);
  if (fate.disposition === 'waiting') {
    const body = { instanceId, centreId, studyInstanceUid, seriesInstanceUid };
    await tx.emit('image.stored', centreId, body, arrival.id);
    return row;
  }
  await appendJournal(tx, clock, {
    kind: 'instance.stored',
    centreId,
    actor: arrival.actor,
    subjectId: instanceId,
    text: `an instance was stored: ${fate.sentence}`,
    details: { associationId: arrival.id, disposition: fate.disposition, code: fate.code },
  });
  if (fate.disposition === 'held') {
    const code = fate.code ?? 'HELD';
    await holdItem(tx, clock, { kind: 'instance', centreId, subjectId: instanceId, code, reason: fate.sentence });
  }
  return row;
}

export async function journalConflict(
  tx: Transaction,
  clock: Clock,
  { arrival, file }: InstanceCandidate,
  storedInstanceId: string,
): Promise<void> {
  await appendJournal(tx, clock, {
    kind: 'instance.conflict',
    centreId: arrival.callingAe.centreId,
    actor: arrival.actor,
    subjectId: storedInstanceId,
    text: 'another object with the SOP Instance UID of a stored one was refused; the first stays',
    details: { associationId: arrival.id, refusedContentSha256: file.contentSha256 },
  });
}

function rowOf(id: string, candidate: InstanceCandidate, fate: Disposition): InstanceEntity {
  const { arrival, header, file } = candidate;
  const { callingAe, calledAe } = arrival;
  return {
    id,
    centreId: callingAe.centreId,
    sopInstanceUid: header.sopInstanceUid,
    sopClassUid: header.sopClassUid,
    studyInstanceUid: header.studyInstanceUid,
    seriesInstanceUid: header.seriesInstanceUid,
    transferSyntaxUid: header.transferSyntaxUid,
    patientKey: candidate.patientKey,
    contentSha256: file.contentSha256,
    objectSha256: file.objectSha256,
    objectKey: candidate.objectKey,
    sizeBytes: file.sizeBytes,
    associationId: arrival.id,
    purpose: calledAe.purpose,
    header,
    disposition: fate.disposition,
    dispositionCode: fate.code,
    receivedAt: candidate.receivedAt,
  };
}
