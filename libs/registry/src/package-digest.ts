/** The digest of a model package: it changes when any file changes, is added, removed or renamed, the manifest included. */
import { createHash } from 'node:crypto';

/** SHA-256 (hex) over the lines `path\nsha256\n` in the byte order of the paths; paths are relative with `/`. */
export function packageDigest(files: Readonly<Record<string, string>>): string {
  const hash = createHash('sha256');
  const paths = Object.keys(files).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const path of paths) {
    if (/[\n\0]/.test(path)) throw new RangeError('a path of a package must not hold a line end');
    if (!/^[0-9a-f]{64}$/.test(files[path])) throw new RangeError('a digest must be 64 lower-case hex digits');
    hash.update(`${path}\n${files[path]}\n`);
  }
  return hash.digest('hex');
}
