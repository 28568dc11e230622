/** Group G of the bad inputs, and what of C and D comes by STOW-RS: bodies, files, searches and tokens (PS3.18). */
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { parseUid, part10Preamble } from '@modelbank/dicom';
import { SignJWT } from 'jose';
import { delimiter, nestingBomb } from '../../../libs/dicom/test-support/raw-bytes';
import { CT_IMAGE_STORAGE } from '../../support/ct-slices';
import { attackCt, identityOf } from '../support/attack-ct';
import type { Attacker } from '../support/attacker';
import { newUid } from '../support/store-rows';
import type { ExpectedAudit, TortureRow } from '../support/torture-row';
import { STUDIES, rawHead, stow, web } from '../support/web-peer';
import type { WebRequest } from '../support/web-peer';

const stowRefused = (code: string): ExpectedAudit => ({ kind: 'stow.refused', code });
const MULTIPART = 'multipart/related; type="application/dicom"; boundary=x';
const EXPLICIT = '1.2.840.10008.1.2.1';

const head = (headers: Readonly<Record<string, string>>): string =>
  [
    `POST ${STUDIES} HTTP/1.1`,
    'host: hub',
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '',
    '',
  ].join('\r\n');

const HEADS: readonly TortureRow[] = (
  [
    ['G1', 'Content-Length of 4 GiB and no body', { 'content-length': '4294967296', 'content-type': MULTIPART }, 'HTTP 413', 'DATASET_TOO_LARGE'],
    ['G2', 'a body in gzip', { 'content-encoding': 'gzip', 'content-length': '10', 'content-type': MULTIPART }, 'HTTP 415', 'MEDIA_TYPE_NOT_SUPPORTED'],
    ['G2', 'a body in brotli', { 'content-encoding': 'br', 'content-length': '10', 'content-type': MULTIPART }, 'HTTP 415', 'MEDIA_TYPE_NOT_SUPPORTED'],
    ['G3', 'a ZIP archive', { 'content-length': '10', 'content-type': 'application/zip' }, 'HTTP 415', 'MEDIA_TYPE_NOT_SUPPORTED'],
    ['C2', 'a nesting bomb in DICOM JSON', { 'content-length': '10', 'content-type': 'application/dicom+json' }, 'HTTP 415', 'MEDIA_TYPE_NOT_SUPPORTED'],
    ['C2', 'a nesting bomb in XML', { 'content-length': '10', 'content-type': 'multipart/related; type="application/dicom+xml"; boundary=x' }, 'HTTP 415', 'MEDIA_TYPE_NOT_SUPPORTED'],
    ['D8', 'XML with an external entity', { 'content-length': '10', 'content-type': 'text/xml' }, 'HTTP 415', 'MEDIA_TYPE_NOT_SUPPORTED'],
  ] as const
).map(([id, title, headers, expected, code]) => ({
  id,
  title,
  attack: (attacker: Attacker) => rawHead(attacker, head(headers)),
  expected,
  audit: stowRefused(code),
})); // prettier-ignore

interface FileOptions {
  readonly preamble?: Buffer;
  readonly transferSyntaxUid?: string;
  readonly change?: (file: Buffer) => Buffer;
}

/** A file of an attacker's CT with something wrong in front of its data set. */
function fileWith({ preamble, transferSyntaxUid = EXPLICIT, change = (file) => file }: FileOptions): Buffer {
  const { uid, dataSet } = attackCt();
  const meta = { sopClassUid: parseUid(CT_IMAGE_STORAGE), sopInstanceUid: parseUid(uid) };
  const start = part10Preamble({ ...meta, transferSyntaxUid: parseUid(transferSyntaxUid) });
  const file = change(Buffer.concat([start, dataSet]));
  preamble?.copy(file, 0);
  return file;
}

function metaLength(file: Buffer, value: number): Buffer {
  file.writeUInt32LE(value, 140);
  return file;
}

const NESTED = (depth: number) =>
  Buffer.concat([
    nestingBomb(depth),
    ...Array.from({ length: depth }, () => Buffer.concat([delimiter(0xfffee00d), delimiter(0xfffee0dd)])),
  ]);

