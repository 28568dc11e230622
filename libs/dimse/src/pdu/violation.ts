/** What a peer did against the protocol, and the A-ABORT (PS3.8 section 9.3.8) that it earns. */
import type { Abort } from './pdu';

/** Abort reasons of the service provider (PS3.8 table 9-26). */
const ABORT = {
  unspecified: { source: 2, reason: 0 },
  unrecognisedPdu: { source: 2, reason: 1 },
  unexpectedPdu: { source: 2, reason: 2 },
  unexpectedParameter: { source: 2, reason: 5 },
  invalidParameter: { source: 2, reason: 6 },
  /** The DIMSE service user gives up: a broken message inside intact PDUs. */
  serviceUser: { source: 0, reason: 0 },
} as const satisfies Record<string, Abort>;
export type ViolationKind = keyof typeof ABORT;

/** Thrown by readers and state machines; the association ends with the abort it names. */
export class ProtocolViolation extends Error {
  readonly kind: ViolationKind;

  constructor(kind: ViolationKind, message: string) {
    super(message);
    this.name = 'ProtocolViolation';
    this.kind = kind;
  }

  get abort(): Abort {
    return ABORT[this.kind];
  }
}

export function abortOf(kind: ViolationKind): Abort {
  return ABORT[kind];
}
