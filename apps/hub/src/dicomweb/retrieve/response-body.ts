/**
 * Bodies that are written piece by piece: a slow reader is waited for, one that has gone ends the work, and a failure after the first byte
 * cuts the connection, so that half an answer never looks like a whole one.
 */
import { randomUUID } from 'node:crypto';
import type { Response } from 'express';

/** Without any progress for this long, once the answer has begun, the reader is taken for gone. Longer than a decoder may take. */
const STALLED_MS = 120_000;

export class ReaderGone extends Error {}

export class ResponseBody {
  /** Fires when the reader has gone: what it asked for need not be finished. */
  readonly signal: AbortSignal;
  private readonly controller = new AbortController();

  constructor(private readonly response: Response) {
    this.signal = this.controller.signal;
    response.setHeader('Cache-Control', 'private, no-store');
    response.once('close', () => this.controller.abort());
  }

  header(name: string, value: string): void {
    this.response.setHeader(name, value);
  }

  /** Resolves when the reader can take more. */
  async write(chunk: Uint8Array | string): Promise<void> {
    if (this.signal.aborted) throw new ReaderGone();
    this.watchReader();
    if (this.response.write(chunk)) return;
    await new Promise<void>((resolve, reject) => {
      const settle = () => {
        this.response.off('drain', settle).off('close', settle);
        if (this.signal.aborted) reject(new ReaderGone());
        else resolve();
      };
      this.response.once('drain', settle).once('close', settle);
    });
  }

  async writeAll(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of chunks) await this.write(chunk);
  }

  private watchReader(): void {
    if (!this.response.headersSent) this.response.setTimeout(STALLED_MS, () => this.response.destroy());
  }

  end(): void {
    this.response.end();
  }

  /** A whole body at once, with an entity tag: 304 where the client has it already (RFC 9110 13.1.2). */
  send(type: string, bytes: Uint8Array, etag?: string): void {
    this.watchReader();
    if (etag !== undefined) this.response.setHeader('ETag', etag);
    this.response.setHeader('Content-Type', type);
    if (etag !== undefined && this.response.req.fresh) this.response.status(304).end();
    else this.response.setHeader('Content-Length', bytes.length).end(bytes);
  }
}

/** `multipart/related` (RFC 2387; PS3.18 8.6.1.2). */
export class MultipartBody {
  private readonly boundary = randomUUID();

  constructor(
    private readonly body: ResponseBody,
    type: string,
  ) {
    body.header('Content-Type', `multipart/related; type="${type}"; boundary=${this.boundary}`);
  }

  /** Begins a part; its bytes follow through the body. */
  begin(contentType: string, location?: string): Promise<void> {
    const where = location === undefined ? '' : `Content-Location: ${location}\r\n`;
    const separator = this.isFirst ? '' : '\r\n';
    this.isFirst = false;
    return this.body.write(`${separator}--${this.boundary}\r\nContent-Type: ${contentType}\r\n${where}\r\n`);
  }

  async end(): Promise<void> {
    await this.body.write(`\r\n--${this.boundary}--\r\n`);
    this.body.end();
  }

  private isFirst = true;
}
