/** The tables of docs/dicom-conformance.md that the code decides. */
import { ERROR_CODES, dimseStatusOf, httpStatusOf, type ErrorCode } from '@modelbank/contracts';
import { STORAGE_SOP_CLASSES, TRANSFER_SYNTAXES } from '@modelbank/dicom';
import { REJECTION, describeRejection, statusText, storeStatusOf } from '@modelbank/dimse';
import { DicomwebLimits, DimseLimits } from '@modelbank/platform';
import { SEARCH_KEYS, type KeyKind } from '../../apps/hub/src/dicomweb/search/search-keys';
import { failureReasonOf } from '../../apps/hub/src/intake/stow/store-response';

/** Every table by the name of its mark. */
export const CONFORMANCE_TABLES: Readonly<Record<string, () => string[]>> = {
  'storage-classes': storageClasses,
  'transfer-syntaxes': transferSyntaxes,
  rejections,
  limits,
  'store-statuses': storeStatuses,
  'receiver-statuses': receiverStatuses,
  'stow-failure-reasons': stowFailureReasons,
  'query-keys': queryKeys,
  'dicomweb-limits': dicomwebLimits,
};

const row = (...cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
const head = (...titles: readonly string[]) => [row(...titles), row(...titles.map(() => '---')).replaceAll(' ', '')];

const USES = {
  image: 'assembled into series where its stage supports the modality, else kept',
  stored: 'kept',
  held: 'kept, and held for a person',
} as const;

function storageClasses(): string[] {
  const rows = STORAGE_SOP_CLASSES.map(({ keyword, uid, use }) => row(keyword, uid, USES[use]));
  return [...head('SOP class', 'UID', 'use'), ...rows];
}

function transferSyntaxes(): string[] {
  const rows = TRANSFER_SYNTAXES.map(({ keyword, uid, lossless }) => row(keyword, uid, lossless ? 'no' : 'may have'));
  return [...head('transfer syntax', 'UID', 'has lost something'), ...rows];
}

const REASONS: Readonly<Record<keyof typeof REJECTION, string>> = {
  noReason: 'the user identity is malformed or too large',
  applicationContextNotSupported: 'another application context',
  callingAeTitleNotRecognised:
    "the certificate is not enrolled, revoked or out of its dates; or the calling AE title is not one of its centre's, or none at all",
  calledAeTitleNotRecognised: 'the called AE title is not one of the hub, or none at all',
  protocolVersionNotSupported: 'protocol version 1 is not offered',
  temporaryCongestion: 'the hub has no room for more now, or cannot say who the peer is',
  localLimitExceeded: 'too many associations in all or of the centre',
};

function rejections(): string[] {
  const names = Object.keys(REJECTION) as (keyof typeof REJECTION)[];
  const rows = names.map((name) => {
    const { result, source, reason } = REJECTION[name];
    return row(`${result}/${source}/${reason}`, describeRejection(REJECTION[name]).split(' (')[0], REASONS[name]);
  });
  return [...head('A-ASSOCIATE-RJ', 'reason', 'when'), ...rows];
}

const BEYOND: Readonly<Record<keyof DimseLimits, readonly [string, string]>> = {
  maxAssociations: ['associations in all', 'A-ASSOCIATE-RJ 2/3/2'],
  maxAssociationsPerCentre: ['associations of one centre', 'A-ASSOCIATE-RJ 2/3/2'],
  maxConnections: ['connections in any state', 'closed'],
  maxInstanceBytes: ['bytes of a data set', 'status 0xC000; A-ABORT 0/0 at twice as many'],
  maxPduBytes: ['bytes of a P-DATA-TF, and the maximum that is negotiated', 'A-ABORT 2/6'],
  maxAssociateBytes: ['bytes of an A-ASSOCIATE-RQ', 'A-ABORT 2/6'],
  handshakeTimeoutMs: ['TLS handshake complete, ms', 'closed'],
  artimTimeoutMs: ['A-ASSOCIATE-RQ complete after the handshake (ARTIM), ms', 'closed'],
  closeTimeoutMs: ['connection closed by the peer after RJ, RP or ABORT (ARTIM), ms', 'closed'],
  idleTimeoutMs: ['silence inside an association, ms', 'A-ABORT 2/0'],
  minBytesPerSecond: ['least rate inside a message, bytes/s', 'A-ABORT 2/0'],
  rateWindowMs: ['time over which the rate is measured, ms', ''],
};

function limits(): string[] {
  return limitTable('dimse', new DimseLimits(), BEYOND);
}

function limitTable<T extends string>(
  section: string,
  defaults: Readonly<Record<T, number>>,
  beyond: Readonly<Record<T, readonly [string, string]>>,
): string[] {
  const rows = (Object.keys(defaults) as T[]).map((name) => {
    const [what, seen] = beyond[name];
    return row(`${what} (\`${section}.limits.${name}\`)`, defaults[name].toLocaleString('en'), seen);
  });
  return [...head('limit', 'default', 'what the peer sees beyond it'), ...rows];
}

/** What receiving an instance can come to. */
const OF_STORAGE: readonly ErrorCode[] = [
  ...(['INSTANCE_CONFLICT', 'SOP_CLASS_NOT_SUPPORTED', 'STORAGE_FULL', 'STORAGE_FAILED'] as const),
  ...(['DATABASE_UNAVAILABLE', 'DATASET_MISMATCH', 'UID_INVALID', 'NOT_DICOM', 'DATASET_TRUNCATED'] as const),
  ...(['DATASET_TOO_DEEP', 'DATASET_TOO_LARGE', 'DATASET_MALFORMED', 'INTERNAL'] as const),
];

function storeStatuses(): string[] {
  const titles = new Map<number, string[]>([[0x0000, ['Stored, or the same content was stored before']]]);
  for (const code of OF_STORAGE) {
    titles.set(dimseStatusOf(code), [...(titles.get(dimseStatusOf(code)) ?? []), ERROR_CODES[code].title]);
  }
  const rows = [...titles]
    .sort(([a], [b]) => a - b)
    .map(([status, words]) => row(statusText(status), words.join('; ')));
  return [...head('status', 'when'), ...rows];
}

/** Ranges of statuses that mean the same to our SCU. */
function receiverStatuses(): string[] {
  const ranges: { from: number; to: number; kind: string; meaning: string }[] = [];
  for (let code = 0; code <= 0xffff; code += 1) {
    const { kind, meaning } = storeStatusOf(code);
    const last = ranges.at(-1);
    if (last?.meaning === meaning && last.kind === kind) last.to = code;
    else ranges.push({ from: code, to: code, kind, meaning });
  }
  const KINDS: Readonly<Record<string, string>> = {
    success: 'delivered',
    warning: 'delivered, with a remark',
    retryableFailure: 'tried again',
    permanentFailure: 'parked',
  };
  const unknown = storeStatusOf(0x7777).meaning;
  const rows = ranges
    .filter(({ meaning }) => meaning !== unknown)
    .map(({ from, to, kind, meaning }) =>
      row(from === to ? statusText(from) : `${statusText(from)} to ${statusText(to)}`, meaning, KINDS[kind]),
    );
  return [...head('status', 'meaning', 'the delivery is'), ...rows, row('any other', unknown, KINDS.permanentFailure)];
}

function stowFailureReasons(): string[] {
  const codes = [...OF_STORAGE, 'TRANSFER_SYNTAX_NOT_SUPPORTED', 'MEDIA_TYPE_NOT_SUPPORTED'] as const;
  const told = new Map<string, string[]>();
  for (const code of codes) {
    const cell = row(statusText(failureReasonOf(code)), httpStatusOf(code));
    told.set(cell, [...(told.get(cell) ?? []), ERROR_CODES[code].title]);
  }
  const rows = [...told].sort(([a], [b]) => (a < b ? -1 : 1)).map(([cell, words]) => `${cell} ${words.join('; ')} |`);
  return [...head('Failure Reason', 'status where no part was stored', 'when'), ...rows];
}

const MATCHING: Readonly<Record<KeyKind, string>> = {
  uid: 'single value, list of UIDs',
  text: 'single value, wildcard',
  date: 'single value, range',
  time: 'single value, range',
  patientId: 'single value, as a whole',
  issuer: 'single value, as a whole, with PatientID',
  refused: 'none: 400 unless empty or `*`',
};

function queryKeys(): string[] {
  const rows = SEARCH_KEYS.map(({ keyword, tag, level, kind }) =>
    row(keyword, `(${tag.slice(0, 4)},${tag.slice(4)})`, level, MATCHING[kind]),
  );
  return [...head('key', 'tag', 'level', 'matching'), ...rows];
}

const BEYOND_OF_WEB: Readonly<Record<keyof DicomwebLimits, readonly [string, string]>> = {
  maxConnections: ['connections', 'closed'],
  maxStoresPerCentre: ['store requests of one centre at a time', '429'],
  maxStores: ['store requests in all at a time', '503'],
  maxRequestBytes: ['bytes of a store request', '413'],
  maxInstanceBytes: ['bytes of an instance', 'Failure Reason 0xC000'],
  maxParts: ['parts of a store request', '413'],
  handshakeTimeoutMs: ['TLS handshake complete, ms', 'closed'],
  headersTimeoutMs: ['request line and headers complete, ms', 'closed'],
  idleTimeoutMs: ['silence, ms', '408 inside a body, closed between requests'],
  minBytesPerSecond: ['least rate of a body, bytes/s', '408'],
  rateWindowMs: ['time over which the rate is measured, ms', ''],
  decoders: ['processes that decode and render', 'waits; 503 when 256 wait'],
  decoderTimeoutMs: ['time for a frame, ms', '422'],
  decoderMemoryMiB: ['memory for a frame, MiB', '422'],
  requestTimeoutMs: ['a store request in all, ms', '408'],
};

function dicomwebLimits(): string[] {
  return limitTable('dicomweb', new DicomwebLimits(), BEYOND_OF_WEB);
}
