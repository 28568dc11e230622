/**
 * The DIMSE side of an association (PS3.7): collects command sets, answers C-ECHO, streams the data sets of C-STORE and
 * N-ACTION into receptions, and refuses every other operation with the status that the standard has for it.
 */
import { parseUid } from '@modelbank/dicom';
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
import type { EventReport, EventReports } from './event-reports';
import { echoable, refusalOfAction, refusalOfStore, statusWithoutDataSet } from './request-checks';
import type { AcceptedContext } from './request-checks';
import type { AcceptedAssociation, ActionRequest, EventReporter, FailureStatus } from './scp-options';
import type { StoreRequest, StoreSink } from './scp-options';
import { StoreReception, type ReceptionRules } from './store-reception';

export interface ResponderEnvironment<T> {
  readonly association: AcceptedAssociation<T>;
  /** Accepted presentation contexts by id. */
  readonly contexts: ReadonlyMap<number, AcceptedContext>;
  readonly sendingLength: number;
  readonly rules: ReceptionRules;
  readonly reports: EventReports;
  /** An operation gets a failure status before anything of it is taken. */
  onRefused(refusal: FailureStatus): void;
  openSink(request: StoreRequest<T>): StoreSink | Promise<StoreSink>;
  openAction(request: ActionRequest<T>): StoreSink | Promise<StoreSink>;
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
    this.environment.reports.end();
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
    if ((command.commandField & RESPONSE_BIT) !== 0) return void this.environment.reports.respond(command);
    if (command.commandField === COMMAND.cCancelRequest) return undefined;
    if (command.messageId === undefined) throw broken('the request lacks its message id');
    const { commandField, dataSetFollows } = command;
    if (commandField === COMMAND.cStoreRequest && dataSetFollows) return this.beginStore(command, contextId, context);
    if (commandField === COMMAND.nActionRequest && dataSetFollows && context.service === 'action') {
      return this.beginAction(command, contextId, context);
    }
    const status = statusWithoutDataSet(command, context);
    if (status !== STATUS.success) this.environment.onRefused({ status });
    if (!dataSetFollows) return this.respond(command, contextId, { status });
    const reception = StoreReception.refused({ status }, this.environment.rules);
    this.pending = { command, contextId, reception };
    return undefined;
  }

  private beginStore(command: Command, contextId: number, context: AcceptedContext): Promise<void> {
    const { association, openSink } = this.environment;
    const { affectedSopInstanceUid = '', messageId = 0 } = command;
    const { abstractSyntax: sopClassUid, transferSyntax: transferSyntaxUid } = context;
    return this.begin(command, contextId, refusalOfStore(command, context), async () => {
      const sopInstanceUid = parseUid(affectedSopInstanceUid);
      return openSink({ association, sopClassUid, sopInstanceUid, transferSyntaxUid, messageId });
    });
  }

  private beginAction(command: Command, contextId: number, context: AcceptedContext): Promise<void> {
    const { association, openAction } = this.environment;
    const { requestedSopInstanceUid: sopInstanceUid = '', actionTypeId = 0 } = command;
    const { abstractSyntax: sopClassUid, transferSyntax: transferSyntaxUid } = context;
    const reporter = this.reporterOn(contextId);
    return this.begin(command, contextId, refusalOfAction(command, context), async () =>
      openAction({ association, sopClassUid, sopInstanceUid, actionTypeId, transferSyntaxUid, reporter }),
    );
  }

  private async begin(
    command: Command,
    contextId: number,
    refusal: FailureStatus | undefined,
    open: () => Promise<StoreSink>,
  ): Promise<void> {
    const { rules, duringOwnWork } = this.environment;
    if (refusal) this.environment.onRefused(refusal);
    const reception = refusal
      ? StoreReception.refused(refusal, rules)
      : await duringOwnWork(StoreReception.begin(open, rules));
    this.pending = { command, contextId, reception };
  }

  private reporterOn(contextId: number): EventReporter {
    const { reports } = this.environment;
    return {
      get isOpen() {
        return reports.isOpen;
      },
      report: (report: EventReport) => reports.report(contextId, report),
    };
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

function broken(message: string): ProtocolViolation {
  return new ProtocolViolation('serviceUser', message);
}
