/**
 * The requestor's state machine (PS3.8 section 9.2) with C-ECHO and C-STORE on top: one operation at a time, data sets
 * streamed with bounded memory, every end of the association a HubError in words.
 */
import type { Socket } from 'node:net';
import { HubError } from '@modelbank/contracts';
import { VERIFICATION_SOP_CLASS_UID } from '@modelbank/dicom';
import {
  COMMAND,
  COMMAND_SET_LIMIT,
  decodeCommand,
  encodeEchoRequest,
  encodeStoreRequest,
  type Command,
} from '../command/command-set';
import { storeStatusOf, type StoreStatus } from '../command/store-status';
import { encodeAbort, encodeCommandPdus, encodeReleaseRequest, encodeReleaseResponse } from '../pdu/encode-pdu';
import {
  MAXIMUM_PDU_BYTES,
  PDU_TYPE,
  type AssociateAccept,
  type DataPiece,
  type PduEvent,
  type PduType,
  type Rejection,
} from '../pdu/pdu';
import { PduReader } from '../pdu/pdu-reader';
import { describeAbort, describeRejection } from '../pdu/reasons';
import { sendingLengthFor } from '../pdu/sending-length';
import { ProtocolViolation, abortOf } from '../pdu/violation';
import { PduChannel } from '../transport/pdu-channel';
import type { Timers } from '../transport/timers';
import { AwaitedAnswer } from './awaited-answer';
import { connectionLost, nameOf } from './connect';
import { DataPduPacker, openDataSet } from './data-set-source';
import { ProposedContexts } from './proposed-contexts';
import type { AssociationOptions, DataSetSource, ScuTimeouts, StoreOperation, WantedContext } from './scu-options';

const WAITING_FOR_ANSWER: ReadonlySet<PduType> = new Set([
  PDU_TYPE.associateAccept,
  PDU_TYPE.associateReject,
  PDU_TYPE.abort,
]);
const ESTABLISHED: ReadonlySet<PduType> = new Set([PDU_TYPE.data, PDU_TYPE.releaseRequest, PDU_TYPE.abort]);
const RELEASING: ReadonlySet<PduType> = new Set([...ESTABLISHED, PDU_TYPE.releaseResponse]);
const LINGER_MS = 1_000;

/** The peer's acceptance, its confirmation of a release, or the bytes of a response's command set. */
type Answer = AssociateAccept | 'released' | Buffer;

interface Exchange {
  readonly contextId: number;
  readonly messageId: number;
  /** Command field that the response must have. */
  readonly response: number;
}

export class OutgoingAssociation {
  private readonly options: AssociationOptions;
  private readonly timeouts: ScuTimeouts;
  private readonly answer: AwaitedAnswer<Answer>;
  private readonly reader = new PduReader(WAITING_FOR_ANSWER, MAXIMUM_PDU_BYTES);
  private readonly channel: PduChannel;
  private readonly proposed: ProposedContexts;
  private sendingLength = 0;
  private nextMessageId = 1;
  private inOperation = false;
  private responseParts: Buffer[] = [];
  private responseBytes = 0;

  constructor(socket: Socket, options: AssociationOptions, timeouts: ScuTimeouts, timers: Timers) {
    this.options = options;
    this.timeouts = timeouts;
    this.answer = new AwaitedAnswer(timers, () => this.channel.end(encodeAbort(abortOf('unspecified')), LINGER_MS));
    this.proposed = new ProposedContexts(options.presentationContexts);
    this.channel = new PduChannel(
      socket,
      this.reader,
      {
        onEvent: (event) => this.handle(event),
        onFailure: (failure) => this.protocolFailure(failure),
        onClosed: (cause) => void this.answer.end(connectionLost(cause, options)),
      },
      timers,
    );
  }

  /** Sends the request and waits for the peer's answer; the association stands when this resolves. */
  async establish(): Promise<void> {
    const accepted = this.answer.expect();
    void this.channel.send(this.proposed.encodeRequest(this.options));
    await this.inTime(accepted, this.timeouts.associateMs, 'answer the association request');
  }

  /** Whether the peer took this SOP class in this transfer syntax. */
  accepts(context: WantedContext): boolean {
    return this.proposed.acceptedId(context) !== undefined;
  }

