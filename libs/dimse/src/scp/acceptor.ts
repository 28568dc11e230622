/**
 * The acceptor's state machine (PS3.8 section 9.2, states 2 to 13) for one connection: associate, exchange, release or
 * abort; from the first byte to the moment at which the end of the association has been told.
 */
import type { Socket } from 'node:net';
import { OWN_INFORMATION } from '../pdu/associate-information';
import { encodeAbort, encodeAssociateAccept, encodeAssociateReject, encodeReleaseResponse } from '../pdu/encode-pdu';
import {
  CONTEXT_RESULT,
  MAXIMUM_PDU_BYTES,
  PDU_TYPE,
  type AnsweredContext,
  type AssociateRequest,
  type PduEvent,
  type PduType,
  type Rejection,
} from '../pdu/pdu';
import { PduReader } from '../pdu/pdu-reader';
import { REJECTION, describeAbort, describeRejection } from '../pdu/reasons';
import { sendingLengthFor } from '../pdu/sending-length';
import { ProtocolViolation, abortOf } from '../pdu/violation';
import { PduChannel } from '../transport/pdu-channel';
import type { PeerCertificate } from '../transport/peer-certificate';
import type { Timers } from '../transport/timers';
import { DimseResponder, type AcceptedContext } from './dimse-responder';
import { answerContexts, refusalOf, type SupportedSyntaxes } from './negotiate';
import type {
  AcceptedAssociation,
  AssociationOutcome,
  AssociationPeer,
  Authorisation,
  DimseServerOptions,
  FailureStatus,
  ScpIncident,
  ScpLimits,
} from './scp-options';
import { Watchdog } from './watchdog';

/** What all connections of one server share. */
export interface AcceptorEnvironment<T> {
  readonly hooks: Pick<DimseServerOptions<T>, 'authorise' | 'onStore' | 'onAssociationEnd'>;
  readonly limits: ScpLimits;
  readonly supported: SupportedSyntaxes;
  readonly timers: Timers;
  newAssociationId(): string;
  statusOfFailure(failure: unknown): FailureStatus;
  report(incident: ScpIncident): void;
  /** There is room for one more association in all. */
  hasRoom(): boolean;
  /** There is room for one more association of this centre. */
  hasRoomFor(countedAs: string): boolean;
}

const BEFORE_ASSOCIATION: ReadonlySet<PduType> = new Set([PDU_TYPE.associateRequest, PDU_TYPE.abort]);
const DURING_ASSOCIATION: ReadonlySet<PduType> = new Set([PDU_TYPE.data, PDU_TYPE.releaseRequest, PDU_TYPE.abort]);

export class Acceptor<T> {
  /** Resolves when the connection is gone and every hook has been told. */
  readonly done: Promise<void>;
  /** The centre this association counts for; set when it is accepted. */
  countedAs?: string;
  readonly certificate?: PeerCertificate;
  /** Who asks or asked for an association. */
  peer?: AssociationPeer;
  private readonly environment: AcceptorEnvironment<T>;
  private readonly remoteAddress: string;
  private readonly reader = new PduReader(BEFORE_ASSOCIATION, MAXIMUM_PDU_BYTES);
  private readonly channel: PduChannel;
  private readonly watchdog: Watchdog;
  private association?: AcceptedAssociation<T>;
  private responder?: DimseResponder<T>;
  private work: Promise<void> = Promise.resolve();
  private asked = false;
  private concluded = false;
  private reported = false;
  private resolveDone!: () => void;

  constructor(socket: Socket, certificate: PeerCertificate | undefined, environment: AcceptorEnvironment<T>) {
    this.environment = environment;
    this.certificate = certificate;
    this.remoteAddress = socket.remoteAddress ?? '';
    this.done = new Promise((resolve) => (this.resolveDone = resolve));
    this.channel = new PduChannel(
      socket,
      this.reader,
      {
        onEvent: (event) => this.handle(event),
        onFailure: (failure) => this.fail(failure),
        onClosed: () => void this.closed(),
      },
      environment.timers,
    );
    this.watchdog = new Watchdog(environment.timers, environment.limits, this.watched(), (rule, message) =>
      this.abort(rule, message),
    );
  }

  /** Holds (or asks for) one of the places for associations. */
  get holdsPlace(): boolean {
    return this.asked && !this.channel.isEnded;
  }

  /** Nothing more will come of this connection. */
  get isOver(): boolean {
    return this.channel.isEnded;
  }

  /** A message is half way: closing now would lose it. */
  get receiving(): boolean {
    return this.responder?.receiving === true && !this.channel.isEnded;
  }

  /** Ends the association with an A-ABORT of ours. */
  abort(rule: ScpIncident['rule'], message: string): void {
    if (this.channel.isEnded) return;
    this.report(rule, message);
    this.channel.end(encodeAbort(abortOf('unspecified')), this.environment.limits.lingerMs);
  }

  private handle(event: PduEvent): Promise<void> | undefined {
    const work = this.dispatch(event);
    if (work) this.work = work.catch(() => undefined);
    return work;
  }

  private dispatch(event: PduEvent): Promise<void> | undefined {
    switch (event.type) {
      case 'associateRequest':
        return this.answer(event.request);
      case 'data':
        return this.responder?.receive(event);
      case 'releaseRequest':
        return this.release();
      case 'abort':
        this.report('dropped', `the peer aborted: ${describeAbort(event.abort)}`);
        this.channel.end(undefined, this.environment.limits.lingerMs);
        return undefined;
      default:
        throw new ProtocolViolation('unexpectedPdu', `an acceptor does not take ${event.type}`);
    }
  }

