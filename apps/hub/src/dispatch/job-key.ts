/**
 * The key of a job: the same inputs, package, parameters and run number give the same key, so that a repeated event
 * cannot make a second job and result UIDs derived from the key stay the same over restarts.
 */
import { createHash } from 'node:crypto';

export interface JobInput {
  readonly role: string;
  readonly sopInstanceUid: string;
  readonly contentSha256: string;
}

export interface JobKeyParts {
  readonly centreId: string;
  readonly inputs: readonly JobInput[];
  readonly packageDigest: string;
  readonly parameters: Readonly<Record<string, string | number | boolean>>;
  /** 1 for the first run; rises when a person asks for another, or after a cancelled run. */
  readonly runNumber: number;
}

/** SHA-256, hex. The order of inputs and parameters does not matter. */
export function jobKey(parts: JobKeyParts): string {
  const inputs = parts.inputs.map((input) => [input.role, input.sopInstanceUid, input.contentSha256].join('|')).sort();
  const parameters = Object.entries(parts.parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  const canonical = JSON.stringify([parts.centreId, inputs, parts.packageDigest, parameters, parts.runNumber]);
  return createHash('sha256').update(canonical).digest('hex');
}
