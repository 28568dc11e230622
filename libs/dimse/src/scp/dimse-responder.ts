/**
 * The DIMSE side of an association (PS3.7): collects command sets, answers C-ECHO, streams C-STORE data sets into
 * receptions, and refuses every other operation with the status that the standard has for it.
 */
import { ERROR_CODES } from '@modelbank/contracts';
import { VERIFICATION_SOP_CLASS_UID, isUid } from '@modelbank/dicom';
import {
  COMMAND,
  COMMAND_SET_LIMIT,
  RESPONSE_BIT,
  decodeCommand,
  encodeResponse,
  type Command,
} from '../command/command-set';
import { STATUS } from '../command/store-status';
import { encodeCommandPdus } from '../pdu/encode-pdu';
import type { DataPiece } from '../pdu/pdu';
import { ProtocolViolation } from '../pdu/violation';
import type { AcceptedAssociation, FailureStatus, StoreRequest, StoreSink } from './scp-options';
import { StoreReception, type ReceptionRules } from './store-reception';

export interface AcceptedContext {
  readonly abstractSyntax: string;
  readonly transferSyntax: string;
}

export interface ResponderEnvironment<T> {
  readonly association: AcceptedAssociation<T>;
  /** Accepted presentation contexts by id. */
  readonly contexts: ReadonlyMap<number, AcceptedContext>;
  readonly sendingLength: number;
  readonly rules: ReceptionRules;
  openSink(request: StoreRequest<T>): StoreSink | Promise<StoreSink>;
  send(pdu: Buffer): Promise<void> | undefined;
  /** Marks work that is ours, so that no clock of the peer runs. */
  duringOwnWork<R>(work: Promise<R>): Promise<R>;
}

/** A request whose data set is on its way. */
interface Pending {
  readonly command: Command;
  readonly contextId: number;
  readonly reception: StoreReception;
}

/** Operations that exist but that nobody offered here; anything else is unknown (PS3.7 table E.1-1). */
const OTHER_OPERATIONS: ReadonlySet<number> = new Set([
  0x0010, 0x0020, 0x0021, 0x0100, 0x0110, 0x0120, 0x0130, 0x0140, 0x0150,
]);

const INVALID_UID: FailureStatus = { status: STATUS.invalidUid, comment: ERROR_CODES.UID_INVALID.title };

export class DimseResponder<T> {
  private readonly environment: ResponderEnvironment<T>;
  private commandParts: Buffer[] = [];
  private commandBytes = 0;
  private commandContextId?: number;
  private pending?: Pending;

  constructor(environment: ResponderEnvironment<T>) {
    this.environment = environment;
  }

  /** A message has begun and is not complete. */
  get receiving(): boolean {
    return this.pending !== undefined || this.commandContextId !== undefined;
  }

  receive(piece: DataPiece): Promise<void> | undefined {
    return piece.isCommand ? this.receiveCommand(piece) : this.receiveDataSet(piece);
  }

  /** The association is over: an instance that is not complete is forgotten. */
  async drop(): Promise<void> {
    const pending = this.pending;
    this.pending = undefined;
    await pending?.reception.drop();
  }

  private receiveCommand({ contextId, bytes, endOfMessage }: DataPiece): Promise<void> | undefined {
    if (this.pending) throw broken('a command came where the data set of the last one was due');
    if (this.commandContextId !== undefined && this.commandContextId !== contextId) {
      throw broken('a command set changes its presentation context');
    }
    this.commandContextId = contextId;
    this.commandBytes += bytes.length;
    if (this.commandBytes > COMMAND_SET_LIMIT) throw broken('the command set is larger than any legal one');
    this.commandParts.push(bytes);
    if (!endOfMessage) return undefined;
    const command = decodeCommand(Buffer.concat(this.commandParts));
    this.commandParts = [];
    this.commandBytes = 0;
    this.commandContextId = undefined;
    return this.perform(command, contextId);
  }

