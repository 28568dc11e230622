/** Rejections and aborts in words (PS3.8 tables 9-21 and 9-26), so that an operator need not look numbers up. */
import type { Abort, Rejection } from './pdu';

const REJECTION_REASONS: Readonly<Record<number, Readonly<Record<number, string>>>> = {
  1: {
    1: 'no reason given',
    2: 'application context name not supported',
    3: 'calling AE title not recognised',
    7: 'called AE title not recognised',
  },
  2: { 1: 'no reason given', 2: 'protocol version not supported' },
  3: { 1: 'temporary congestion', 2: 'local limit exceeded' },
};
const REJECTION_SOURCES: Readonly<Record<number, string>> = {
  1: 'its application',
  2: 'its upper layer',
  3: 'its presentation layer',
};
const ABORT_REASONS: Readonly<Record<number, string>> = {
  0: 'no reason given',
  1: 'unrecognised PDU',
  2: 'unexpected PDU',
  4: 'unrecognised PDU parameter',
  5: 'unexpected PDU parameter',
  6: 'invalid PDU parameter value',
};

/** Rejections that this layer gives. */
export const REJECTION = {
  noReason: { result: 1, source: 1, reason: 1 },
  applicationContextNotSupported: { result: 1, source: 1, reason: 2 },
  callingAeTitleNotRecognised: { result: 1, source: 1, reason: 3 },
  calledAeTitleNotRecognised: { result: 1, source: 1, reason: 7 },
  protocolVersionNotSupported: { result: 1, source: 2, reason: 2 },
  temporaryCongestion: { result: 2, source: 3, reason: 1 },
  localLimitExceeded: { result: 2, source: 3, reason: 2 },
} as const satisfies Record<string, Rejection>;

/** For instance "calling AE title not recognised (permanent, said by its application; 1/1/3)". */
export function describeRejection(rejection: Rejection): string {
  const { result, source, reason } = rejection;
  const words = REJECTION_REASONS[source]?.[reason] ?? 'a reason that the standard does not know';
  const lasting = result === 2 ? 'for now' : 'permanent';
  return `${words} (${lasting}, said by ${REJECTION_SOURCES[source] ?? 'an unknown source'}; ${result}/${source}/${reason})`;
}

/** For instance "invalid PDU parameter value (said by its upper layer; 2/6)". */
export function describeAbort(abort: Abort): string {
  if (abort.source === 0) return `its application ended the association (0/${abort.reason})`;
  const words = ABORT_REASONS[abort.reason] ?? 'a reason that the standard does not know';
  return `${words} (said by its upper layer; ${abort.source}/${abort.reason})`;
}
