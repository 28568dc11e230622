/** Group B of the bad inputs, PDUs and associations: what a peer can do wrong below DIMSE (PS3.8 sections 9.2 and 9.3). */
import { RAW_CT, RawPeer, rawAssociateAccept, rawData, rawEchoRequest, rawItem, rawPdu } from '@modelbank/testing';
import type { Attacker } from '../support/attacker';
import { associationRejected, peerRefused } from '../support/torture-row';
import type { TortureRow } from '../support/torture-row';

const VIOLATION = peerRefused('protocolViolation');
const ABSURD_LENGTH = 0xfffffff0;
const MEGABYTE = Buffer.alloc(1_000_000);

/** Goes on with zeros, as long as the other side takes them. */
async function flood(peer: RawPeer, megabytes: number): Promise<void> {
  for (let sent = 0; sent < megabytes && !peer.socket.destroyed; sent += 1) {
    if (!peer.socket.write(MEGABYTE)) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function absurdPdu(attacker: Attacker, peer: RawPeer, type: number): Promise<string> {
  peer.send(rawPdu(type, Buffer.alloc(0), ABSURD_LENGTH));
  const flooded = flood(peer, 700);
  const seen = await attacker.reply(peer);
  await flooded;
  return seen;
}

const LENGTHS: readonly TortureRow[] = [
  {
    id: 'B1',
    title: 'an association request of FFFFFFF0 bytes and 700 MB of zeros',
    attack: async (attacker) => absurdPdu(attacker, await attacker.connect(), 0x01),
    expected: 'A-ABORT 2/6',
    audit: VIOLATION,
  },
  {
    id: 'B1',
    title: 'a P-DATA-TF of FFFFFFF0 bytes and 700 MB of zeros',
    attack: async (attacker) => absurdPdu(attacker, await attacker.associate(), 0x04),
    expected: 'A-ABORT 2/6',
    audit: VIOLATION,
  },
  {
    id: 'B1',
    title: 'an association request of 65537 bytes',
    attack: (attacker) => attacker.sendBare(rawPdu(0x01, Buffer.alloc(0), 65_537)),
    expected: 'A-ABORT 2/6',
    audit: VIOLATION,
  },
  ...[0, 2, 3, 4, 5].map((length) => ({
    id: 'B2',
    title: `a P-DATA-TF of length ${length}`,
    attack: (attacker: Attacker) => attacker.sendAssociated(rawPdu(0x04, Buffer.alloc(length))),
    expected: 'A-ABORT 2/6',
    audit: VIOLATION,
  })),
  {
    id: 'B3',
    title: 'a P-DATA-TF one byte over the maximum',
    attack: (attacker) => attacker.sendAssociated(rawPdu(0x04, Buffer.alloc(0), 131_073)),
    expected: 'A-ABORT 2/6',
    audit: VIOLATION,
  },
];

async function servedWith(attacker: Attacker, maximumLength: number): Promise<string> {
  const peer = await attacker.associate({ maximumLength });
  peer.send(rawData(1, 0x03, rawEchoRequest()));
  const seen = await attacker.reply(peer);
  await attacker.release(peer);
  return seen;
}

const MAXIMUM_LENGTHS: readonly TortureRow[] = [
  ...[1, 7, 1_023].map((maximumLength) => ({
    id: 'B5',
    title: `the peer takes PDUs of at most ${maximumLength} bytes`,
    attack: (attacker: Attacker) => attacker.sendBare(attacker.request({ maximumLength })),
    expected: 'A-ABORT 2/6',
    audit: VIOLATION,
  })),
  ...[0, 1_024, 4_294_967_295].map((maximumLength) => ({
    id: 'B5',
    title: `the peer takes PDUs of ${maximumLength} bytes (0: any)`,
    attack: (attacker: Attacker) => servedWith(attacker, maximumLength),
    expected: '0x0000',
  })),
];

const TYPES: readonly TortureRow[] = [
  ...[0x00, 0x08, 0xff].flatMap((type) => [
    {
      id: 'B6',
      title: `PDU type ${type.toString(16).padStart(2, '0')} before an association`,
      attack: (attacker: Attacker) => attacker.sendBare(rawPdu(type)),
      expected: 'A-ABORT 2/1',
      audit: VIOLATION,
    },
    {
      id: 'B6',
      title: `PDU type ${type.toString(16).padStart(2, '0')} inside an association`,
      attack: (attacker: Attacker) => attacker.sendAssociated(rawPdu(type)),
      expected: 'A-ABORT 2/1',
      audit: VIOLATION,
    },
  ]),
  ...(
    [
      ['P-DATA before an association', () => rawData(1, 0x03, rawEchoRequest())],
      ['A-ASSOCIATE-AC sent to the acceptor', () => rawAssociateAccept()],
      ['A-ASSOCIATE-RJ sent to the acceptor', () => rawPdu(0x03)],
      ['A-RELEASE-RQ before an association', () => rawPdu(0x05)],
      ['A-RELEASE-RP unasked, before an association', () => rawPdu(0x06)],
    ] as const
  ).map(([title, bytes]) => ({
    id: 'B7',
    title,
    attack: (attacker: Attacker) => attacker.sendBare(bytes()),
    expected: 'A-ABORT 2/2',
    audit: VIOLATION,
  })),
  ...(
    [
      ['a second A-ASSOCIATE-RQ', (attacker: Attacker) => attacker.request()],
      ['A-ASSOCIATE-AC inside an association', () => rawAssociateAccept()],
      ['A-ASSOCIATE-RJ inside an association', () => rawPdu(0x03)],
      ['A-RELEASE-RP unasked, inside an association', () => rawPdu(0x06)],
    ] as const
  ).map(([title, bytes]) => ({
    id: 'B7',
    title,
    attack: (attacker: Attacker) => attacker.sendAssociated(bytes(attacker)),
    expected: 'A-ABORT 2/2',
    audit: VIOLATION,
  })),
];

const raw = (text: string): Buffer => Buffer.from(text, 'latin1').subarray(0, 16);
const padded = (text: string): Buffer => raw(text.padEnd(16));

/** As 16 bytes; whether it could be an AE title at all (PS3.5 6.2) decides which rule it breaks. */
const AE_TITLES: readonly (readonly [string, Buffer, 'possible' | 'impossible'])[] = [
  ['16 NULs', Buffer.alloc(16), 'impossible'],
  ['16 spaces', padded(''), 'impossible'],
  [';rm -rf', padded(';rm -rf /*'), 'possible'],
  ['../', padded('../../../pwn'), 'possible'],
  ['a backslash', padded('A\\B'), 'impossible'],
  ['CR LF', padded('A\r\n{"level":30}'), 'impossible'],
  ['UTF-8', Buffer.from('ØDENSE_CT      ', 'utf8').subarray(0, 16), 'impossible'],
  ['%s%n', padded('%s%n%s%n'), 'possible'],
  ['backquotes', padded('`id>/tmp/pwn`'), 'possible'],
  ['a NUL inside', padded('ODENSE_CT\0'), 'impossible'],
];

const TITLES: readonly TortureRow[] = AE_TITLES.flatMap(([what, title, kind]) => [
  {
    id: 'B9',
    title: `calling AE title: ${what}`,
    attack: (attacker: Attacker) => attacker.sendBare(attacker.request({ callingAeTitle: title })),
    expected: 'A-ASSOCIATE-RJ 1/1/3',
    audit: associationRejected(kind === 'possible' ? 'AE_TITLE_MISMATCH' : 'AE_TITLE_INVALID'),
  },
  {
    id: 'B9',
    title: `called AE title: ${what}`,
    attack: (attacker: Attacker) => attacker.sendBare(attacker.request({ calledAeTitle: title })),
    expected: 'A-ASSOCIATE-RJ 1/1/7',
    audit: associationRejected(kind === 'possible' ? 'CALLED_AE_UNKNOWN' : 'AE_TITLE_INVALID'),
  },
]);

/** PS3.7 Annex D.3.3.7: type, response requested, primary and secondary field. */
function userIdentity(type: number, primary: Buffer | string, secondary: Buffer | string = ''): Buffer {
  const field = (value: Buffer | string) => {
    const bytes = Buffer.from(value as string, 'latin1');
    const length = Buffer.alloc(2);
    length.writeUInt16BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  return rawItem(0x58, Buffer.concat([Buffer.from([type, 0]), field(primary), field(secondary)]));
}

/** Expired since 2001, signed by nobody. */
const EXPIRED_JWT = [{ alg: 'none' }, { sub: 'admin', exp: 1_000_000_000 }]
  .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  .join('.')
  .concat('.');

const request = (item: Buffer) => (attacker: Attacker) => attacker.sendBare(attacker.request({ userItems: [item] }));

async function acceptedWith(attacker: Attacker, item: Buffer): Promise<string> {
  const peer = await attacker.associate({ userItems: [item] });
  peer.send(rawData(1, 0x03, rawEchoRequest()));
  const seen = await attacker.reply(peer);
  await attacker.release(peer);
  return seen;
}

const IDENTITIES: readonly TortureRow[] = [
  {
    id: 'B10',
    title: 'a user name of 60000 bytes',
    attack: request(userIdentity(1, Buffer.alloc(60_000, 0x41))),
    expected: 'A-ASSOCIATE-RJ 1/1/1',
    audit: associationRejected('rejected'),
  },
  {
    id: 'B10',
    title: 'a user name of 65000 bytes, in a request longer than any may be',
    attack: request(userIdentity(1, Buffer.alloc(65_000, 0x41), Buffer.alloc(500))),
    expected: 'A-ABORT 2/6',
    audit: VIOLATION,
  },
  {
    id: 'B10',
    title: 'a user identity of type 9',
    attack: request(userIdentity(9, 'admin')),
    expected: 'A-ASSOCIATE-RJ 1/1/1',
    audit: associationRejected('rejected'),
  },
  {
    id: 'B10',
    title: 'a user identity whose lengths lie',
    attack: request(rawItem(0x58, Buffer.from([1, 0, 0xff, 0xff, 0x41, 0x41]))),
    expected: 'A-ASSOCIATE-RJ 1/1/1',
    audit: associationRejected('rejected'),
  },
  ...(
    [
      ['an expired JWT', userIdentity(5, EXPIRED_JWT)],
      ['a SAML assertion', userIdentity(4, '<Assertion NotOnOrAfter="2001-01-01T00:00:00Z"/>')],
      ['a name and a password', userIdentity(2, 'admin', 'admin')],
    ] as const
  ).map(([what, item]) => ({
    id: 'B10',
    title: `${what}: ignored, the certificate says who it is`,
    attack: (attacker: Attacker) => acceptedWith(attacker, item),
    expected: '0x0000',
  })),
  {
    id: 'B10',
    title: 'a name and a password do not make up for the AE title of another centre',
    attack: (attacker) =>
      attacker.sendBare(
        attacker.request({ callingAeTitle: 'AARHUS_CT', userItems: [userIdentity(2, 'AARHUS_CT', 'secret')] }),
      ),
    expected: 'A-ASSOCIATE-RJ 1/1/3',
    audit: associationRejected('AE_TITLE_MISMATCH'),
  },
];

const windowOf = (invoked: number, performed: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16BE(invoked, 0);
  bytes.writeUInt16BE(performed, 2);
  return rawItem(0x53, bytes);
};

const REQUESTS: readonly TortureRow[] = [
  {
    id: 'B16',
    title: 'an asynchronous operations window of 65535: served, one operation at a time',
    attack: (attacker) => acceptedWith(attacker, windowOf(65_535, 65_535)),
    expected: '0x0000',
  },
  ...(
    [
      ['an item longer than its PDU', rawPdu(0x01, Buffer.concat([Buffer.alloc(68), rawItem(0x10, 'x', 500)]))],
      ['a request shorter than its fixed part', rawPdu(0x01, Buffer.alloc(67))],
    ] as const
  ).map(([title, bytes]) => ({
    id: 'B',
    title,
    attack: (attacker: Attacker) => attacker.sendBare(bytes),
    expected: 'A-ABORT 2/6',
    audit: VIOLATION,
  })),
  {
    id: 'B',
    title: 'an even presentation context id',
    attack: (attacker) => attacker.sendBare(attacker.request({ contexts: [{ ...RAW_CT, id: 2 }] })),
    expected: 'A-ABORT 2/6',
    audit: VIOLATION,
  },
];

export const UPPER_LAYER_ROWS: readonly TortureRow[] = [
  ...LENGTHS,
  ...MAXIMUM_LENGTHS,
  ...TYPES,
  ...TITLES,
  ...IDENTITIES,
  ...REQUESTS,
];
