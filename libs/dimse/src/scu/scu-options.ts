/** What an SCU is given: whom to call and as whom, what to propose, and how long to wait. */
import type { Readable } from 'node:stream';
import type { Timers } from '../transport/timers';

/** PEM texts. Without a pin the peer's certificate must name the host that is called. */
export interface ClientTls {
  readonly ca: string | Buffer;
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  /** SHA-256 of the one certificate that the peer may have, hex with or without colons. */
  readonly pinnedFingerprintSha256?: string;
}

export interface ScuTimeouts {
  /** TCP and TLS. */
  readonly connectMs: number;
  /** From the A-ASSOCIATE-RQ to its answer. */
  readonly associateMs: number;
  /** From the last byte of a request to its response, and for the peer to take more bytes. */
  readonly responseMs: number;
  readonly releaseMs: number;
}

export const DEFAULT_SCU_TIMEOUTS: ScuTimeouts = {
  connectMs: 10_000,
  associateMs: 10_000,
  responseMs: 60_000,
  releaseMs: 10_000,
};

/** One SOP class in one transfer syntax: proposed as a presentation context of its own. */
export interface WantedContext {
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  /** Our role (PS3.7 Annex D.3.3.4); the peer must agree to any but the default, `scu`. */
  readonly role?: 'scu' | 'scp';
}

export interface AssociationTarget {
  readonly host: string;
  readonly port: number;
  readonly tls?: ClientTls;
  readonly callingAeTitle: string;
  readonly calledAeTitle: string;
  readonly timeouts?: Partial<ScuTimeouts>;
  readonly timers?: Timers;
}

export interface AssociationOptions extends AssociationTarget {
  /** At most 128. */
  readonly presentationContexts: readonly WantedContext[];
  /** Takes the N-EVENT-REPORTs of the peer; its status is the answer. Absent: they break the protocol. */
  readonly onEventReport?: (report: ReceivedEventReport) => Promise<number> | number;
}

/** An N-EVENT-REPORT that the peer sent on an association of ours (PS3.7 section 10.1.1). */
export interface ReceivedEventReport {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly eventTypeId: number;
  readonly transferSyntaxUid: string;
  readonly dataSet: Buffer;
}

/** N-ACTION or N-EVENT-REPORT with a data set that is at hand, in the context's transfer syntax. */
export interface NormalizedOperation extends WantedContext {
  readonly sopInstanceUid: string;
  /** Action Type ID or Event Type ID. */
  readonly typeId: number;
  readonly dataSet: Buffer;
}

/** Where the bytes of a data set come from: a file from an offset on, or bytes at hand. Never with file meta information. */
export type DataSetSource = { readonly path: string; readonly offset: number } | Buffer | Readable;

export interface StoreOperation extends WantedContext {
  readonly sopInstanceUid: string;
  readonly source: DataSetSource;
}
