/** The parts of one request: what is under way, and what became of the others. Of a finished part little is kept. */
import type { Readable } from 'node:stream';
import type { HubError } from '@modelbank/contracts';
import { PartReception } from './part-reception';
import type { PartOutcome, PartRules } from './part-reception';

/** Twice as many as are finished side by side: each may hold what the parser hands out before it stands still. */
const MOST_UNDER_WAY = 16;

export class PartsOfRequest {
  private readonly underWay = new Set<PartReception>();
  private tellOfRoom: () => void = () => undefined;
  private readonly results: Promise<PartOutcome>[] = [];

  constructor(private readonly rules: PartRules) {}

  get count(): number {
    return this.results.length;
  }

  /** Reads the part; the returned function wants to know its Content-Type. */
  begin(stream: Readable): (mediaType: string | undefined) => void {
    const part = new PartReception(stream, this.rules);
    this.underWay.add(part);
    this.results.push(part.outcome);
    void part.outcome.then(() => {
      this.underWay.delete(part);
      if (this.underWay.size < MOST_UNDER_WAY) this.tellOfRoom();
    });
    return (mediaType) => part.declare(mediaType);
  }

  /** Resolves when another part may begin; undefined when it may at once. */
  room(): Promise<void> | undefined {
    if (this.underWay.size < MOST_UNDER_WAY) return undefined;
    return new Promise((resolve) => (this.tellOfRoom = resolve));
  }

  /** In the order of the parts, when the last of them is done. */
  outcomes(): Promise<PartOutcome[]> {
    return Promise.all(this.results);
  }

  /** Resolves when nothing is under way any more: what was whole is stored, the rest is gone. */
  async abort(reason: HubError): Promise<void> {
    this.underWay.forEach((part) => part.abort(reason));
    await this.outcomes();
  }
}