  private perform(command: Command, contextId: number): Promise<void> | undefined {
    const context = this.environment.contexts.get(contextId);
    if (context === undefined) throw broken('a message uses a presentation context that was not accepted');
    if ((command.commandField & RESPONSE_BIT) !== 0) throw broken('a response came, though nothing was asked');
    if (command.commandField === COMMAND.cCancelRequest) return undefined;
    if (command.messageId === undefined) throw broken('the request lacks its message id');
    if (command.commandField === COMMAND.cStoreRequest && command.dataSetFollows) {
      return this.beginStore(command, contextId, context);
    }
    const status = statusWithoutDataSet(command, context);
    if (!command.dataSetFollows) return this.respond(command, contextId, { status });
    const reception = StoreReception.refused({ status }, this.environment.rules);
    this.pending = { command, contextId, reception };
    return undefined;
  }

  private async beginStore(command: Command, contextId: number, context: AcceptedContext): Promise<void> {
    const { rules, association, openSink, duringOwnWork } = this.environment;
    const { affectedSopInstanceUid: sopInstanceUid, messageId = 0 } = command;
    const { abstractSyntax: sopClassUid, transferSyntax: transferSyntaxUid } = context;
    const refusal = refusalOfStore(command, context);
    let reception: StoreReception;
    if (refusal || !isUid(sopInstanceUid)) {
      reception = StoreReception.refused(refusal ?? INVALID_UID, rules);
    } else {
      const request = { association, sopClassUid, sopInstanceUid, transferSyntaxUid, messageId };
      reception = await duringOwnWork(StoreReception.begin(async () => openSink(request), rules));
    }
    this.pending = { command, contextId, reception };
  }

  private receiveDataSet({ contextId, bytes, endOfMessage }: DataPiece): Promise<void> | undefined {
    const pending = this.pending;
    if (pending === undefined) throw broken('a data set came without a command that announces it');
    if (pending.contextId !== contextId) throw broken('a data set changes its presentation context');
    const written = bytes.length > 0 ? pending.reception.receive(bytes) : undefined;
    if (endOfMessage) return this.finish(pending, written);
    return written && this.environment.duringOwnWork(written);
  }

  private async finish(pending: Pending, written: Promise<void> | undefined): Promise<void> {
    const finished = async (): Promise<FailureStatus> => {
      await written;
      return pending.reception.finish();
    };
    const status = await this.environment.duringOwnWork(finished());
    this.pending = undefined;
    await this.respond(pending.command, pending.contextId, status);
  }

  private respond(command: Command, contextId: number, { status, comment }: FailureStatus): Promise<void> | undefined {
    const response = encodeResponse(echoable(command), status, comment);
    let room: Promise<void> | undefined;
    for (const pdu of encodeCommandPdus(response, contextId, this.environment.sendingLength)) {
      room = this.environment.send(pdu);
    }
    return room;
  }
}

/** What a request without data set, or one that is not ours, is answered. */
function statusWithoutDataSet(command: Command, context: AcceptedContext): number {
  if (command.commandField === COMMAND.cEchoRequest) {
    return context.abstractSyntax === VERIFICATION_SOP_CLASS_UID ? STATUS.success : STATUS.sopClassNotSupported;
  }
  if (command.commandField === COMMAND.cStoreRequest) return STATUS.processingFailure;
  return OTHER_OPERATIONS.has(command.commandField) ? STATUS.sopClassNotSupported : STATUS.unrecognisedOperation;
}

function refusalOfStore(command: Command, context: AcceptedContext): FailureStatus | undefined {
  const { affectedSopClassUid, affectedSopInstanceUid } = command;
  if (!affectedSopClassUid || !affectedSopInstanceUid) {
    return { status: STATUS.processingFailure, comment: 'The request lacks the UID of its class or instance' };
  }
  if (context.abstractSyntax === VERIFICATION_SOP_CLASS_UID || affectedSopClassUid !== context.abstractSyntax) {
    return { status: STATUS.sopClassNotSupported, comment: 'The SOP class is not that of the presentation context' };
  }
  return undefined;
}

/** UIDs that are none are not sent back: they may be of any length and hold anything. */
function echoable(command: Command): Command {
  const kept = (uid: string | undefined): string | undefined => (uid && isUid(uid) ? uid : undefined);
  return {
    ...command,
    affectedSopClassUid: kept(command.affectedSopClassUid),
    affectedSopInstanceUid: kept(command.affectedSopInstanceUid),
  };
}

function broken(message: string): ProtocolViolation {
  return new ProtocolViolation('serviceUser', message);
}
