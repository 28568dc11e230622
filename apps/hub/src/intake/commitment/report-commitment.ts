/**
 * The report of a decided commitment (N-EVENT-REPORT, PS3.4 J.3.3): over the gateway's own association while that still
 * stands, else over a new one to the gateway, on which the hub proposes to be the SCP (PS3.7 D.3.3.4).
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HubError } from '@modelbank/contracts';
import { EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, parseUid } from '@modelbank/dicom';
import { STORAGE_COMMITMENT, openAssociation, writeCommitmentReport } from '@modelbank/dimse';
import type { ClientTls, CommitmentReport, EventReporter, OutgoingAssociation } from '@modelbank/dimse';
import { locationsOf } from '@modelbank/platform';
import type { Configuration } from '@modelbank/platform';
import type { CommitmentEntity, CommitmentGatewayEntity } from '@modelbank/store';

/** An association that is still open this long after the response waits for the report on it. */
export const REPORT_AFTER_MS = 1_000;

const { sopClassUid, sopInstanceUid, allCommitted, someFailed } = STORAGE_COMMITMENT;

/** An association on which a gateway asked. */
export interface WaitingAssociation {
  readonly reporter: EventReporter;
  /** Of its presentation context. */
  readonly transferSyntaxUid: string;
}

/** Over the association on which it was asked; resolves with the gateway's status. */
export function reportOnSameAssociation(
  commitment: CommitmentEntity,
  { reporter, transferSyntaxUid }: WaitingAssociation,
): Promise<number> {
  const report = reportOf(commitment);
  return reporter.report({
    sopClassUid,
    sopInstanceUid,
    eventTypeId: eventTypeOf(report),
    dataSet: writeCommitmentReport(report, transferSyntaxUid),
  });
}

/** Over a new association; resolves with the gateway's status, throws a HubError when there is none. */
export async function reportOnNewAssociation(
  commitment: CommitmentEntity,
  gateway: CommitmentGatewayEntity,
  configuration: Configuration,
): Promise<number> {
  const report = reportOf(commitment);
  const association = await openAssociation({
    host: gateway.host,
    port: gateway.port,
    tls: gateway.tls ? await hubTls(configuration, gateway.pinnedFingerprintSha256) : undefined,
    callingAeTitle: commitment.calledAeTitle,
    calledAeTitle: gateway.aeTitle,
    timeouts: { responseMs: configuration.commitment.timeoutMs },
    presentationContexts: [EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN].map((transferSyntaxUid) => ({
      sopClassUid,
      transferSyntaxUid,
      role: 'scp',
    })),
  });
  try {
    return await send(association, report);
  } catch (thrown) {
    association.abort();
    throw thrown;
  }
}

async function send(association: OutgoingAssociation, report: CommitmentReport): Promise<number> {
  const explicit = { sopClassUid, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN, role: 'scp' } as const;
  const context = association.accepts(explicit)
    ? explicit
    : { ...explicit, transferSyntaxUid: IMPLICIT_VR_LITTLE_ENDIAN };
  const status = await association.eventReport({
    ...context,
    sopInstanceUid,
    typeId: eventTypeOf(report),
    dataSet: writeCommitmentReport(report, context.transferSyntaxUid),
  });
  // the status is what counts: a release that fails changes nothing
  await association.release().catch(() => association.abort());
  return status;
}

function eventTypeOf({ failed }: CommitmentReport): number {
  return failed.length === 0 ? allCommitted : someFailed;
}

function reportOf({ transactionUid, requested, failed }: CommitmentEntity): CommitmentReport {
  if (failed === null) throw new HubError('INTERNAL', 'the commitment is not decided');
  const isFailed = new Set(failed.map(([, uid]) => uid));
  return {
    transactionUid: parseUid(transactionUid),
    committed: requested.filter(([, uid]) => !isFailed.has(uid)).map(referenceOf),
    failed: failed.map(([classUid, uid, failureReason]) => ({ ...referenceOf([classUid, uid]), failureReason })),
  };
}

function referenceOf([classUid, uid]: readonly [string, string]) {
  return { sopClassUid: parseUid(classUid), sopInstanceUid: parseUid(uid) };
}

async function hubTls(configuration: Configuration, pinned: string | null): Promise<ClientTls> {
  const { pki } = locationsOf(configuration);
  const [ca, cert, key] = await Promise.all(
    ['ca.crt', 'hub/client.crt', 'hub/client.key'].map((name) => readFile(join(pki, name))),
  );
  return { ca, cert, key, ...(pinned === null ? {} : { pinnedFingerprintSha256: pinned }) };
}
