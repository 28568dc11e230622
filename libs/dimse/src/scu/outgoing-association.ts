/**
 * The requestor's service user (PS3.8 section 7) with C-ECHO, C-STORE and the normalized services on top: one operation at
 * a time, data sets streamed with bounded memory, every end of the association a HubError in words.
 */
import type { Socket } from 'node:net';
import { HubError } from '@modelbank/contracts';
import { VERIFICATION_SOP_CLASS_UID } from '@modelbank/dicom';
import {
  COMMAND,
  RESPONSE_BIT,
  encodeActionRequest,
  encodeEchoRequest,
  encodeEventReportRequest,
  encodeResponse,
  encodeStoreRequest,
  type Command,
} from '../command/command-set';
import { storeStatusOf, type StoreStatus } from '../command/store-status';
import { encodeCommandPdus } from '../pdu/encode-pdu';
import type { Abort, AssociateAccept, DataPiece, Rejection } from '../pdu/pdu';
import { DEFAULT_PDU_LENGTHS } from '../pdu/pdu-reader';
import { describeAbort } from '../pdu/reasons';
import { sendingLengthFor } from '../pdu/sending-length';
import { ProtocolViolation, abortOf } from '../pdu/violation';
import { UpperLayer, type UpperLayerUser } from '../state/upper-layer';
import type { Timers } from '../transport/timers';
import { AwaitedAnswer } from './awaited-answer';
import { connectionLost, nameOf } from './connect';
import { DataPduPacker } from './data-pdu-packer';
import { PduBuffers, sendFilePdus } from './file-pdus';
import { MessageCollector, type Message } from './message-collector';
import { associationRefused, protocolBroken } from './peer-failures';
import { ProposedContexts } from './proposed-contexts';
import type { AssociationOptions, DataSetSource, NormalizedOperation, ScuTimeouts } from './scu-options';
import type { StoreOperation, WantedContext } from './scu-options';

const LINGER_MS = 1_000;

/** The peer's acceptance, its confirmation of a release, or the command set of a response. */
type Answer = AssociateAccept | 'released' | Command;

interface Exchange {
  readonly contextId: number;
  readonly messageId: number;
  /** Command field that the response must have. */
  readonly response: number;
}

export class OutgoingAssociation implements UpperLayerUser {
  private readonly options: AssociationOptions;
  private readonly timeouts: ScuTimeouts;
  private readonly answer: AwaitedAnswer<Answer>;
  private readonly upperLayer: UpperLayer;
  private readonly proposed: ProposedContexts;
  private readonly messages = new MessageCollector();
  private sendingLength = 0;
  private buffers?: PduBuffers;
  private nextMessageId = 1;
  private inOperation = false;
  /** The request of the operation that runs has left. */
  private sent: Promise<void> = Promise.resolve();

  constructor(socket: Socket, options: AssociationOptions, timeouts: ScuTimeouts, timers: Timers) {
    this.options = options;
    this.timeouts = timeouts;
    this.answer = new AwaitedAnswer(timers, () => this.upperLayer.abort(abortOf('unspecified')));
    this.proposed = new ProposedContexts(options.presentationContexts);
    this.upperLayer = new UpperLayer(socket, this, {
      role: 'requestor',
      timers,
      lengthLimits: DEFAULT_PDU_LENGTHS,
      associateMs: timeouts.associateMs,
      lingerMs: LINGER_MS,
    });
  }

  /** Sends the request and waits for the peer's answer; the association stands when this resolves. */
  async establish(): Promise<void> {
    const accepted = this.answer.expect();
    this.upperLayer.associate(this.proposed.encodeRequest(this.options));
    await this.inTime(accepted, this.timeouts.associateMs, 'answer the association request');
  }

  /** Whether the peer took this SOP class in this transfer syntax. */
  accepts(context: WantedContext): boolean {
    return this.proposed.acceptedId(context) !== undefined;
  }

  /** C-ECHO (PS3.7 section 9.1.5). */
  echo(): Promise<void> {
    return this.operate(async () => {
      const contextId = this.proposed.requireAcceptedClass(VERIFICATION_SOP_CLASS_UID, this.peer);
      const messageId = this.takeMessageId();
      const status = await this.request(encodeEchoRequest(messageId, VERIFICATION_SOP_CLASS_UID), {
        contextId,
        messageId,
        response: COMMAND.cEchoResponse,
      });
      if (status !== 0) throw new HubError('PEER_REJECTED', `${this.peer} refused the echo`);
    });
  }