  /** C-ECHO (PS3.7 section 9.1.5). */
  echo(): Promise<void> {
    return this.operate(async () => {
      const contextId = this.contextFor(VERIFICATION_SOP_CLASS_UID);
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

  /** A-RELEASE: resolves when the peer has confirmed. */
  async release(): Promise<void> {
    const confirmed = this.answer.expect();
    this.reader.expected = RELEASING;
    void this.channel.send(encodeReleaseRequest());
    await this.inTime(confirmed, this.timeouts.releaseMs, 'confirm the release');
    this.answer.end(new HubError('INVALID_REQUEST', 'the association was released'));
    this.channel.end(undefined, LINGER_MS);
  }

  /** A-ABORT: nothing more is sent or waited for. */
  abort(): void {
    this.channel.end(encodeAbort(abortOf('serviceUser')), LINGER_MS);
    this.answer.end(new HubError('PEER_ABORTED', 'the association was aborted by this side'));
  }

  private get peer(): string {
    return nameOf(this.options);
  }

  private handle(event: PduEvent): void {
    switch (event.type) {
      case 'associateAccept':
        this.reader.expected = ESTABLISHED;
        this.sendingLength = sendingLengthFor(event.accept.userInformation.maximumLength);
        this.proposed.adopt(event.accept.contexts);
        return this.answer.settle(event.accept);
      case 'associateReject':
        return this.endedByPeer(this.rejected(event.rejection));
      case 'abort':
        return this.endedByPeer(new HubError('PEER_ABORTED', `${this.peer} aborted: ${describeAbort(event.abort)}`));
      case 'releaseRequest':
        void this.channel.send(encodeReleaseResponse());
        return this.endedByPeer(new HubError('PEER_ABORTED', `${this.peer} released the association by itself`));
      case 'releaseResponse':
        return this.answer.settle('released');
      case 'data':
        return this.collectResponse(event);
      default:
        throw new ProtocolViolation('unexpectedPdu', `a requestor does not take ${event.type}`);
    }
  }

  private endedByPeer(failure: HubError): void {
    this.channel.end(undefined, LINGER_MS);
    this.answer.end(failure);
  }

  private rejected(rejection: Rejection): HubError {
    const { callingAeTitle, calledAeTitle } = this.options;
    const message = `${this.peer} refused the association: ${describeRejection(rejection)}`;
    if (rejection.result === 2) return new HubError('PEER_ABORTED', message, { advice: 'try again later' });
    return new HubError('PEER_REJECTED', message, {
      advice: `check that the peer knows our AE title ${callingAeTitle} and calls itself ${calledAeTitle}`,
    });
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
    for (const pdu of encodeCommandPdus(command, exchange.contextId, this.sendingLength)) await this.sendPdu(pdu);
    if (dataSet) await this.sendDataSet(exchange.contextId, dataSet);
    const bytes = await this.inTime(response, this.timeouts.responseMs, 'respond');
    const { commandField, messageIdBeingRespondedTo, dataSetFollows, status } = this.decode(bytes);
    const matches = commandField === exchange.response && messageIdBeingRespondedTo === exchange.messageId;
    if (!matches || dataSetFollows || status === undefined) {
      throw this.protocolFailure(new ProtocolViolation('serviceUser', 'the response does not belong to the request'));
    }
    return status;
  }

  private async sendDataSet(contextId: number, source: DataSetSource): Promise<void> {
    const packer = new DataPduPacker(contextId, this.sendingLength);
    try {
      for await (const bytes of openDataSet(source)) {
        for (const pdu of packer.pack(bytes)) await this.sendPdu(pdu);
      }
    } catch (failure) {
      if (this.answer.isOwn(failure)) throw failure;
      // half a data set went out: the association cannot be used for anything else
      this.channel.end(encodeAbort(abortOf('serviceUser')), LINGER_MS);
      throw this.answer.end(new HubError('NOT_FOUND', 'the data set could not be read to its end', { cause: failure }));
    }
    await this.sendPdu(packer.finish());
  }

  private async sendPdu(pdu: Buffer): Promise<void> {
    this.answer.requireUsable();
    const room = this.channel.send(pdu);
    if (room) await this.inTime(room, this.timeouts.responseMs, 'take more bytes');
    this.answer.requireUsable();
  }

  private collectResponse({ isCommand, bytes, endOfMessage }: DataPiece): void {
    if (!isCommand || !this.answer.isAwaited)
      throw new ProtocolViolation('serviceUser', 'nobody asked for this message');
    this.responseParts.push(bytes);
    this.responseBytes += bytes.length;
    if (this.responseBytes > COMMAND_SET_LIMIT) throw new ProtocolViolation('serviceUser', 'the response is too large');
    if (!endOfMessage) return;
    const response = Buffer.concat(this.responseParts);
    this.responseParts = [];
    this.responseBytes = 0;
    this.answer.settle(response);
  }

  private decode(answer: Answer): Command {
    try {
      return decodeCommand(Buffer.isBuffer(answer) ? answer : Buffer.alloc(0));
    } catch (failure) {
      throw this.protocolFailure(failure);
    }
  }

  private contextFor(sopClassUid: string): number {
    const id = this.proposed.acceptedIdOfClass(sopClassUid);
    if (id !== undefined) return id;
    throw new HubError('SOP_CLASS_NOT_SUPPORTED', `${this.peer} did not accept the verification service`);
  }

  private takeMessageId(): number {
    const messageId = this.nextMessageId;
    this.nextMessageId = (messageId % 0xffff) + 1;
    return messageId;
  }

  private inTime<R>(promise: Promise<R>, ms: number, what: string): Promise<R> {
    return this.answer.inTime(promise, ms, `${this.peer} did not ${what}`);
  }

  private protocolFailure(failure: unknown): HubError {
    const violation = failure instanceof ProtocolViolation ? failure : undefined;
    this.channel.end(encodeAbort(violation?.abort ?? abortOf('unspecified')), LINGER_MS);
    const words = violation?.message ?? 'an answer could not be handled';
    return this.answer.end(
      new HubError('PROTOCOL_ERROR', `${this.peer} broke the protocol: ${words}`, { cause: failure }),
    );
  }
}
