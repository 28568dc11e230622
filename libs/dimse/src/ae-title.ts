/** The AE value representation (PS3.5 table 6.2-1) as the upper layer needs it. */

/** 1 to 16 characters of the default repertoire without backslash and control characters, no space at either end. */
export function isAeTitle(text: string): boolean {
  return text.length >= 1 && text.length <= 16 && /^[\x20-\x5b\x5d-\x7e]+$/.test(text) && text === text.trim();
}

/** Digits and dots, at most 64: enough to be safe; whether it is a proper UID is for the one who stores it. */
export function isUidText(text: string): boolean {
  return text.length <= 64 && /^\d+(\.\d+)*$/.test(text);
}
