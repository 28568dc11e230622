/**
 * The acceptor's service user (PS3.8 section 7) for one connection: who may associate, what is negotiated, the messages, the
 * times, and the end, told to the hooks exactly once. The protocol machine itself is `UpperLayer`.
 */
import type { Socket } from 'node:net';
import { HubError } from '@modelbank/contracts';
import { statusText } from '../command/store-status';
import { OWN_INFORMATION } from '../pdu/associate-information';
import { encodeAssociateAccept, encodeAssociateReject } from '../pdu/encode-pdu';
import type { Abort, AssociateRequest, DataPiece, Rejection } from '../pdu/pdu';
import { REJECTION, describeAbort, describeRejection } from '../pdu/reasons';
import { sendingLengthFor } from '../pdu/sending-length';
import { ProtocolViolation, abortOf } from '../pdu/violation';
import { UpperLayer, type UpperLayerUser } from '../state/upper-layer';
import type { PeerCertificate } from '../transport/peer-certificate';
import type { Timers } from '../transport/timers';
import { DimseResponder } from './dimse-responder';
import { EventReports } from './event-reports';
import { acceptedContexts, answerContexts, answerRoles, refusalOf, withActions } from './negotiate';
import type { SupportedServices } from './negotiate';
import type { AcceptedContext } from './request-checks';
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
import { Watchdog, type Watched } from './watchdog';

/** What all connections of one server share. */
export interface AcceptorEnvironment<T> {
  readonly hooks: Pick<DimseServerOptions<T>, 'authorise' | 'onStore' | 'onAction' | 'onAssociationEnd'>;
  readonly limits: ScpLimits;
  readonly services: SupportedServices;
  readonly timers: Timers;
  newAssociationId(): string;
  statusOfFailure(failure: unknown): FailureStatus;
  report(incident: ScpIncident): void;
  /** There is room for one more association in all. */
  hasRoom(): boolean;
  /** There is room for one more association of this centre. */
  hasRoomFor(countedAs: string): boolean;
}

