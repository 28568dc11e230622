/**
 * A socket that speaks PDUs: events are handled strictly one after another, reading pauses while a handler works, and
 * writing waits for a peer that does not read. Both the SCP and the SCU stand on it.
 */
import type { Socket } from 'node:net';
import type { PduEvent } from '../pdu/pdu';
import type { PduReader } from '../pdu/pdu-reader';
import type { CancelAlarm, Timers } from './timers';

export interface ChannelHandlers {
  /** Handles one event; while the promise is pending nothing more is read. */
  onEvent(event: PduEvent): Promise<void> | void;
  /** The reader or a handler threw: most often a ProtocolViolation. */
  onFailure(failure: unknown): void;
  /** The socket is gone; called once. */
  onClosed(cause?: Error): void;
}

/** What may wait in the socket's own buffer before we stop producing. */
const WRITE_BUFFER_LIMIT = 524_288;
/** A peer that goes on sending after the end of its association gets this much patience. */
const DISCARD_LIMIT = 1_048_576;

export class PduChannel {
  /** Monotonic time of the last byte that came in. */
  lastByteAtMs: number;
  /** Everything received so far, for the rate floor. */
  bytesReceived = 0;
  private readonly socket: Socket;
  private readonly reader: PduReader;
  private readonly handlers: ChannelHandlers;
  private readonly timers: Timers;
  private busy = false;
  private ended = false;
  private discarded = 0;
  private cause?: Error;
  private cancelLinger?: CancelAlarm;

  constructor(socket: Socket, reader: PduReader, handlers: ChannelHandlers, timers: Timers) {
    this.socket = socket;
    this.reader = reader;
    this.handlers = handlers;
    this.timers = timers;
    this.lastByteAtMs = timers.monotonicMs();
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('error', (error) => (this.cause = error));
    socket.on('close', () => this.closed());
  }

  /** No PDU goes out any more: the association is over, or the socket is. */
  get isEnded(): boolean {
    return this.ended;
  }

  /** Sends one PDU in one write; the promise, where there is one, resolves when there is room again. */
  send(pdu: Buffer): Promise<void> | undefined {
    if (this.ended) return undefined;
    this.socket.write(pdu);
    return this.socket.writableLength > WRITE_BUFFER_LIMIT ? this.drained() : undefined;
  }

  /** Sends a last PDU (or none), says goodbye, and takes the socket away if the peer does not close it in time. */
  end(lastPdu: Buffer | undefined, lingerMs: number): void {
    if (this.ended) return;
    this.ended = true;
    this.reader.discard();
    this.socket.resume();
    if (lastPdu) this.socket.end(lastPdu);
    else this.socket.end();
    this.cancelLinger = this.timers.after(lingerMs, () => this.socket.destroy());
  }

  destroy(): void {
    this.ended = true;
    this.reader.discard();
    this.socket.destroy();
  }

  private receive(chunk: Buffer): void {
    this.lastByteAtMs = this.timers.monotonicMs();
    this.bytesReceived += chunk.length;
    if (this.ended) {
      this.discarded += chunk.length;
      if (this.discarded > DISCARD_LIMIT) this.socket.destroy();
      return;
    }
    this.reader.push(chunk);
    if (!this.busy) this.handleEvents();
  }

  private handleEvents(): void {
    try {
      for (let event = this.nextEvent(); event !== undefined; event = this.nextEvent()) {
        const work = this.handlers.onEvent(event);
        if (work !== undefined) return this.waitFor(work);
      }
    } catch (failure) {
      this.handlers.onFailure(failure);
    }
  }

  private nextEvent(): PduEvent | undefined {
    return this.ended ? undefined : this.reader.next();
  }

  private waitFor(work: Promise<void>): void {
    this.busy = true;
    this.socket.pause();
    work
      .catch((failure: unknown) => this.handlers.onFailure(failure))
      .finally(() => {
        this.busy = false;
        this.socket.resume();
        this.handleEvents();
      });
  }

  private drained(): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        this.socket.off('drain', settle);
        this.socket.off('close', settle);
        resolve();
      };
      this.socket.on('drain', settle);
      this.socket.on('close', settle);
    });
  }

  private closed(): void {
    this.ended = true;
    this.cancelLinger?.();
    this.handlers.onClosed(this.cause);
  }
}
