/**
 * The published read model of the centres stage: what the door needs to know about whoever knocks. Intake asks it for
 * every association, so answers come from memory and change at once when an operator changes a centre.
 */
import type { Purpose } from './states';

export const CENTRE_DIRECTORY = Symbol('CentreDirectory');

/** What an enrolled certificate stands for now. `outsideValidity`: its own dates, not the hub's. */
export type CertificateStanding =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'revoked'; readonly centreId: string }
  | { readonly kind: 'outsideValidity'; readonly centreId: string }
  | { readonly kind: 'enrolled'; readonly centreId: string };

export interface CallingAe {
  readonly aeTitle: string;
  readonly centreId: string;
  /** How long after its last instance a series of this sender is complete. */
  readonly settleTimeMs: number;
  readonly sendsWholeSeries: boolean;
}

export interface CalledAe {
  readonly aeTitle: string;
  readonly purpose: Purpose;
  readonly protocolId: string | null;
  /** What a model needs and DICOM does not carry, given by the protocol. */
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
}

export interface CentreDirectory {
  /** SHA-256 of the DER certificate, lower-case hex. */
  certificate(fingerprintSha256: string): Promise<CertificateStanding>;
  callingAe(aeTitle: string): Promise<CallingAe | undefined>;
  calledAe(aeTitle: string): Promise<CalledAe | undefined>;
  /** The next answers are of now: another process may have changed the centres. */
  refresh(): Promise<void>;
  /** Called with the fingerprint when a certificate is revoked: live associations are cut. Returns how to stop listening. */
  onRevoked(listener: (fingerprintSha256: string) => void): () => void;
}
