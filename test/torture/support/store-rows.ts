/** Rows that are one C-STORE: what most data sets of the table need. */
import { RAW_CT, rawData, rawStoreRequest } from '@modelbank/testing';
import type { StoreOptions } from './attacker';
import { instanceRefused } from './torture-row';
import type { ExpectedAudit, TortureRow } from './torture-row';

export const IMPLICIT_CT = { ...RAW_CT, transferSyntaxes: ['1.2.840.10008.1.2'] };
export const BIG_ENDIAN_CT = { ...RAW_CT, transferSyntaxes: ['1.2.840.10008.1.2.2'] };

/** Statuses of PS3.4 table B.2-1. */
export const CANNOT_UNDERSTAND = '0xC000';
export const DOES_NOT_MATCH = '0xA900';

export const MALFORMED = instanceRefused('DATASET_MALFORMED');
export const TRUNCATED = instanceRefused('DATASET_TRUNCATED');
export const TOO_LARGE = instanceRefused('DATASET_TOO_LARGE');
export const TOO_DEEP = instanceRefused('DATASET_TOO_DEEP');
export const UID_INVALID = instanceRefused('UID_INVALID');
export const MISMATCH = instanceRefused('DATASET_MISMATCH');

let numbered = 0;
export const newUid = (): string => `1.2.826.0.1.3680043.8.498.${process.pid}.${(numbered += 1)}`;

/** A data set that is refused with a status, in an association that ends in good order. */
export function storeRefused(
  id: string,
  title: string,
  made: (uid: string) => Buffer,
  expected: string,
  audit: ExpectedAudit,
  options: StoreOptions & { contexts?: readonly (typeof RAW_CT)[] } = {},
): TortureRow {
  return {
    id,
    title,
    attack: (attacker) => {
      const uid = newUid();
      return attacker.store(made(uid), uid, options);
    },
    expected,
    audit,
  };
}

/** The presentation context of a transfer syntax that must not be taken, and what happens to data on it all the same. */
export function notOffered(
  id: string,
  title: string,
  transferSyntax: string,
  abstractSyntax = RAW_CT.abstractSyntax,
): TortureRow {
  return {
    id,
    title,
    attack: async (attacker) => {
      const contexts = [{ id: 3, abstractSyntax, transferSyntaxes: [transferSyntax] }];
      const { peer, results } = await attacker.negotiate({ contexts });
      peer.send(rawData(3, 0x03, rawStoreRequest(newUid(), 1, abstractSyntax)));
      return [`context ${results.get(3)}`, await attacker.reply(peer)];
    },
    expected: [abstractSyntax === RAW_CT.abstractSyntax ? 'context 4' : 'context 3', 'A-ABORT 0/0'],
    audit: { kind: 'peer.refused', code: 'protocolViolation' },
  };
}
