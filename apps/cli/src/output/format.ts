/** Small formats for people. */

/** Local date and time to the second. */
export function localTime(iso: string | null): string {
  if (iso === null) return '-';
  const at = new Date(iso);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** A fingerprint as openssl prints it, with colons and capitals, is the same one. */
export function fingerprint(text: string): string {
  return text.replaceAll(':', '').toLowerCase();
}

export function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(durationMs < 10_000 ? 2 : 1)} s`;
}