  /** C-STORE (PS3.4 Annex B): resolves with the peer's status, whatever it is; throws where there is none. */
  store(operation: StoreOperation): Promise<StoreStatus> {
    return this.operate(async () => {
      const contextId = this.proposed.requireAccepted(operation, this.peer);
      const messageId = this.takeMessageId();
      const command = encodeStoreRequest(messageId, operation.sopClassUid, operation.sopInstanceUid);
      const exchange = { contextId, messageId, response: COMMAND.cStoreResponse };
      return storeStatusOf(await this.request(command, exchange, operation.source));
    });
  }

  /** N-ACTION (PS3.7 section 10.1.4): resolves with the peer's status. */
  action(operation: NormalizedOperation): Promise<number> {
    return this.normalized(operation, COMMAND.nActionResponse, encodeActionRequest);
  }

  /** N-EVENT-REPORT (PS3.7 section 10.1.1), where the peer accepted us as SCP: resolves with its status. */
  eventReport(operation: NormalizedOperation): Promise<number> {
    return this.normalized(operation, COMMAND.nEventReportResponse, encodeEventReportRequest);
  }

  /** A-RELEASE: resolves when the peer has confirmed. */
  async release(): Promise<void> {
    const confirmed = this.answer.expect();
    this.upperLayer.requestRelease();
    await this.inTime(confirmed, this.timeouts.releaseMs, 'confirm the release');
    this.answer.end(new HubError('INVALID_REQUEST', 'the association was released'));
  }

  /** A-ABORT: nothing more is sent or waited for. */
  abort(): void {
    this.upperLayer.abort();
    this.answer.end(new HubError('PEER_ABORTED', 'the association was aborted by this side'));
  }

  onAssociateAccept(accept: AssociateAccept): void {
    this.sendingLength = sendingLengthFor(accept.userInformation.maximumLength);
    this.proposed.adopt(accept);
    this.answer.settle(accept);
  }

  onAssociateReject(rejection: Rejection): void {
    this.answer.end(associationRefused(rejection, this.options));
  }

  onData(piece: DataPiece): Promise<void> | undefined {
    const message = this.messages.collect(piece);
    if (message === undefined) return undefined;
    if ((message.command.commandField & RESPONSE_BIT) === 0) return this.serve(message);
    if (!this.answer.isAwaited) throw new ProtocolViolation('serviceUser', 'nobody asked for this message');
    this.answer.settle(message.command);
    return undefined;
  }

  /** While we asked for the same (a collision), the peer's release is confirmed and ours still waits for its own answer. */
  onReleaseRequest(): void {
    const isCollision = this.upperLayer.state === 'Sta9';
    this.upperLayer.confirmRelease();
    if (!isCollision) this.answer.end(new HubError('PEER_ABORTED', `${this.peer} released the association by itself`));
  }

  onReleaseConfirmed(): void {
    this.answer.settle('released');
  }

  onAbort(abort: Abort): void {
    this.answer.end(new HubError('PEER_ABORTED', `${this.peer} aborted: ${describeAbort(abort)}`));
  }

  onFailure(failure: unknown): void {
    this.answer.end(protocolBroken(failure, this.options));
  }

  onClosed(cause?: Error): void {
    this.answer.end(connectionLost(cause, this.options));
  }

  private get peer(): string {
    return nameOf(this.options);
  }

  private async operate<R>(operation: () => Promise<R>): Promise<R> {
    this.answer.requireUsable();
    if (this.inOperation) throw new HubError('INTERNAL', 'an association carries one operation at a time');
    this.inOperation = true;
    try {
      return await operation();
    } finally {
      this.inOperation = false;
    }
  }

