/** What a STOW request says of itself before its body is read (PS3.18 10.5.1): anything that we would not store is refused here. */
import type { IncomingHttpHeaders } from 'node:http';
import { HubError } from '@modelbank/contracts';

export interface StowContent {
  readonly boundary: string;
}

const ANSWERS = ['application/dicom+json', 'application/json', 'application/*', '*/*'];
/** RFC 2046 5.1.1: at most 70 characters, no space at the end. */
const BOUNDARY = /^[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]$/;
const MOST_HEADER_CHARACTERS = 1024;

/** Throws NOT_ACCEPTABLE, MEDIA_TYPE_NOT_SUPPORTED, DATASET_TOO_LARGE or INVALID_REQUEST. */
export function checkStowHeaders(headers: IncomingHttpHeaders, maxRequestBytes: number): StowContent {
  if (!accepts(headers.accept)) {
    throw new HubError('NOT_ACCEPTABLE', 'the answer to a store request is application/dicom+json');
  }
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new HubError('MEDIA_TYPE_NOT_SUPPORTED', 'an encoded body is not accepted: send it without Content-Encoding');
  }
  if (Number(headers['content-length'] ?? 0) > maxRequestBytes) {
    throw new HubError('DATASET_TOO_LARGE', 'the request is larger than allowed', {
      advice: 'Send the study in several requests.',
    });
  }
  return { boundary: boundaryOf(headers['content-type'] ?? '') };
}

function accepts(accept: string | undefined): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  return accept
    .slice(0, MOST_HEADER_CHARACTERS)
    .split(',')
    .some((range) => ANSWERS.includes(range.split(';', 1)[0].trim().toLowerCase()));
}

function boundaryOf(contentType: string): string {
  const [mediaType, ...rest] = contentType.slice(0, MOST_HEADER_CHARACTERS).split(';');
  const parameters = new Map(rest.map(parameter));
  const isDicom = (parameters.get('type') ?? '').toLowerCase() === 'application/dicom';
  if (mediaType.trim().toLowerCase() !== 'multipart/related' || !isDicom) {
    throw new HubError('MEDIA_TYPE_NOT_SUPPORTED', 'instances are sent as multipart/related; type="application/dicom"');
  }
  const boundary = parameters.get('boundary') ?? '';
  if (!BOUNDARY.test(boundary)) throw new HubError('INVALID_REQUEST', 'the Content-Type names no usable boundary');
  return boundary;
}

/** `name=value` or `name="value"`. A semicolon within quotes is cut here, and then no boundary is found. */
function parameter(text: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 0) return [text.trim().toLowerCase(), ''];
  const value = text.slice(at + 1).trim();
  const isQuoted = value.length > 1 && value.startsWith('"') && value.endsWith('"');
  return [text.slice(0, at).trim().toLowerCase(), isQuoted ? value.slice(1, -1) : value];
}