export class Acceptor<T> implements UpperLayerUser {
  /** Resolves when the connection is gone and every hook has been told. */
  readonly done: Promise<void>;
  /** The centre this association counts for; set when it is accepted. */
  countedAs?: string;
  readonly certificate?: PeerCertificate;
  /** Who asks or asked for an association. */
  peer?: AssociationPeer;
  private readonly environment: AcceptorEnvironment<T>;
  private readonly remoteAddress: string;
  private readonly upperLayer: UpperLayer;
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
    const { timers, limits } = environment;
    this.upperLayer = new UpperLayer(socket, this, {
      role: 'acceptor',
      timers,
      lengthLimits: { associateBytes: limits.maximumAssociateBytes, dataBytes: limits.maximumPduBytes },
      associateMs: limits.associateMs,
      lingerMs: limits.lingerMs,
    });
    this.watchdog = new Watchdog(timers, limits, this.watched(), (rule, message) => this.abort(rule, message));
  }

  /** Holds (or asks for) one of the places for associations. */
  get holdsPlace(): boolean {
    return this.asked && !this.upperLayer.isEnded;
  }

  /** Nothing more will come of this connection. */
  get isOver(): boolean {
    return this.upperLayer.isEnded;
  }

  /** A message is half way: closing now would lose it. */
  get receiving(): boolean {
    return this.responder?.receiving === true && !this.upperLayer.isEnded;
  }

  /** Ends the association with an A-ABORT of ours; before there is one, the connection. */
  abort(rule: ScpIncident['rule'], message: string): void {
    if (this.upperLayer.isEnded) return;
    this.report(rule, message);
    this.upperLayer.abort(abortOf('unspecified'));
  }

  onAssociateRequest(request: AssociateRequest): void {
    this.asked = true;
    const sendingLength = sendingLengthFor(request.userInformation.maximumLength);
    this.detach(this.answer(request, sendingLength));
  }

  onData(piece: DataPiece): Promise<void> | undefined {
    const work = this.responder?.receive(piece);
    if (work) this.work = work.catch(() => undefined);
    return work;
  }

  onReleaseRequest(): void {
    this.detach(this.release());
  }

  onAbort(abort: Abort): void {
    this.report('dropped', `the peer aborted: ${describeAbort(abort)}`);
  }

  onFailure(failure: unknown): void {
    const isViolation = failure instanceof ProtocolViolation;
    if (isViolation) this.report('protocolViolation', failure.message);
    else this.report('hookFailed', 'the association ended by a failure of our own', failure);
  }

  onArtimExpired(): void {
    this.report('timeout', 'no association request came in time');
  }

  onClosed(): void {
    void this.closed();
  }

  /** Work beside which the machine goes on: an abort of the peer counts at once. */
  private detach(work: Promise<void>): void {
    this.work = work.catch((failure: unknown) => {
      this.onFailure(failure);
      this.upperLayer.abort(failure instanceof ProtocolViolation ? failure.abort : abortOf('unspecified'));
    });
  }

  private async answer(request: AssociateRequest, sendingLength: number): Promise<void> {
    const peer = (this.peer = this.describePeer(request));
    const verdict = await this.watchdog.duringOwnWork(this.judge(request, peer));
    if (this.upperLayer.isEnded) return;
    if (!verdict.accept) return this.reject(verdict);
    const countedAs = verdict.countedAs ?? peer.fingerprintSha256;
    if (countedAs !== undefined && !this.environment.hasRoomFor(countedAs)) {
      return this.reject(REJECTION.localLimitExceeded);
    }
    this.countedAs = countedAs;
    this.association = { ...peer, id: this.environment.newAssociationId(), context: verdict.context };
    const services = withActions(this.environment.services, verdict.furtherContexts);
    const answered = answerContexts(request, services);
    const contexts = acceptedContexts(request, answered, services);
    this.responder = this.makeResponder(this.association, contexts, sendingLength);
    this.watchdog.associationOpened();
    const userInformation = {
      ...OWN_INFORMATION,
      maximumLength: this.environment.limits.maximumPduBytes,
      roles: answerRoles(request, answered),
    };
    await this.upperLayer.accept(encodeAssociateAccept({ ...request, userInformation }, answered));
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
    this.upperLayer.reject(encodeAssociateReject(rejection));
  }

  private async release(): Promise<void> {
    const incomplete = this.responder?.receiving === true;
    if (incomplete) this.report('dropped', 'the peer released the association inside a message');
    await this.watchdog.duringOwnWork(this.conclude(incomplete ? 'aborted' : 'released'));
    this.upperLayer.confirmRelease();
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
    const { limits, statusOfFailure, hooks, timers } = this.environment;
    const send = (pdu: Buffer) => this.upperLayer.sendData(pdu);
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
      reports: new EventReports({ timers, responseMs: limits.responseMs, sendingLength, send }),
      onRefused: ({ status }) =>
        this.environment.report(
          this.incident('operationRefused', `an operation was answered with ${statusText(status)}`),
        ),
      openSink: (request) => hooks.onStore(request),
      openAction: (request) => {
        if (hooks.onAction) return hooks.onAction(request);
        throw new HubError('SOP_CLASS_NOT_SUPPORTED', 'no action is supported');
      },
      send,
      duringOwnWork: (work) => this.watchdog.duringOwnWork(work),
    });
  }

  private describePeer({ callingAeTitle, calledAeTitle }: AssociateRequest): AssociationPeer {
    return { ...this.certificate, callingAeTitle, calledAeTitle, remoteAddress: this.remoteAddress };
  }

  private watched(): Watched {
    const isReceiving = (): boolean => this.responder?.receiving === true || this.upperLayer.insidePdu;
    const { upperLayer } = this;
    return {
      get lastByteAtMs() {
        return upperLayer.lastByteAtMs;
      },
      get bytesReceived() {
        return upperLayer.bytesReceived;
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
