/** What the acceptor of our association sends: responses, and event reports with their data sets, in bounded memory. */
import { COMMAND_SET_LIMIT, RESPONSE_BIT, decodeCommand, type Command } from '../command/command-set';
import type { DataPiece } from '../pdu/pdu';
import { ProtocolViolation } from '../pdu/violation';

export interface Message {
  readonly contextId: number;
  readonly command: Command;
  /** Empty where the command announces none. */
  readonly dataSet: Buffer;
}

/** A report on 20,000 instances takes less. */
const DATA_SET_LIMIT = 8 * 1024 ** 2;

export class MessageCollector {
  private parts: Buffer[] = [];
  private bytes = 0;
  private announced?: { readonly contextId: number; readonly command: Command };

  /** The message that this piece completes. Throws ProtocolViolation. */
  collect({ contextId, isCommand, bytes, endOfMessage }: DataPiece): Message | undefined {
    if (isCommand === (this.announced !== undefined)) throw broken('a message came in the wrong order');
    if (this.announced && this.announced.contextId !== contextId) throw broken('a message changes its context');
    this.parts.push(bytes);
    this.bytes += bytes.length;
    if (this.bytes > (isCommand ? COMMAND_SET_LIMIT : DATA_SET_LIMIT)) throw broken('the message is too large');
    if (!endOfMessage) return undefined;
    const whole = this.takeParts();
    if (this.announced) {
      const { command } = this.announced;
      this.announced = undefined;
      return { contextId, command, dataSet: whole };
    }
    return this.commandCame(contextId, decodeCommand(whole));
  }

  private commandCame(contextId: number, command: Command): Message | undefined {
    if (!command.dataSetFollows) return { contextId, command, dataSet: Buffer.alloc(0) };
    if ((command.commandField & RESPONSE_BIT) !== 0) throw broken('a response announces a data set');
    this.announced = { contextId, command };
    return undefined;
  }

  private takeParts(): Buffer {
    const whole = Buffer.concat(this.parts);
    this.parts = [];
    this.bytes = 0;
    return whole;
  }
}

function broken(message: string): ProtocolViolation {
  return new ProtocolViolation('serviceUser', message);
}
