/**
 * What hides in the 128 bytes before a file's DICM prefix (PS3.10 7.1): a file may be a program or a document and DICOM at
 * the same time (CVE-2019-11687). Zeros and TIFF are what the standard has in mind; anything that runs is refused.
 */

const KINDS: readonly (readonly [kind: string, start: string])[] = [
  ['a Windows program', 'MZ'],
  ['an ELF program', '\x7fELF'],
  ['a script', '#!'],
  ['a Mach-O program', '\xfe\xed\xfa\xce'],
  ['a Mach-O program', '\xfe\xed\xfa\xcf'],
  ['a Mach-O program', '\xce\xfa\xed\xfe'],
  ['a Mach-O program', '\xcf\xfa\xed\xfe'],
  ['a Mach-O program or Java class', '\xca\xfe\xba\xbe'],
  ['a PDF document', '%PDF'],
  ['a ZIP archive', 'PK\x03\x04'],
];
/** Browsers look for these after white space and whatever their case. */
const MARKUP: readonly string[] = ['<html', '<!doctype', '<?xml', '<script', '<svg', '<body', '<head', '<iframe'];

/** What the beginning of a file would be taken for besides DICOM, in words; undefined where it is harmless. */
export function programInPreamble(file: Uint8Array): string | undefined {
  const preamble = Buffer.from(file.buffer, file.byteOffset, Math.min(file.length, 128)).toString('latin1');
  const found = KINDS.find(([, start]) => preamble.startsWith(start));
  if (found !== undefined) return found[0];
  const markup = preamble.replaceAll('\0', '').trimStart().toLowerCase();
  return MARKUP.some((start) => markup.startsWith(start)) ? 'a web page' : undefined;
}