  private async request(command: Buffer, exchange: Exchange, dataSet?: DataSetSource): Promise<number> {
    const response = this.answer.expect();
    const sending = this.sendMessage(exchange.contextId, command, dataSet);
    this.sent = sending.catch(() => undefined);
    await sending;
    const answer = await this.inTime(response, this.timeouts.responseMs, 'respond');
    if (typeof answer === 'object' && 'commandField' in answer) {
      const { commandField, messageIdBeingRespondedTo, status } = answer;
      const matches = commandField === exchange.response && messageIdBeingRespondedTo === exchange.messageId;
      if (matches && status !== undefined) return status;
    }
    this.upperLayer.abort();
    const cause = new ProtocolViolation('serviceUser', 'the response does not belong to the request');
    throw this.answer.end(protocolBroken(cause, this.options));
  }

  private async sendMessage(contextId: number, command: Buffer, dataSet?: DataSetSource): Promise<void> {
    for (const pdu of encodeCommandPdus(command, contextId, this.sendingLength)) await this.sendPdu(pdu);
    if (dataSet) await this.sendDataSet(contextId, dataSet);
  }

  private normalized(
    operation: NormalizedOperation,
    response: number,
    encode: (messageId: number, instance: NormalizedOperation, typeId: number) => Buffer,
  ): Promise<number> {
    return this.operate(async () => {
      const contextId = this.proposed.requireAccepted(operation, this.peer);
      const messageId = this.takeMessageId();
      const command = encode(messageId, operation, operation.typeId);
      return this.request(command, { contextId, messageId, response }, operation.dataSet);
    });
  }

  /** A request of the peer on our own association: an event report, or a break of the protocol. */
  private async serve({ contextId, command, dataSet }: Message): Promise<void> {
    const { commandField, affectedSopClassUid = '', affectedSopInstanceUid = '', eventTypeId } = command;
    const context = this.proposed.accepted(contextId);
    const { onEventReport } = this.options;
    const isReport = commandField === COMMAND.nEventReportRequest && context?.sopClassUid === affectedSopClassUid;
    if (!onEventReport || !isReport || eventTypeId === undefined) {
      throw new ProtocolViolation('serviceUser', 'nobody asked for this message');
    }
    const status = await onEventReport({
      sopClassUid: affectedSopClassUid,
      sopInstanceUid: affectedSopInstanceUid,
      eventTypeId,
      transferSyntaxUid: context.transferSyntaxUid,
      dataSet,
    });
    const response = encodeResponse(command, status);
    // never between the fragments of another message
    await this.sent;
    for (const pdu of encodeCommandPdus(response, contextId, this.sendingLength)) void this.upperLayer.sendData(pdu);
  }

  private async sendDataSet(contextId: number, source: DataSetSource): Promise<void> {
    try {
      if ('path' in source && 'offset' in source) await this.sendFile(contextId, source.path, source.offset);
      else await this.sendPieces(contextId, Buffer.isBuffer(source) ? [source] : source);
    } catch (failure) {
      if (this.answer.isOwn(failure)) throw failure;
      // half a data set went out: the association cannot be used for anything else
      this.upperLayer.abort();
      throw this.answer.end(new HubError('NOT_FOUND', 'the data set could not be read to its end', { cause: failure }));
    }
  }

  private sendFile(contextId: number, path: string, offset: number): Promise<void> {
    this.buffers ??= new PduBuffers(this.sendingLength);
    return sendFilePdus(path, offset, {
      contextId,
      buffers: this.buffers,
      send: (pdu, onTaken) => this.sendPdu(pdu, onTaken),
      waitForRoom: (room) => this.inTime(room, this.timeouts.responseMs, 'take more bytes'),
    });
  }

  private async sendPieces(contextId: number, pieces: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void> {
    const packer = new DataPduPacker(contextId, this.sendingLength);
    for await (const bytes of pieces) {
      for (const pdu of packer.pack(bytes)) await this.sendPdu(pdu);
    }
    await this.sendPdu(packer.finish());
  }

  private async sendPdu(pdu: Buffer, onTaken?: () => void): Promise<void> {
    this.answer.requireUsable();
    const room = this.upperLayer.sendData(pdu, onTaken);
    if (room) await this.inTime(room, this.timeouts.responseMs, 'take more bytes');
    this.answer.requireUsable();
  }

  private takeMessageId(): number {
    const messageId = this.nextMessageId;
    this.nextMessageId = (messageId % 0xffff) + 1;
    return messageId;
  }

  private inTime<R>(promise: Promise<R>, ms: number, what: string): Promise<R> {
    return this.answer.inTime(promise, ms, `${this.peer} did not ${what}`);
  }
}
