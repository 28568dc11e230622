/** What a C-STORE status means and what to do about it (PS3.4 table B.2-1, PS3.7 Annex C). */

/** `warning`: stored, with a remark. `retryableFailure`: may work later. `permanentFailure`: sending again will not help. */
export type StoreOutcomeKind = 'success' | 'warning' | 'retryableFailure' | 'permanentFailure';

export interface StoreStatus {
  readonly code: number;
  readonly kind: StoreOutcomeKind;
  readonly meaning: string;
}

/** Statuses that this layer answers by itself. */
export const STATUS = {
  success: 0x0000,
  processingFailure: 0x0110,
  sopClassNotSupported: 0x0122,
  unrecognisedOperation: 0x0211,
  mistypedArgument: 0x0212,
  classInstanceConflict: 0x0119,
  invalidUid: 0xa900,
} as const;

interface StatusRow {
  readonly from: number;
  readonly to: number;
  readonly kind: StoreOutcomeKind;
  readonly meaning: string;
}

const row = (from: number, to: number, kind: StoreOutcomeKind, meaning: string): StatusRow => ({
  from,
  to,
  kind,
  meaning,
});

/** First match counts. */
const STATUSES: readonly StatusRow[] = [
  row(0x0000, 0x0000, 'success', 'success'),
  // PS3.4 table B.2-1: the storage service class
  row(0xb000, 0xb000, 'warning', 'stored with coercion of data elements'),
  row(0xb006, 0xb006, 'warning', 'stored, some elements discarded'),
  row(0xb007, 0xb007, 'warning', 'stored, though the data set does not match its SOP class'),
  row(0xa700, 0xa7ff, 'retryableFailure', 'refused: out of resources'),
  row(0xa900, 0xa9ff, 'permanentFailure', 'the data set does not match its SOP class'),
  row(0xc000, 0xcfff, 'permanentFailure', 'the peer cannot understand the data set'),
  // PS3.7 Annex C: statuses of any service
  row(0x0001, 0x0001, 'warning', 'optional attributes not supported'),
  row(0x0107, 0x0107, 'warning', 'some attributes not supported'),
  row(0x0116, 0x0116, 'warning', 'an attribute value is out of range'),
  row(0x0105, 0x0105, 'permanentFailure', 'no such attribute'),
  row(0x0106, 0x0106, 'permanentFailure', 'invalid attribute value'),
  row(0x0110, 0x0110, 'retryableFailure', 'processing failure'),
  row(0x0111, 0x0111, 'permanentFailure', 'the peer has another instance with this UID'),
  row(0x0112, 0x0112, 'permanentFailure', 'no such SOP instance'),
  row(0x0117, 0x0117, 'permanentFailure', 'invalid SOP Instance UID'),
  row(0x0118, 0x0118, 'permanentFailure', 'no such SOP class'),
  row(0x0120, 0x0120, 'permanentFailure', 'missing attribute'),
  row(0x0121, 0x0121, 'permanentFailure', 'missing attribute value'),
  row(0x0122, 0x0122, 'permanentFailure', 'SOP class not supported'),
  row(0x0124, 0x0124, 'permanentFailure', 'refused: not authorised'),
  row(0x0210, 0x0210, 'retryableFailure', 'duplicate invocation'),
  row(0x0211, 0x0211, 'permanentFailure', 'unrecognised operation'),
  row(0x0212, 0x0212, 'permanentFailure', 'mistyped argument'),
  row(0x0213, 0x0213, 'retryableFailure', 'resource limitation'),
  // PS3.7 section C.4.2: every Bxxx is a warning, whatever its vendor means by it
  row(0xb000, 0xbfff, 'warning', 'stored, with a warning of the vendor'),
  row(0xfe00, 0xfe00, 'permanentFailure', 'cancelled'),
];

/** A status that no table knows counts as a permanent failure: never take the unknown for stored, never send for ever. */
export function storeStatusOf(code: number): StoreStatus {
  const found = STATUSES.find(({ from, to }) => code >= from && code <= to);
  return found
    ? { code, kind: found.kind, meaning: found.meaning }
    : { code, kind: 'permanentFailure', meaning: 'a status that the standard does not know' };
}

/** The instance is kept by the peer. */
export function isStored(status: StoreStatus): boolean {
  return status.kind === 'success' || status.kind === 'warning';
}

/** For instance "0xA700". */
export function statusText(code: number): string {
  return `0x${code.toString(16).toUpperCase().padStart(4, '0')}`;
}
