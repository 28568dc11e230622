/**
 * What brings instances: a DIMSE association or a STOW request. Decided once, at its door, and the same for all of its
 * instances; it gets a row of its own with the first instance that is stored.
 */
import type { CalledAe, CallingAe } from '@modelbank/contracts';
import type { Uid } from '@modelbank/dicom';

export interface Arrival {
  /** UUIDv7. */
  readonly id: string;
  readonly callingAe: CallingAe;
  readonly calledAe: CalledAe;
  readonly startedAt: Date;
  /** Who sends, for the journal: a certificate's fingerprint, or the name of a person. */
  readonly actor: string;
  /** From where, for the journal. */
  readonly remoteAddress: string;
}

/** An instance as its sender announces it, before its first byte. */
export interface AnnouncedInstance {
  readonly arrival: Arrival;
  readonly sopClassUid: string;
  readonly sopInstanceUid: Uid;
  readonly transferSyntaxUid: string;
  /** Where the request names the study that all its instances belong to. */
  readonly studyInstanceUid?: Uid;
}
