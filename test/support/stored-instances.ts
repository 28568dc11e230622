/** Instances put straight into a store, past intake: what retrieval must cope with includes what intake would refuse today. */
import { createHash } from 'node:crypto';
import { OBJECT_STORE, UNIT_OF_WORK } from '@modelbank/contracts';
import type { ObjectStore } from '@modelbank/contracts';
import { openPart10, readInstanceHeader } from '@modelbank/dicom';
import type { InstanceHeader } from '@modelbank/dicom';
import { uuidv7 } from '@modelbank/platform';
import { InstanceEntity, insertRow } from '@modelbank/store';
import type { UnitOfWork } from '@modelbank/store';
import type { IntakeBench } from './intake-bench';

/**
 * Stores a Part-10 file for a centre. The rows describe `described` where the file itself is none that we would take, and say what
 * `changed` says.
 */
export async function storeInstance(
  { app }: IntakeBench,
  centreId: string,
  bytes: Uint8Array,
  described: Uint8Array = bytes,
  changed: Partial<InstanceHeader> = {},
): Promise<InstanceEntity> {
  const header = { ...readInstanceHeader(described), ...changed };
  const { meta, dataSetOffset } = openPart10(described);
  const objectSha256 = sha256(bytes);
  const digest = sha256(Buffer.from(`${centreId}|${header.studyInstanceUid}|${header.sopInstanceUid}|${objectSha256}`));
  const objectKey = `instances/${digest.slice(0, 2)}/${digest}`;
  await app.get<ObjectStore>(OBJECT_STORE, { strict: false }).put(objectKey, bytes);
  const clock = { now: () => new Date(), monotonicMs: () => performance.now() };
  const row: InstanceEntity = {
    ...header,
    id: uuidv7(clock),
    centreId,
    transferSyntaxUid: meta.transferSyntaxUid,
    patientKey: null,
    contentSha256: sha256(bytes.subarray(dataSetOffset)),
    objectSha256,
    objectKey,
    sizeBytes: bytes.length,
    associationId: 'test',
    purpose: 'test',
    header,
    disposition: 'notApplicable',
    dispositionCode: null,
    receivedAt: clock.now(),
  };
  const entity = Object.fromEntries(COLUMNS.map((name) => [name, row[name]])) as unknown as InstanceEntity;
  await app.get<UnitOfWork>(UNIT_OF_WORK, { strict: false }).run((tx) => insertRow(tx.manager, InstanceEntity, entity));
  return entity;
}

const COLUMNS = [
  'id',
  'centreId',
  'sopInstanceUid',
  'sopClassUid',
  'studyInstanceUid',
  'seriesInstanceUid',
  'transferSyntaxUid',
  'patientKey',
  'contentSha256',
  'objectSha256',
  'objectKey',
  'sizeBytes',
  'associationId',
  'purpose',
  'header',
  'disposition',
  'dispositionCode',
  'receivedAt',
] as const satisfies readonly (keyof InstanceEntity)[];

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
