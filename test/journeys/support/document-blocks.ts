/** The marked code blocks of a document, so that a test runs what the reader copies. */
import { readFileSync } from 'node:fs';

const BLOCK = /<!-- block: ([a-z-]+) -->\n```[a-z]*\n([^]*?)```/g;

/** By name: `<!-- block: NAME -->` on the line above the fence. */
export function documentBlocks(path: string): ReadonlyMap<string, string> {
  return new Map([...readFileSync(path, 'utf8').matchAll(BLOCK)].map(([, name, text]) => [name, text]));
}

/** The text with the document's example names replaced by what the test has; each of them must be known. */
export function withNames(text: string, names: Readonly<Record<string, string>>): string {
  return Object.entries(names).reduce((replaced, [name, value]) => replaced.replaceAll(name, value), text);
}
