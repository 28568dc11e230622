/**
 * What a client accepts (RFC 9110 12.5.1; PS3.18 8.7.3.5, 8.7.8): media ranges with their quality, `multipart/related` with the type of its
 * parts, and the transfer syntax. An `accept` query parameter takes the place of the header (PS3.18 8.3.3.1).
 */
import type { Request } from 'express';
import { HubError } from '@modelbank/contracts';

export interface AcceptedRange {
  readonly multipart: boolean;
  /** Of the body, or of its parts; `*` where any will do. */
  readonly type: string;
  /** A UID, or `*` for whatever is stored; absent: the default of the media type. */
  readonly transferSyntax?: string;
  readonly quality: number;
}

export interface Offer {
  readonly multipart: boolean;
  readonly type: string;
  readonly transferSyntaxUid?: string;
  /** Is what a range without a transfer syntax means. */
  readonly isDefault: boolean;
  /** Is not meant by `*` + `/*`, only by its own name. */
  readonly onlyByName?: boolean;
}

const LONGEST_HEADER = 4096;
const MOST_RANGES = 32;

export function acceptedBy(request: Request): readonly AcceptedRange[] {
  const { accept } = request.query;
  if (accept !== undefined && typeof accept !== 'string')
    throw new HubError('INVALID_REQUEST', 'accept is there twice');
  return parseAccept(accept ?? request.headers.accept);
}

/** The ranges in the order given; none stated: everything is welcome. */
export function parseAccept(text: string | undefined): readonly AcceptedRange[] {
  if (text === undefined || text.trim() === '') return [{ multipart: false, type: '*/*', quality: 1 }];
  if (text.length > LONGEST_HEADER) throw new HubError('INVALID_REQUEST', 'the Accept header is too long');
  const ranges = splitOutsideQuotes(text, ',');
  if (ranges.length > MOST_RANGES) throw new HubError('INVALID_REQUEST', 'the Accept header has too many media types');
  return ranges.map(parseRange);
}

/** The offer that the client likes best; the first of several that it likes equally. Undefined when it takes none. */
export function preferredOffer<O extends Offer>(ranges: readonly AcceptedRange[], offers: readonly O[]): O | undefined {
  const rated = offers.map((offer) => ({ offer, quality: qualityOf(ranges, offer) }));
  const best = Math.max(0, ...rated.map(({ quality }) => quality));
  return best === 0 ? undefined : rated.find(({ quality }) => quality === best)?.offer;
}

/** `preferredOffer`, or a problem that says what there is. */
export function requireOffer<O extends Offer>(ranges: readonly AcceptedRange[], offers: readonly O[]): O {
  const offer = preferredOffer(ranges, offers);
  if (offer !== undefined) return offer;
  const names = offers.map(({ multipart, type, transferSyntaxUid }) => {
    const syntax = type.startsWith('application/dicom+') ? '' : `; transfer-syntax=${transferSyntaxUid ?? '*'}`;
    return multipart ? `multipart/related; type="${type}"${syntax}` : `${type}${syntax}`;
  });
  throw new HubError('NOT_ACCEPTABLE', 'none of the media types that the request accepts can be given', {
    advice: `accept one of: ${[...new Set(names)].join(', ')}`,
  });
}

/** The most specific range that covers the offer decides (RFC 9110 12.5.1). */
function qualityOf(ranges: readonly AcceptedRange[], offer: Offer): number {
  let specificity = -1;
  let quality = 0;
  for (const range of ranges) {
    const found = coverage(range, offer);
    if (found < specificity || found < 0 || (found === specificity && range.quality <= quality)) continue;
    specificity = found;
    quality = range.quality;
  }
  return quality;
}

/** -1: not covered; else how specific the range is. */
function coverage(range: AcceptedRange, offer: Offer): number {
  const { type, transferSyntax } = range;
  if (type === '*/*' && !range.multipart) return offer.onlyByName === true ? -1 : 0;
  if (range.multipart !== offer.multipart) return -1;
  const group = `${offer.type.split('/')[0]}/*`;
  if (type !== offer.type && type !== group && type !== '*/*') return -1;
  if (transferSyntax === undefined && !offer.isDefault) return -1;
  if (transferSyntax !== undefined && transferSyntax !== '*' && transferSyntax !== offer.transferSyntaxUid) return -1;
  const named = type === offer.type ? 4 : type === group ? 2 : 1;
  return named + (transferSyntax === undefined || transferSyntax === '*' ? 0 : 1);
}

function parseRange(text: string): AcceptedRange {
  const [mediaType = '', ...rest] = splitOutsideQuotes(text, ';');
  const parameters = new Map(rest.map(parseParameter));
  const name = mediaType.toLowerCase();
  const multipart = name === 'multipart/related' || name === 'multipart/*';
  return {
    multipart,
    type: multipart ? (parameters.get('type')?.toLowerCase() ?? '*/*') : name === '*' ? '*/*' : name,
    transferSyntax: parameters.get('transfer-syntax'),
    quality: qualityValue(parameters.get('q')),
  };
}

function qualityValue(text: string | undefined): number {
  if (text === undefined) return 1;
  if (/^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(text)) return Number(text);
  throw new HubError('INVALID_REQUEST', 'a quality value of the Accept header is not between 0 and 1');
}

function parseParameter(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  const [name, value] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1).trim()];
  const unquoted = value.startsWith('"') && value.endsWith('"') && value.length >= 2 ? value.slice(1, -1) : value;
  return [name.trim().toLowerCase(), unquoted];
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let part = '';
  let quoted = false;
  for (const character of text) {
    if (character === '"') quoted = !quoted;
    if (character === separator && !quoted) {
      parts.push(part);
      part = '';
    } else part += character;
  }
  return [...parts, part].map((each) => each.trim()).filter((each) => each !== '');
}
