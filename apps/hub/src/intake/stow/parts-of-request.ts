/** The parts of one request: what is under way, and what became of the others. Of a finished part little is kept. */
import type { Readable } from 'node:stream';
import type { HubError } from '@modelbank/contracts';
import { PartReception } from './part-reception';
import type { PartOutcome, PartRules } from './part-reception';

export class PartsOfRequest {
  private readonly underWay = new Set<PartReception>();
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
    void part.outcome.then(() => this.underWay.delete(part));
    return (mediaType) => part.declare(mediaType);
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
