/** What an SCP is given: who may associate, what is negotiated, where instances go, and how far a peer may go. */
import type { X509Certificate } from 'node:crypto';
import type { Uid } from '@modelbank/dicom';
import { ASSOCIATE_LENGTH_LIMIT, MAXIMUM_PDU_BYTES, type Rejection } from '../pdu/pdu';
import type { Timers } from '../transport/timers';
import type { TlsRefusal } from '../transport/tls-refusal';
import type { EventReport } from './event-reports';

/** The limits that keep one peer from hurting the others. */
export interface ScpLimits {
  /** TLS handshake complete after connecting. */
  readonly handshakeMs: number;
  /** TLS handshakes that are half open at a time: the oldest gives way to the newest. */
  readonly maximumHandshakes: number;
  /** A-ASSOCIATE-RQ complete after connecting (ARTIM, PS3.8 section 9.1.5). */
  readonly associateMs: number;
  /** Silence of the peer inside an association. */
  readonly idleMs: number;
  /** How long the peer may take to close after the last PDU (ARTIM again) before the socket is destroyed. */
  readonly lingerMs: number;
  /** The least that must arrive per window while a message is being received. */
  readonly minimumBytesPerSecond: number;
  readonly rateWindowMs: number;
  readonly maximumAssociations: number;
  /** Per centre (`countedAs` of the authorisation). */
  readonly maximumAssociationsPerCentre: number;
  /** Sockets in any state; more are closed at once. */
  readonly maximumConnections: number;
  readonly maximumObjectBytes: number;
  /** The longest P-DATA-TF that we take, told to the peer. */
  readonly maximumPduBytes: number;
  readonly maximumAssociateBytes: number;
  /** The peer's answer to an event report of ours. */
  readonly responseMs: number;
}

export const DEFAULT_SCP_LIMITS: ScpLimits = {
  handshakeMs: 10_000,
  maximumHandshakes: 256,
  associateMs: 10_000,
  idleMs: 30_000,
  lingerMs: 1_000,
  minimumBytesPerSecond: 10_240,
  rateWindowMs: 60_000,
  maximumAssociations: 64,
  maximumAssociationsPerCentre: 8,
  maximumConnections: 1_024,
  maximumObjectBytes: 2 * 1024 ** 3,
  maximumPduBytes: MAXIMUM_PDU_BYTES,
  maximumAssociateBytes: ASSOCIATE_LENGTH_LIMIT,
  responseMs: 30_000,
};

/** PEM texts. With `ca` every peer must present a certificate that it signed. */
export interface ServerTls {
  readonly ca: string | Buffer;
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** Who asks for an association, before anyone has believed the AE titles. */
export interface AssociationPeer {
  /** SHA-256 of the client certificate, lower-case hex; absent without TLS. */
  readonly fingerprintSha256?: string;
  readonly serialNumber?: string;
  /** The client certificate itself. */
  readonly x509?: X509Certificate;
  readonly callingAeTitle: string;
  readonly calledAeTitle: string;
  readonly remoteAddress: string;
}

export type Authorisation<T> =
  | {
      readonly accept: true;
      readonly context: T;
      /** Associations with the same value share one limit: the centre's id. Default: the certificate. */
      readonly countedAs?: string;
      /** What only this peer may use, beside the contexts of the server. */
      readonly furtherContexts?: readonly SupportedContext[];
    }
  | ({ readonly accept: false } & Rejection);

/** An accepted association, as hooks see it. */
export interface AcceptedAssociation<T> extends AssociationPeer {
  readonly id: string;
  readonly context: T;
}

export interface StoreRequest<T> {
  readonly association: AcceptedAssociation<T>;
  /** Equal to the abstract syntax of the presentation context. */
  readonly sopClassUid: string;
  readonly sopInstanceUid: Uid;
  readonly transferSyntaxUid: string;
  readonly messageId: number;
}

/** An N-ACTION with its data set (PS3.7 section 10.1.4) on a SOP class of the peer's `furtherContexts`. */
export interface ActionRequest<T> {
  readonly association: AcceptedAssociation<T>;
  /** Equal to the abstract syntax of the presentation context. */
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly actionTypeId: number;
  readonly transferSyntaxUid: string;
  /** For what the action leads to, as long as the association stands. */
  readonly reporter: EventReporter;
}

/** Sends N-EVENT-REPORT to the peer of an association that it opened. */
export interface EventReporter {
  readonly isOpen: boolean;
  /** Resolves with the peer's status; throws PEER_ABORTED when the association is over, PEER_TIMEOUT without an answer. */
  report(report: EventReport): Promise<number>;
}

/** Where one data set goes. Exactly one of `finish` and `abort` is called, and nothing after it. */
export interface StoreSink {
  /** Takes the next bytes of the data set; reading goes on when the promise resolves. The buffer may be kept. */
  write(chunk: Buffer): Promise<void> | void;
  /** The data set is complete: keep it, then resolve with the status to send. Rejecting cleans up by itself. */
  finish(): Promise<number>;
  /** The data set will never be complete: forget it. */
  abort(): Promise<void> | void;
}

export type AssociationOutcome = 'released' | 'aborted';

/** Something a peer did that the audit trail should know; texts hold no data of the peer. */
export interface ScpIncident {
  readonly rule:
    | 'tls'
    | 'rejected'
    | 'protocolViolation'
    | 'timeout'
    | 'rate'
    | 'limit'
    | 'dropped'
    | 'cut'
    | 'instanceRefused'
    | 'operationRefused'
    | 'hookFailed';
  readonly message: string;
  readonly remoteAddress: string;
  readonly fingerprintSha256?: string;
  readonly serialNumber?: string;
  /** Of rule `tls`: what was wrong. */
  readonly tlsRefusal?: TlsRefusal;
  /** The certificate that the peer showed, believed or not. */
  readonly x509?: X509Certificate;
  /** As the peer wrote them, whatever that is: never into a log line or a text unescaped. */
  readonly callingAeTitle?: string;
  readonly calledAeTitle?: string;
  readonly associationId?: string;
  readonly cause?: unknown;
}

/** A storage (or other) SOP class with the transfer syntaxes accepted for it; the sender's preference decides. */
export interface SupportedContext {
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
}

export interface FailureStatus {
  readonly status: number;
  /** At most 64 characters, no text of the peer. */
  readonly comment?: string;
}

export interface DimseServerOptions<T> {
  /** Absent: plain TCP, for tests and closed networks only. */
  readonly tls?: ServerTls;
  readonly limits?: Partial<ScpLimits>;
  /** Verification (C-ECHO) is always there and need not be listed. */
  readonly presentationContexts: readonly SupportedContext[];
  authorise(peer: AssociationPeer): Promise<Authorisation<T>>;
  /** Throwing (or rejecting) refuses this instance with the status of the failure; its bytes are read and dropped. */
  onStore(request: StoreRequest<T>): StoreSink | Promise<StoreSink>;
  /** Its data set comes to the sink, whose status answers the action. Absent: actions are not supported. */
  onAction?(request: ActionRequest<T>): StoreSink | Promise<StoreSink>;
  /** Runs before a release is confirmed, and after an unfinished sink was aborted. */
  onAssociationEnd?(association: AcceptedAssociation<T>, outcome: AssociationOutcome): Promise<void> | void;
  onIncident?(incident: ScpIncident): void;
  /** Default: the DIMSE status of the HubError's code, with the title of the code as comment. */
  statusOfFailure?(failure: unknown): FailureStatus;
  readonly newAssociationId?: () => string;
  readonly timers?: Timers;
}
