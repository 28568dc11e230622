/** The rows of what came under a taken UID: the revision itself, its journal entry, what is held for a person. */
import { Not } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { Clock, RevisionDisposition } from '@modelbank/contracts';
import { uuidv7 } from '@modelbank/platform';
import { InstanceRevisionEntity, appendJournal, holdItem, insertRow } from '@modelbank/store';
import type { Transaction } from '@modelbank/store';
import type { InstanceCandidate } from '../instance-candidate';
import type { FirstObject } from './first-object';
import type { ContentVerdict, RevisionCode } from './judge-content';
import type { Comparison } from './outlived-facts';

export interface Judged {
  readonly first: FirstObject;
  readonly candidate: InstanceCandidate;
  /** Undefined where the two could not be compared. */
  readonly comparison: Comparison | undefined;
}
export type Quarantine = Extract<ContentVerdict, { kind: 'quarantine' }>;

/** Of what was acknowledged, whatever adjustments made of it since. */
const REVISED: RevisionCode = 'CONTENT_CHANGED';
const UNSEEN: RevisionCode = 'FIRST_DELETED';

export function wasAcknowledged({ dispositionCode }: InstanceRevisionEntity): boolean {
  return dispositionCode === REVISED;
}

/** Because the first was gone: once that is stored again, the two can be compared. */
export function wasRefusedUnseen({ dispositionCode }: InstanceRevisionEntity): boolean {
  return dispositionCode === UNSEEN;
}

/** What was kept under the UID before with these bytes in this encoding. */
export function keptAlready(
  manager: EntityManager,
  { header, arrival, file }: InstanceCandidate,
): Promise<InstanceRevisionEntity | null> {
  const { sopInstanceUid, transferSyntaxUid } = header;
  const { centreId } = arrival.callingAe;
  return manager.findOneBy(InstanceRevisionEntity, {
    ...{ centreId, sopInstanceUid, transferSyntaxUid },
    contentSha256: file.contentSha256,
  });
}

/** What was kept under the UID before with this content, in whatever encoding. */
export async function keptContent(
  manager: EntityManager,
  { candidate, comparison }: Judged,
): Promise<InstanceRevisionEntity | null> {
  const decodedSha256 = comparison?.secondContentSha256 ?? null;
  if (decodedSha256 === null) return null;
  const { sopInstanceUid } = candidate.header;
  const { centreId } = candidate.arrival.callingAe;
  return manager.findOneBy(InstanceRevisionEntity, { centreId, sopInstanceUid, decodedSha256 });
}

/** How many refused objects of the UID the hub keeps; what retention deleted is none of them. */
export function countQuarantined(manager: EntityManager, { header, arrival }: InstanceCandidate): Promise<number> {
  const { sopInstanceUid } = header;
  const { centreId } = arrival.callingAe;
  return manager.countBy(InstanceRevisionEntity, {
    ...{ centreId, sopInstanceUid, dispositionCode: Not(REVISED) },
    disposition: Not<RevisionDisposition>('deleted'),
  });
}

/** A corrected document: adjustments will look at it. */
export async function insertRevision(tx: Transaction, clock: Clock, judged: Judged): Promise<void> {
  const row = rowOf(uuidv7(clock), judged, 'waiting', REVISED);
  await insertRow(tx.manager, InstanceRevisionEntity, row);
  await journal(tx, clock, judged, {
    kind: 'instance.revised',
    subjectId: row.id,
    text: 'an object came again under its SOP Instance UID with changed content: it was kept as a revision',
  });
}

/** Refused, and kept for the person who finds out what went wrong at the sender. */
export async function insertQuarantined(tx: Transaction, clock: Clock, judged: Judged, { code, sentence }: Quarantine) {
  const row = rowOf(uuidv7(clock), judged, 'quarantined', code);
  await insertRow(tx.manager, InstanceRevisionEntity, row);
  const { centreId, sopInstanceUid, sopClassUid } = row;
  await holdItem(tx, clock, {
    kind: 'revision',
    centreId,
    subjectId: row.id,
    code,
    reason: `an object came again under its SOP Instance UID with ${sentence}; it was refused and is kept apart, nothing replaces the first`,
    details: { sopInstanceUid, sopClassUid, ...row.differences },
  });
  await journalRefusal(tx, clock, judged, row.id);
}

/** Every refusal is told, also of what is kept already or not kept at all. */
export function journalRefusal(
  tx: Transaction,
  clock: Clock,
  judged: Judged,
  revisionId: string | null,
): Promise<void> {
  return journal(tx, clock, judged, {
    kind: 'instance.conflict',
    subjectId: judged.first.id,
    text: 'another object with the SOP Instance UID of a stored one was refused; the first stays',
    more: { code: 'INSTANCE_CONFLICT', revisionId, refusedContentSha256: judged.candidate.file.contentSha256 },
  });
}

/** Nothing is kept: the first stays as it is described. */
export function journalDescribed(tx: Transaction, clock: Clock, judged: Judged): Promise<void> {
  return journal(tx, clock, judged, {
    kind: 'instance.redescribed',
    subjectId: judged.first.id,
    text: 'an object came again that differs in descriptive attributes only; the first stays as it is',
  });
}

interface Entry {
  readonly kind: string;
  readonly subjectId: string;
  readonly text: string;
  readonly more?: Readonly<Record<string, unknown>>;
}

function journal(tx: Transaction, clock: Clock, judged: Judged, { more = {}, ...entry }: Entry): Promise<void> {
  const { arrival } = judged.candidate;
  const { id: associationId, remoteAddress } = arrival;
  const details = { associationId, remoteAddress, ...differencesOf(judged), ...more };
  return appendJournal(tx, clock, { ...entry, centreId: arrival.callingAe.centreId, actor: arrival.actor, details });
}

/** Names of attributes and numbers; no value of the sender. */
function differencesOf({ first, comparison }: Judged): Record<string, unknown> {
  const { differences = [], differenceCount = null, pixels = null } = comparison ?? {};
  return { firstKind: first.kind, firstId: first.id, differenceCount, differences, pixels };
}

function rowOf(
  id: string,
  judged: Judged,
  disposition: InstanceRevisionEntity['disposition'],
  dispositionCode: RevisionCode,
): InstanceRevisionEntity {
  const { candidate, first, comparison } = judged;
  const { arrival, header, file, patientKey, objectKey, receivedAt } = candidate;
  const { sopInstanceUid, sopClassUid, studyInstanceUid, seriesInstanceUid, transferSyntaxUid } = header;
  return {
    ...{ id, sopInstanceUid, sopClassUid, studyInstanceUid, seriesInstanceUid, transferSyntaxUid, patientKey },
    ...{ ...file, objectKey, header, disposition, dispositionCode, receivedAt },
    centreId: arrival.callingAe.centreId,
    firstKind: first.kind,
    firstId: first.id,
    decodedSha256: comparison?.secondContentSha256 ?? null,
    associationId: arrival.id,
    purpose: arrival.calledAe.purpose,
    differences: differencesOf(judged),
  };
}
