/**
 * The book of senders that were not let in: the port by which the door tells the centres stage who knocked, so that an
 * operator can see it and enrol the sender. Never any data of a patient: the door refuses before there is any.
 */

export const SENDER_BOOK = Symbol('SenderBook');

/** The public certificate that a peer presented, believed or not. */
export interface PresentedIdentity {
  /** SHA-256 of the DER certificate, lower-case hex. */
  readonly fingerprintSha256: string;
  readonly serialNumber: string;
  /** On one line, control characters escaped. */
  readonly subject: string;
  readonly issuer: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly pem: string;
}

/** One attempt that was refused. */
export interface SenderAttempt {
  /** Of the journal entry. */
  readonly kind: 'association.rejected' | 'peer.refused' | 'dicomweb.refused';
  /** The rule that refused it: an error code of the hub, or `tls.` and what TLS found. */
  readonly code: string;
  /** In words, for the journal; no text of the peer. */
  readonly text: string;
  /** Result, source and reason of the A-ASSOCIATE-RJ, as `1/1/3`. */
  readonly rejection?: string;
  /** The centre that the certificate belongs to, where it is enrolled. */
  readonly centreId: string | null;
  /** As the peer wrote them, whatever that is; absent where the handshake failed. */
  readonly callingAeTitle?: string;
  readonly calledAeTitle?: string;
  readonly remoteAddress: string;
  readonly identity?: PresentedIdentity;
  /** TLS believed the certificate. */
  readonly isTrusted: boolean;
}

export interface SenderBook {
  /**
   * Lists the attempt and journals it; resolves when both are durable. False: the same was journalled moments ago, or so much
   * is going on that nothing was written; the caller counts it elsewhere.
   */
  note(attempt: SenderAttempt): Promise<boolean>;
}