/** File, what is made of it, the status, the code. */
const FILES: readonly (readonly [string, string, () => Buffer, number, string])[] = [
  ['C1', 'a file nested 30000 deep', () => {
    const uid = newUid();
    const meta = { sopClassUid: parseUid(CT_IMAGE_STORAGE), sopInstanceUid: parseUid(uid), transferSyntaxUid: parseUid(EXPLICIT) };
    return Buffer.concat([part10Preamble(meta), identityOf(uid), NESTED(30_000)]);
  }, 400, 'DATASET_TOO_DEEP'],
  ['C6', 'a deflated file', () => fileWith({ transferSyntaxUid: '1.2.840.10008.1.2.1.99' }), 415, 'TRANSFER_SYNTAX_NOT_SUPPORTED'],
  ['C9', 'a private transfer syntax', () => fileWith({ transferSyntaxUid: '1.2.3.4' }), 415, 'TRANSFER_SYNTAX_NOT_SUPPORTED'],
  ['C9', 'group length FFFFFFFF', () => fileWith({ change: (file) => metaLength(file, 0xffffffff) }), 415, 'NOT_DICOM'],
  ['C9', 'meta information cut at byte 131', () => fileWith({}).subarray(0, 131), 415, 'NOT_DICOM'],
  ['C9', 'meta information cut at byte 140', () => fileWith({}).subarray(0, 140), 415, 'NOT_DICOM'],
  ['C9', 'no bytes', () => Buffer.alloc(0), 415, 'NOT_DICOM'],
  ...(
    [
      ['a PE executable', 'MZ'],
      ['an ELF executable', '\x7fELF'],
      ['a script', '#!/bin/sh\n'],
      ['a Mach-O executable', '\xcf\xfa\xed\xfe'],
      ['a PDF', '%PDF-1.7'],
      ['HTML', '<html><script>'],
      ['a ZIP archive', 'PK\x03\x04'],
    ] as const
  ).map(([what, text]) => ['C16', `a preamble that is ${what}`, () => fileWith({ preamble: Buffer.from(text, 'latin1') }), 415, 'NOT_DICOM'] as const),
]; // prettier-ignore

/** Some files fail with another code than they might; the row says which. */
const PARTS: readonly TortureRow[] = FILES.map(([id, title, made, status, code]) => ({
  id,
  title: `STOW: ${title}`,
  attack: async (attacker: Attacker) => `HTTP ${(await stow(attacker, [made()])).status}`,
  expected: `HTTP ${status}`,
  audit: stowRefused(code),
}));

const KEPT: readonly TortureRow[] = [
  {
    id: 'C16',
    title: 'STOW: a TIFF preamble, which is legal: kept without it',
    attack: async (attacker) => {
      const { uid, dataSet } = attackCt();
      const meta = { sopClassUid: parseUid(CT_IMAGE_STORAGE), sopInstanceUid: parseUid(uid) };
      const file = Buffer.concat([part10Preamble({ ...meta, transferSyntaxUid: parseUid(EXPLICIT) }), dataSet]);
      Buffer.from('II*\0', 'latin1').copy(file);
      const { status } = await stow(attacker, [file]);
      const preamble = attacker.place.objectOf(uid).subarray(0, 128);
      return [`HTTP ${status}`, preamble.equals(Buffer.alloc(128)) ? 'zeros' : 'not zeros'];
    },
    expected: ['HTTP 200', 'zeros'],
    isKept: true,
  },
];

const search = (query: string): WebRequest => ({
  path: `${STUDIES}?${query}`,
  headers: { accept: 'application/dicom+json' },
});

async function answered(attacker: Attacker, asked: WebRequest): Promise<string> {
  const { status, text } = await web(attacker, asked);
  const found = status === 200 ? (JSON.parse(text) as unknown[]).length : 0;
  return `HTTP ${status}${found > 1_000 ? ', more than 1000' : ''}`;
}

const SEARCHES: readonly TortureRow[] = (
  [
    ['limit=1000000000', 'HTTP 200'],
    [`PatientName=${'*a'.repeat(30)}*`, 'HTTP 400'],
    ['PatientID=*', 'HTTP 200'],
    [Array.from({ length: 10_000 }, (_, index) => `0010${String(index).padStart(4, '0')}=1`).join('&').slice(0, 12_000), 'HTTP 400'],
    ['limit=-1', 'HTTP 400'],
    ["PatientID=' OR 1=1 --", 'HTTP 400'],
  ] as const
).map(([query, expected]) => ({
  id: 'G5',
  title: `QIDO: ${query.slice(0, 40)}`,
  attack: (attacker: Attacker) => answered(attacker, search(query.replaceAll(' ', '%20'))),
  expected,
})); // prettier-ignore

