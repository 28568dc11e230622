/**
 * Reads a multipart/related body (RFC 2387, PS3.18 8.6.1.2) part by part while it arrives. Nothing is collected: where a part
 * stands still the parser does, then the socket. Resolves when the body and all its parts were read to the end.
 */
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Dicer } from '@fastify/busboy';
import { HubError } from '@modelbank/contracts';
import type { Scheduler } from '@modelbank/platform';
import { BodyWatch } from './body-watch';
import type { BodyPace } from './body-watch';

/** What one part, and the parser, may hold while a file is being opened. */
const PART_BUFFER_BYTES = 256 * 1024;
const MOST_HEADER_BYTES = 8 * 1024;
const MOST_HEADER_FIELDS = 32;

export interface MultipartRules extends BodyPace {
  readonly boundary: string;
  readonly maxRequestBytes: number;
  readonly maxParts: number;
  readonly scheduler: Scheduler;
  /** Must read the stream to its end; the returned function is told the part's Content-Type. */
  onPart(part: Readable): (mediaType: string | undefined) => void;
  /** Asked after each chunk: resolves when more parts may come; undefined when they may at once. */
  room(): Promise<void> | undefined;
}

export function readMultipart(request: IncomingMessage, rules: MultipartRules): Promise<void> {
  return new Promise((resolve, reject) => new MultipartBody(request, rules, resolve, reject).start());
}

class MultipartBody {
  private readonly parser: Dicer;
  private readonly watch: BodyWatch;
  private bytes = 0;
  private parts = 0;
  private isOver = false;

  constructor(
    private readonly request: IncomingMessage,
    private readonly rules: MultipartRules,
    private readonly resolve: () => void,
    private readonly reject: (reason: HubError) => void,
  ) {
    this.parser = new Dicer({
      ...{ boundary: rules.boundary, highWaterMark: PART_BUFFER_BYTES, partHwm: PART_BUFFER_BYTES },
      ...{ maxHeaderPairs: MOST_HEADER_FIELDS, maxHeaderSize: MOST_HEADER_BYTES },
    });
    this.watch = new BodyWatch(rules.scheduler, (reason) => this.fail(reason));
  }

  start(): void {
    const { request, parser } = this;
    parser.on('part', (part) => this.begin(part));
    parser.on('error', () => this.fail(new HubError('INVALID_REQUEST', 'the body ends before its last boundary')));
    const isRead = new Promise<void>((resolve) => request.once('end', resolve));
    const isParsed = new Promise<void>((resolve) => parser.once('finish', resolve));
    void Promise.all([isRead, isParsed]).then(() => this.end(this.resolve));
    request.on('data', this.receive);
    request.once('end', () => parser.end());
    request.once('close', this.closed);
    this.watch.start(this.rules);
  }

  private readonly receive = (chunk: Buffer): void => {
    this.bytes += chunk.length;
    this.watch.received(chunk.length);
    if (this.bytes > this.rules.maxRequestBytes) {
      return this.fail(new HubError('DATASET_TOO_LARGE', 'the request is larger than allowed'));
    }
    const drained = this.parser.write(chunk) ? undefined : this.drained();
    // small parts end before anything stands still, so that they are counted
    const room = this.rules.room();
    if (drained !== undefined || room !== undefined) this.standStillFor(Promise.all([drained, room]));
  };

  private drained(): Promise<void> {
    return new Promise((resolve) => this.parser.once('drain', resolve));
  }

  private standStillFor(work: Promise<unknown>): void {
    this.watch.wait();
    this.request.pause();
    void work.then(() => this.goOn());
  }

  private readonly closed = (): void => {
    if (!this.request.complete) this.fail(new HubError('PEER_ABORTED', 'the connection was lost inside the body'));
  };

  private begin(part: Readable): void {
    this.parts += 1;
    if (this.isOver || this.parts > this.rules.maxParts) {
      part.resume();
      this.fail(new HubError('DATASET_TOO_LARGE', 'the request has more parts than allowed'));
      return;
    }
    const declare = this.rules.onPart(part);
    part.once('header', (header: Record<string, string[]>) => declare(header['content-type']?.[0]));
  }

  private goOn(): void {
    if (this.isOver) return;
    this.watch.goOn();
    this.request.resume();
  }

  private fail(reason: HubError): void {
    this.end(() => this.reject(reason));
  }

  private end(settle: () => void): void {
    if (this.isOver) return;
    this.isOver = true;
    this.watch.stop();
    this.request.off('data', this.receive);
    this.request.off('close', this.closed);
    this.request.pause();
    settle();
  }
}
