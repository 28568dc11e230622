/**
 * One association's protocol machine at work (PS3.8 section 9.2) on a socket, for the acceptor and the requestor: PDUs and
 * the user's primitives go through the standard's table, and its actions are done here. The user is told what concerns it.
 */
import type { Socket } from 'node:net';
import { encodeAbort, encodeReleaseRequest, encodeReleaseResponse } from '../pdu/encode-pdu';
import type { Abort, AssociateAccept, AssociateRequest, DataPiece, PduEvent, Rejection } from '../pdu/pdu';
import { PduReader, type PduLengthLimits } from '../pdu/pdu-reader';
import { ProtocolViolation, abortOf } from '../pdu/violation';
import { PduChannel } from '../transport/pdu-channel';
import type { CancelAlarm, Timers } from '../transport/timers';
import { EVENT, EVENT_OF_PDU, TAKEN_PDUS, actionOf, stateAfter } from './state-table';
import type { Action, Role, State, UpperLayerEvent } from './state-table';

/** The service user: what the standard calls indications and confirmations. What is left out cannot happen to its role. */
export interface UpperLayerUser {
  /** The peer asks for an association: answer with `accept` or `reject`. */
  onAssociateRequest?(request: AssociateRequest): void;
  onAssociateAccept?(accept: AssociateAccept): void;
  onAssociateReject?(rejection: Rejection): void;
  /** While the promise is pending nothing more is read. */
  onData(piece: DataPiece): Promise<void> | undefined;
  /** The peer wants to end: answer with `confirmRelease`. */
  onReleaseRequest(): void;
  onReleaseConfirmed?(): void;
  onAbort(abort: Abort): void;
  /** The peer broke the protocol, or the user's own handler threw; the association was aborted. */
  onFailure(failure: unknown): void;
  /** No request came in time; the connection is being closed. */
  onArtimExpired?(): void;
  /** The connection is gone; called once, last. */
  onClosed(cause?: Error): void;
}

export interface UpperLayerSettings {
  readonly role: Role;
  readonly timers: Timers;
  readonly lengthLimits: PduLengthLimits;
  /** ARTIM (PS3.8 section 9.1.5) while the request is awaited. */
  readonly associateMs: number;
  /** ARTIM while the peer is to close, and what our own close may take. */
  readonly lingerMs: number;
}

const ENDED: ReadonlySet<State> = new Set(['Sta1', 'Sta13']);

export class UpperLayer {
  private readonly settings: UpperLayerSettings;
  private readonly user: UpperLayerUser;
  private readonly reader: PduReader;
  private readonly channel: PduChannel;
  private current: State;
  private cancelArtim: CancelAlarm = () => undefined;

  /** The socket is connected: an acceptor is in Sta2, a requestor in Sta4 until `associate`. */
  constructor(socket: Socket, user: UpperLayerUser, settings: UpperLayerSettings) {
    this.settings = settings;
    this.user = user;
    const { role, timers, lengthLimits, associateMs } = settings;
    this.current = role === 'acceptor' ? 'Sta2' : 'Sta4';
    this.reader = new PduReader(TAKEN_PDUS[this.current], lengthLimits);
    const handlers = {
      onEvent: (event: PduEvent) => this.handle(event),
      onFailure: (failure: unknown) => this.fail(failure),
      onClosed: (cause?: Error) => this.closed(cause),
    };
    this.channel = new PduChannel(socket, this.reader, handlers, timers);
    if (role === 'acceptor') this.startArtim(associateMs);
  }

  get state(): State {
    return this.current;
  }

  /** No message goes out any more. */
  get isEnded(): boolean {
    return ENDED.has(this.current);
  }

  /** Monotonic time of the last byte that came in. */
  get lastByteAtMs(): number {
    return this.channel.lastByteAtMs;
  }

  get bytesReceived(): number {
    return this.channel.bytesReceived;
  }

  /** A PDU has begun and is not complete. */
  get insidePdu(): boolean {
    return this.reader.insidePdu;
  }

  /** Sends the A-ASSOCIATE-RQ over the connection that stands (Evt2). */
  associate(request: Buffer): void {
    if (this.act(EVENT.connected)) void this.channel.send(request);
  }

  accept(answer: Buffer): Promise<void> | undefined {
    return this.act(EVENT.acceptPrimitive) && this.channel.send(answer);
  }

  reject(answer: Buffer): void {
    if (this.act(EVENT.rejectPrimitive)) this.endWith(answer);
  }

