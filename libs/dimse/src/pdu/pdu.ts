/** The protocol data units of the DICOM upper layer (PS3.8 section 9.3) as values: what travels, before it is bytes. */

export const PDU_TYPE = {
  associateRequest: 0x01,
  associateAccept: 0x02,
  associateReject: 0x03,
  data: 0x04,
  releaseRequest: 0x05,
  releaseResponse: 0x06,
  abort: 0x07,
} as const;
export type PduType = (typeof PDU_TYPE)[keyof typeof PDU_TYPE];

/** PS3.7 Annex A.2.1: the only application context there is. */
export const DICOM_APPLICATION_CONTEXT = '1.2.840.10008.3.1.1.1';

/** Type byte, a reserved byte and the length. */
export const PDU_HEADER_BYTES = 6;
/** Length, presentation context and message control header of one PDV item (PS3.8 section 9.3.5.1 and Annex E). */
export const PDV_HEADER_BYTES = 6;
/** The most that an association request or answer may measure. */
export const ASSOCIATE_LENGTH_LIMIT = 65_536;
/** The maximum length that we advertise, and the most that a P-DATA-TF of ours measures, its header included. */
export const MAXIMUM_PDU_BYTES = 131_072;
/** Below this a peer asks for PDUs that carry next to nothing: an attack or a defect, never a device. */
export const MINIMUM_PEER_PDU_BYTES = 1_024;

/** One proposed presentation context (PS3.8 section 9.3.2.2). */
export interface ProposedContext {
  /** Odd, 1 to 255. */
  readonly id: number;
  readonly abstractSyntax: string;
  readonly transferSyntaxes: readonly string[];
}

/** Result of a presentation context (PS3.8 table 9-18). */
export const CONTEXT_RESULT = {
  accepted: 0,
  userRejection: 1,
  noReason: 2,
  abstractSyntaxNotSupported: 3,
  transferSyntaxesNotSupported: 4,
} as const;

/** The answer to one proposed context; `transferSyntax` means something only when it is accepted. */
export interface AnsweredContext {
  readonly id: number;
  readonly result: number;
  readonly transferSyntax: string;
}

/** Which roles of a SOP class the association's requestor has (PS3.7 Annex D.3.3.4); without it: SCU. */
export interface RoleSelection {
  readonly sopClassUid: string;
  readonly scu: boolean;
  readonly scp: boolean;
}

/** What both sides say about themselves in the user information item (PS3.7 Annex D.3.3). */
export interface UserInformation {
  /** The longest P-DATA-TF that the sender of this wants; 0 means no limit; absent where it did not say. */
  readonly maximumLength?: number;
  readonly implementationClassUid?: string;
  readonly implementationVersionName?: string;
  readonly roles: readonly RoleSelection[];
  /** A user identity was offered. It is never trusted: the certificate alone says who the peer is. */
  readonly userIdentity: 'absent' | 'ignored' | 'refused';
}

export interface AssociateRequest {
  readonly protocolVersion: number;
  readonly applicationContext: string;
  readonly calledAeTitle: string;
  readonly callingAeTitle: string;
  readonly contexts: readonly ProposedContext[];
  readonly userInformation: UserInformation;
}

export interface AssociateAccept {
  readonly contexts: readonly AnsweredContext[];
  readonly userInformation: UserInformation;
}

export interface Rejection {
  /** 1 permanent, 2 transient. */
  readonly result: number;
  /** 1 service user, 2 service provider (ACSE), 3 service provider (presentation). */
  readonly source: number;
  readonly reason: number;
}

export interface Abort {
  /** 0 service user, 2 service provider. */
  readonly source: number;
  readonly reason: number;
}

/** A piece of a message as it arrives; a PDV larger than a socket read comes as several pieces. */
export interface DataPiece {
  readonly type: 'data';
  readonly contextId: number;
  readonly isCommand: boolean;
  /** No further byte of this command set or data set follows. */
  readonly endOfMessage: boolean;
  readonly bytes: Buffer;
}

export type PduEvent =
  | { readonly type: 'associateRequest'; readonly request: AssociateRequest }
  | { readonly type: 'associateAccept'; readonly accept: AssociateAccept }
  | { readonly type: 'associateReject'; readonly rejection: Rejection }
  | DataPiece
  | { readonly type: 'releaseRequest' }
  | { readonly type: 'releaseResponse' }
  | { readonly type: 'abort'; readonly abort: Abort };
