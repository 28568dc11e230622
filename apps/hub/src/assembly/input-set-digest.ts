/** The digest of an input set: the same instances with the same content in the same roles give the same digest. */
import { createHash } from 'node:crypto';

export interface DigestMember {
  readonly role: string;
  readonly sopInstanceUid: string;
  readonly contentSha256: string;
}

/** SHA-256 over the sorted (role, SOP Instance UID, content hash), hex. */
export function inputSetDigest(members: readonly DigestMember[]): string {
  const lines = members.map((member) => `${member.role}|${member.sopInstanceUid}|${member.contentSha256}\n`).sort();
  const hash = createHash('sha256');
  for (const line of lines) hash.update(line);
  return hash.digest('hex');
}