const ISSUER = 'https://login.example.org';
const KEYS = generateKeyPairSync('rsa', { modulusLength: 2048 });
const OTHER_KEYS = generateKeyPairSync('rsa', { modulusLength: 2048 });
const NSIS = 'https://data.gov.dk/concept/core/nsis/loa';

/** The configuration of a hub that believes an identity provider, and its key. */
export const IDENTITY = {
  configuration: { identity: { oidc: { issuer: ISSUER, audience: 'modelbank', jwks: 'provider.jwks' } } },
  jwks: JSON.stringify({
    keys: [{ ...KEYS.publicKey.export({ format: 'jwk' }), kid: 'key-1', use: 'sig', alg: 'RS256' }],
  }),
};

interface Claimed {
  readonly issuer?: string;
  readonly audience?: string;
  readonly expires?: string;
  readonly kid?: string;
  readonly level?: string;
  readonly key?: typeof KEYS.privateKey;
}

function token({
  issuer = ISSUER,
  audience = 'modelbank',
  expires = '5m',
  kid = 'key-1',
  level = 'High',
  key = KEYS.privateKey,
}: Claimed): Promise<string> {
  return new SignJWT({ modelbank_centre: 'odense', [NSIS]: level })
    .setProtectedHeader({ alg: 'RS256', kid, typ: 'at+jwt' })
    .setSubject('5f0c2a')
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(key);
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const CLAIMS = {
  iss: ISSUER,
  aud: 'modelbank',
  sub: 'admin',
  exp: 4_000_000_000,
  modelbank_centre: '*',
  [NSIS]: 'High',
};

function hmacWithPublicKey(): string {
  const signed = `${encoded({ alg: 'HS256', kid: 'key-1', typ: 'at+jwt' })}.${encoded(CLAIMS)}`;
  const secret = KEYS.publicKey.export({ format: 'pem', type: 'spki' });
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

const TOKENS: readonly (readonly [string, () => string | Promise<string>, string, string])[] = [
  ['alg none', () => `${encoded({ alg: 'none' })}.${encoded(CLAIMS)}.`, 'HTTP 401', 'UNAUTHENTICATED'],
  ['HS256 with the public key', hmacWithPublicKey, 'HTTP 401', 'UNAUTHENTICATED'],
  ['another issuer', () => token({ issuer: 'https://evil.example' }), 'HTTP 401', 'UNAUTHENTICATED'],
  ['another audience', () => token({ audience: 'payroll' }), 'HTTP 401', 'UNAUTHENTICATED'],
  ['expired', () => token({ expires: '-1h' }), 'HTTP 401', 'UNAUTHENTICATED'],
  ['a key that is a path', () => token({ kid: '../../../../dev/null' }), 'HTTP 401', 'UNAUTHENTICATED'],
  ["another's key under the same name", () => token({ key: OTHER_KEYS.privateKey }), 'HTTP 401', 'UNAUTHENTICATED'],
  ['NSIS level Low', () => token({ level: 'Low' }), 'HTTP 403', 'FORBIDDEN'],
  ['a token of 100 KB', () => 'a'.repeat(12_000), 'HTTP 401', 'UNAUTHENTICATED'],
]; // prettier-ignore

const PEOPLE: readonly TortureRow[] = [
  ...TOKENS.map(([title, made, expected, code]) => ({
    id: 'G6',
    title: `token: ${title}`,
    attack: async (attacker: Attacker) => answered(attacker, { ...search('limit=1'), token: await made() }),
    expected,
    audit: { kind: 'dicomweb.refused', code, centreId: null },
  })),
  {
    id: 'G6',
    title: 'token: a good one, so that the others fail for their own reasons',
    attack: async (attacker) => answered(attacker, { ...search('limit=1'), token: await token({}) }),
    expected: 'HTTP 200',
  },
];

export const DICOMWEB_ROWS: readonly TortureRow[] = [...HEADS, ...PARTS, ...KEPT, ...SEARCHES, ...PEOPLE];
