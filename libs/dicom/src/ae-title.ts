/**
 * Application entity titles (PS3.5 6.2, VR AE; PS3.8 9.3.2): only a parsed title is compared with an enrolment or logged.
 */
import { DicomError } from './dicom-error';

declare const aeTitleBrand: unique symbol;
export type AeTitle = string & { readonly [aeTitleBrand]: true };

/** The default repertoire without control characters and backslash. */
const PATTERN = /^[\x20-\x5b\x5d-\x7e]{1,16}$/;

/** The title without the leading and trailing spaces, which mean nothing. Throws DATASET_MALFORMED without its text. */
export function parseAeTitle(text: string): AeTitle {
  const title = text.trim();
  if (text.length > 16 || !PATTERN.test(text) || title === '') {
    throw new DicomError('DATASET_MALFORMED', `${text.length} characters that are not an AE title`);
  }
  return title as AeTitle;
}

/** Any text that a peer wrote in the place of a title, printable: other characters and the backslash as `\xNN`. */
export function escapeAeTitle(text: string): string {
  return text
    .slice(0, 16)
    .replace(
      /[^\x20-\x5b\x5d-\x7e]/g,
      (character) => `\\x${(character.charCodeAt(0) & 0xff).toString(16).padStart(2, '0')}`,
    );
}

export function isAeTitle(text: unknown): text is AeTitle {
  return typeof text === 'string' && text.trim() === text && text !== '' && PATTERN.test(text);
}