  /** Sends one P-DATA-TF, or nothing after the end; the promise, where there is one, resolves when there is room again. */
  sendData(pdu: Buffer): Promise<void> | undefined {
    return this.act(EVENT.dataPrimitive) && this.channel.send(pdu);
  }

  requestRelease(): void {
    if (this.act(EVENT.releaseRequestPrimitive)) void this.channel.send(encodeReleaseRequest());
  }

  confirmRelease(): void {
    const action = this.act(EVENT.releaseResponsePrimitive);
    if (action === 'AR-4') this.endWith(encodeReleaseResponse());
    if (action === 'AR-9') void this.channel.send(encodeReleaseResponse());
  }

  /** Ends the association now. Before there is one, the connection is closed without a word. */
  abort(abort: Abort = abortOf('serviceUser')): void {
    // Sta2 has no user yet who could abort: it ends as if its time were up
    const action = this.act(this.current === 'Sta2' ? EVENT.artimExpired : EVENT.abortPrimitive);
    if (action === 'AA-1') this.endWith(encodeAbort(abort));
    if (action === 'AA-2') this.close();
  }

  private act(event: UpperLayerEvent): Action | undefined {
    const action = actionOf(this.current, event);
    if (action === undefined) return undefined;
    this.current = stateAfter(action, this.settings.role);
    this.reader.expected = TAKEN_PDUS[this.current];
    return action;
  }

  private handle(event: PduEvent): Promise<void> | undefined {
    const before = this.current;
    const action = this.act(EVENT_OF_PDU[event.type]);
    switch (action) {
      case 'DT-2':
      case 'AR-6':
        return event.type === 'data' ? this.user.onData(event) : undefined;
      case undefined:
      case 'AA-6':
        return undefined;
      case 'AA-1':
      case 'AA-7':
      case 'AA-8':
        // the reader refuses these at their first byte; one that was begun in an earlier state ends here
        this.current = before;
        throw new ProtocolViolation('unexpectedPdu', `${event.type} is not expected in this state`);
      default:
        return this.indicate(action, event);
    }
  }

  private indicate(action: Action, event: PduEvent): undefined {
    if (event.type === 'associateRequest') {
      this.cancelArtim();
      this.user.onAssociateRequest?.(event.request);
    } else if (event.type === 'associateAccept') {
      this.user.onAssociateAccept?.(event.accept);
    } else if (event.type === 'releaseRequest') {
      this.user.onReleaseRequest();
    } else {
      if (action !== 'AR-10') this.close();
      if (event.type === 'associateReject') this.user.onAssociateReject?.(event.rejection);
      if (event.type === 'releaseResponse') this.user.onReleaseConfirmed?.();
      if (event.type === 'abort' && action === 'AA-3') this.user.onAbort(event.abort);
    }
  }

  /** Evt19 for what is no PDU or not expected; a broken message inside intact PDUs is our user's abort (Evt15). */
  private fail(failure: unknown): void {
    const violation = failure instanceof ProtocolViolation ? failure : undefined;
    const byUser = this.current !== 'Sta2' && (violation === undefined || violation.kind === 'serviceUser');
    const action = this.act(byUser ? EVENT.abortPrimitive : EVENT.invalidPdu);
    if (action === undefined) return;
    if (action === 'AA-7') void this.channel.send(encodeAbort(violation?.abort ?? abortOf('unspecified')));
    else this.endWith(encodeAbort(violation?.abort ?? abortOf('unspecified')));
    // where a PDU begins is no longer known
    if (!byUser) this.channel.deafen();
    if (action !== 'AA-7') this.user.onFailure(failure);
  }

  private closed(cause?: Error): void {
    this.cancelArtim();
    this.act(EVENT.connectionClosed);
    this.user.onClosed(cause);
  }

  /** The last PDU of ours: from now on the peer is to close, and what it still sends is bounded and ignored. */
  private endWith(lastPdu: Buffer): void {
    this.channel.endWith(lastPdu);
    this.startArtim(this.settings.lingerMs);
  }

  private close(): void {
    this.cancelArtim();
    this.channel.close(this.settings.lingerMs);
  }

  private startArtim(ms: number): void {
    this.cancelArtim();
    this.cancelArtim = this.settings.timers.after(ms, () => {
      const isWaiting = this.current === 'Sta2';
      if (this.act(EVENT.artimExpired) === undefined) return;
      if (isWaiting) this.user.onArtimExpired?.();
      this.channel.destroy();
    });
  }
}
