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
  onEvent(event: PduEvent): Promise<void> | undefined;
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
  /** Our last PDU was sent: what still comes is bounded. */
  private ending = false;
  /** Nothing that comes is looked at any more. */
  private deaf = false;
  private bytesAfterEnd = 0;
  private cause?: Error;
  private cancelDestroy?: CancelAlarm;

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

  /**
   * Sends one PDU in one write; the promise, where there is one, resolves when there is room again. `onTaken` is called when
   * the buffer is not needed any more.
   */
  send(pdu: Buffer, onTaken?: () => void): Promise<void> | undefined {
    if (!this.socket.writable) return undefined;
    this.socket.write(pdu, onTaken);
    return this.socket.writableLength > WRITE_BUFFER_LIMIT ? this.drained() : undefined;
  }

  /** Sends a last PDU. What the peer sends until it closes is still read, though not without end. */
  endWith(lastPdu: Buffer): void {
    this.ending = true;
    void this.send(lastPdu);
    this.socket.resume();
  }

  /** Forgets what has not been read, and all that still comes. */
  deafen(): void {
    this.deaf = true;
    this.reader.discard();
    this.socket.resume();
  }

  /** Says goodbye, and takes the socket away if the peer does not close it in time. */
  close(lingerMs: number): void {
    this.ending = true;
    this.deafen();
    this.socket.end();
    this.cancelDestroy = this.timers.after(lingerMs, () => this.socket.destroy());
  }

  destroy(): void {
    this.deafen();
    this.socket.destroy();
  }

  private receive(chunk: Buffer): void {
    this.lastByteAtMs = this.timers.monotonicMs();
    this.bytesReceived += chunk.length;
    if (this.ending) {
      this.bytesAfterEnd += chunk.length;
      if (this.bytesAfterEnd > DISCARD_LIMIT) return this.destroy();
    }
    if (this.deaf) return;
    this.reader.push(chunk);
    if (!this.busy) this.handleEvents();
  }

  private handleEvents(): void {
    try {
      for (let event = this.reader.next(); event !== undefined; event = this.reader.next()) {
        const work = this.handlers.onEvent(event);
        if (work !== undefined) return this.waitFor(work);
      }
    } catch (failure) {
      this.handlers.onFailure(failure);
    }
  }

  private waitFor(work: Promise<void>): void {
    this.busy = true;
    if (!this.ending) this.socket.pause();
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
    this.deaf = true;
    this.reader.discard();
    this.cancelDestroy?.();
    this.handlers.onClosed(this.cause);
  }
}
