/**
 * Encodings that were found to say the same as the first object of their UID: an archive that sends a whole study again in
 * another transfer syntax, for the second time, is answered without decoding. In memory, and only so many.
 */
import type { InstanceCandidate } from '../instance-candidate';
import type { FirstObject } from './first-object';

const MOST = 20_000;

export class KnownEncodings {
  /** In the order in which they were found. */
  private readonly known = new Set<string>();

  has(first: FirstObject, candidate: InstanceCandidate): boolean {
    return this.known.has(keyOf(first, candidate));
  }

  add(first: FirstObject, candidate: InstanceCandidate): void {
    this.known.add(keyOf(first, candidate));
    const [oldest] = this.known;
    if (this.known.size > MOST && oldest !== undefined) this.known.delete(oldest);
  }
}

function keyOf({ kind, id }: FirstObject, { file, header }: InstanceCandidate): string {
  return `${kind} ${id} ${header.transferSyntaxUid} ${file.contentSha256}`;
}