  private async answer(request: AssociateRequest): Promise<void> {
    this.reader.expected = DURING_ASSOCIATION;
    this.asked = true;
    const { maximumLength } = request.userInformation;
    const sendingLength = sendingLengthFor(maximumLength);
    const peer = (this.peer = this.describePeer(request));
    const verdict = await this.watchdog.duringOwnWork(this.judge(request, peer));
    if (this.channel.isEnded) return;
    if (!verdict.accept) return this.reject(verdict);
    const countedAs = verdict.countedAs ?? peer.fingerprintSha256;
    if (countedAs !== undefined && !this.environment.hasRoomFor(countedAs)) {
      return this.reject(REJECTION.localLimitExceeded);
    }
    this.countedAs = countedAs;
    this.association = { ...peer, id: this.environment.newAssociationId(), context: verdict.context };
    const answered = answerContexts(request.contexts, this.environment.supported);
    this.responder = this.makeResponder(this.association, acceptedContexts(request, answered), sendingLength);
    this.watchdog.associationOpened();
    await this.channel.send(encodeAssociateAccept({ ...request, userInformation: OWN_INFORMATION }, answered));
  }

  private async judge(request: AssociateRequest, peer: AssociationPeer): Promise<Authorisation<T>> {
    const refusal = refusalOf(request) ?? (this.environment.hasRoom() ? undefined : REJECTION.localLimitExceeded);
    if (refusal) return { accept: false, ...refusal };
    try {
      return await this.environment.hooks.authorise(peer);
    } catch (cause) {
      this.report('hookFailed', 'nobody could say whether the peer may associate', cause);
      return { accept: false, ...REJECTION.temporaryCongestion };
    }
  }

  private reject(rejection: Rejection): void {
    const isLimit = rejection.source === 3;
    this.report(isLimit ? 'limit' : 'rejected', `association refused: ${describeRejection(rejection)}`);
    this.channel.end(encodeAssociateReject(rejection), this.environment.limits.lingerMs);
  }

  private async release(): Promise<void> {
    const incomplete = this.responder?.receiving === true;
    if (incomplete) this.report('dropped', 'the peer released the association inside a message');
    await this.watchdog.duringOwnWork(this.conclude(incomplete ? 'aborted' : 'released'));
    this.channel.end(encodeReleaseResponse(), this.environment.limits.lingerMs);
  }

  private fail(failure: unknown): void {
    if (!(failure instanceof ProtocolViolation)) return this.failInside(failure);
    this.report('protocolViolation', failure.message);
    this.channel.end(encodeAbort(failure.abort), this.environment.limits.lingerMs);
  }

  private failInside(cause: unknown): void {
    this.report('hookFailed', 'the association ended by a failure of our own', cause);
    this.channel.end(encodeAbort(abortOf('unspecified')), this.environment.limits.lingerMs);
  }

  private async closed(): Promise<void> {
    this.watchdog.stop();
    await this.work;
    if (this.association && !this.concluded) this.report('dropped', 'the connection was lost without a release');
    await this.conclude('aborted');
    this.resolveDone();
  }

  private async conclude(outcome: AssociationOutcome): Promise<void> {
    if (this.association === undefined || this.concluded) return;
    this.concluded = true;
    await this.responder?.drop();
    try {
      await this.environment.hooks.onAssociationEnd?.(this.association, outcome);
    } catch (cause) {
      this.reported = false;
      this.report('hookFailed', 'the end of an association could not be recorded', cause);
    }
  }

  private makeResponder(
    association: AcceptedAssociation<T>,
    contexts: ReadonlyMap<number, AcceptedContext>,
    sendingLength: number,
  ): DimseResponder<T> {
    const { limits, statusOfFailure, hooks } = this.environment;
    return new DimseResponder<T>({
      association,
      contexts,
      sendingLength,
      rules: {
        maximumObjectBytes: limits.maximumObjectBytes,
        statusOfFailure,
        onFailure: (cause) =>
          this.environment.report(this.incident('instanceRefused', 'an instance was refused', cause)),
      },
      openSink: (request) => hooks.onStore(request),
      send: (pdu) => this.channel.send(pdu),
      duringOwnWork: (work) => this.watchdog.duringOwnWork(work),
    });
  }

  private describePeer({ callingAeTitle, calledAeTitle }: AssociateRequest): AssociationPeer {
    return { ...this.certificate, callingAeTitle, calledAeTitle, remoteAddress: this.remoteAddress };
  }

  private watched() {
    const isReceiving = (): boolean => this.responder?.receiving === true || this.reader.insidePdu;
    const { channel } = this;
    return {
      get lastByteAtMs() {
        return channel.lastByteAtMs;
      },
      get bytesReceived() {
        return channel.bytesReceived;
      },
      get receiving() {
        return isReceiving();
      },
    };
  }

  /** One incident per connection: what follows from the first is not news. */
  private report(rule: ScpIncident['rule'], message: string, cause?: unknown): void {
    if (this.reported) return;
    this.reported = true;
    this.environment.report(this.incident(rule, message, cause));
  }

  private incident(rule: ScpIncident['rule'], message: string, cause?: unknown): ScpIncident {
    const { remoteAddress, certificate, association, peer } = this;
    return { rule, message, remoteAddress, ...(peer ?? certificate), associationId: association?.id, cause };
  }
}

function acceptedContexts(
  request: AssociateRequest,
  answered: readonly AnsweredContext[],
): ReadonlyMap<number, AcceptedContext> {
  const abstractSyntaxes = new Map(request.contexts.map((context) => [context.id, context.abstractSyntax]));
  return new Map(
    answered
      .filter((context) => context.result === CONTEXT_RESULT.accepted)
      .map(({ id, transferSyntax }) => [id, { abstractSyntax: abstractSyntaxes.get(id) ?? '', transferSyntax }]),
  );
}
