/** Group D of the bad inputs: UIDs that are paths or commands, text that is SQL, HTML or a formula, URLs that lure. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RAW_CT } from '@modelbank/testing';
import { raw } from '../../../libs/dicom/test-support/raw-bytes';
import { element, sequence } from '../../support/ct-slices';
import { attackCt, identityOf } from '../support/attack-ct';
import type { Attacker } from '../support/attacker';
import { DOES_NOT_MATCH, UID_INVALID, newUid, notOffered, storeRefused } from '../support/store-rows';
import { peerRefused } from '../support/torture-row';
import type { TortureRow } from '../support/torture-row';

const BAD_UIDS: readonly (readonly [string, string, string])[] = [
  ['D1', 'a path upwards', '../../pwn'],
  ['D1', 'an absolute path', '/etc/cron.d/pwn'],
  ['D1', 'a path of Windows', '..\\..\\pwn'],
  ['D1', 'a NUL inside', '1.2.3\0.dcm'],
  ['D1', 'a device of DOS', 'CON'],
  ['D1', 'a folder', '1.2.3/'],
  ['D1', '65 characters', `1.${'2'.repeat(63)}`],
  ['D1', 'a component with a leading zero', '1.2.03'],
  ['D1', 'line breaks', '1.2.3\r\n1.2.4'],
  ['D3', 'a command behind a semicolon', '1.2.3;id>/tmp/pwn'],
  ['D3', 'a command in parentheses', '$(id>/tmp/pwn)'],
  ['D3', 'a command in backquotes', '`id>/tmp/pwn`'],
  ['D3', 'a pipe', '1.2.3|id'],
  ['D3', 'an option', '-rf'],
];

const UIDS: readonly TortureRow[] = [
  ...BAD_UIDS.map(([id, what, uid]) => ({
    id,
    title: `SOP Instance UID of the request: ${what}`,
    attack: (attacker: Attacker) => attacker.store(attackCt().dataSet, uid),
    expected: DOES_NOT_MATCH,
    audit: { kind: 'peer.refused', code: 'operationRefused' },
  })),
  {
    id: 'D1',
    title: 'SOP Instance UID of the request: 64 KiB',
    attack: async (attacker) => {
      const peer = await attacker.associate();
      return attacker.storeOn(peer, attackCt().dataSet, '1.2.'.repeat(16_384));
    },
    expected: 'A-ABORT 0/0',
    audit: peerRefused('protocolViolation'),
  },
  ...BAD_UIDS.map(([id, what, uid]) =>
    storeRefused(
      id,
      `SOP Instance UID of the data set: ${what}`,
      () => Buffer.concat([raw(0x00080016, 'UI', `${RAW_CT.abstractSyntax}\0`), element(0x00080018, 'UI', uid)]),
      DOES_NOT_MATCH,
      UID_INVALID,
    ),
  ),
  ...(
    [
      ['Study Instance UID', 0x0020000d],
      ['Series Instance UID', 0x0020000e],
    ] as const
  ).map(([name, tag]) => ({
    id: 'D1',
    title: `${name}: a path upwards`,
    attack: (attacker: Attacker) => {
      const { uid, dataSet } = attackCt([element(tag, 'UI', '../../pwn')]);
      return attacker.store(dataSet, uid);
    },
    expected: DOES_NOT_MATCH,
    audit: UID_INVALID,
  })),
  {
    id: 'D1',
    title: 'Frame of Reference UID: a path upwards; it is left out',
    attack: async (attacker) => {
      const { uid, dataSet } = attackCt([element(0x00200052, 'UI', '../../pwn')]);
      const status = await attacker.store(dataSet, uid);
      const header = JSON.parse(attacker.place.records.instance(uid)?.header ?? '{}') as object;
      return [status, 'frameOfReferenceUid' in header ? 'kept' : 'left out'];
    },
    expected: ['0x0000', 'left out'],
    isKept: true,
  },
];

const PAYLOADS = [
  "'; DROP TABLE instance; --",
  "=cmd|' /C calc'!A0",
  '<img src=x onerror=alert(1)>',
  '${jndi:ldap://127.0.0.1/a}',
  '{{7*7}}',
  '"},{"level":60,"msg":"',
  '\u001b[2Jpwn',
];
/** Every VR of text, by a private element that may have it. */
const TEXT_VRS = ['AE', 'AS', 'CS', 'DA', 'DS', 'DT', 'IS', 'LO', 'LT', 'PN', 'SH', 'ST', 'TM', 'UC', 'UR', 'UT'];
/** Those that the hub itself reads. */
const READ_TAGS: readonly (readonly [number, string])[] = [
  [0x00080008, 'CS'],
  [0x00080060, 'CS'],
  [0x00080070, 'LO'],
  [0x00081030, 'LO'],
  [0x0008103e, 'LO'],
  [0x00100010, 'PN'],
  [0x00100020, 'LO'],
  [0x00100040, 'CS'],
  [0x00180015, 'CS'],
  [0x00181210, 'SH'],
  [0x00185100, 'CS'],
];

/** Stored as it came, byte for byte; the hub's own views are JSON and hold none of it. */
async function injected(attacker: Attacker, payload: string): Promise<string[]> {
  const elements = [
    ...READ_TAGS.map(([tag, vr]) => element(tag, vr, payload)),
    element(0x00210010, 'LO', payload),
    ...TEXT_VRS.map((vr, index) => element(0x00211001 + index, vr, payload)),
    sequence(0x00400275, element(0x00400007, 'LO', payload)),
  ];
  const { uid, dataSet } = attackCt(elements);
  const { place } = attacker;
  const status = await attacker.store(dataSet, uid);
  const kept = place.objectOf(uid).subarray(-dataSet.length).equals(dataSet);
  const row = place.records.instance(uid);
  const views = [JSON.stringify(row), await place.ask('/api/v1/series?limit=1000'), place.records.journalText()].join();
  const inJson = JSON.stringify(payload).slice(1, -1);
  // a column of a row may hold JSON itself
  const inJsonOfJson = JSON.stringify(inJson).slice(1, -1);
  return [
    status,
    kept ? 'as it came' : 'changed',
    [inJson, inJsonOfJson].some((text) => views.includes(text)) ? 'shown' : 'not shown',
  ];
}

const TEXTS: readonly TortureRow[] = [
  ...PAYLOADS.map((payload) => ({
    id: 'D5',
    title: `every text is ${JSON.stringify(payload)}`,
    attack: (attacker: Attacker) => injected(attacker, payload),
    expected: ['0x0000', 'as it came', 'not shown'],
    isKept: true,
  })),
  {
    id: 'D5',
    title: 'an ROI name of 64 KiB',
    attack: (attacker) => storeStructureSet(attacker, [element(0x30060026, 'LO', `<b>${'x'.repeat(65_000)}`)]),
    expected: '0x0000',
    isKept: true,
    isReadInChild: true,
  },
];

const RT_STRUCT = { id: 5, abstractSyntax: '1.2.840.10008.5.1.4.1.1.481.3', transferSyntaxes: ['1.2.840.10008.1.2.1'] };

function storeStructureSet(attacker: Attacker, roi: readonly Buffer[]): Promise<string> {
  const uid = newUid();
  const identity = identityOf(uid, RT_STRUCT.abstractSyntax);
  const dataSet = Buffer.concat([
    identity,
    sequence(0x30060020, Buffer.concat([element(0x30060022, 'IS', '1'), ...roi])),
  ]);
  return attacker.store(dataSet, uid, { contexts: [RT_STRUCT], contextId: 5, sopClassUid: RT_STRUCT.abstractSyntax });
}

/** Names a server of ours in every element that may hold a URL, and says whether anybody came. */
async function luredTo(attacker: Attacker, url: (port: number) => string): Promise<string[]> {
  let visits = 0;
  const server = createServer((_request, response) => {
    visits += 1;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const target = url((server.address() as AddressInfo).port);
  const { uid, dataSet } = attackCt([
    element(0x00081190, 'UR', target),
    element(0x00080120, 'UR', target),
    element(0x0040e010, 'UR', target),
    element(0x00287fe0, 'UR', target),
  ]);
  const status = await attacker.store(dataSet, uid);
  await new Promise((resolve) => setTimeout(resolve, 200));
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return [status, `${visits} visits`];
}

const URLS: readonly TortureRow[] = [
  ['our own server', (port: number) => `http://127.0.0.1:${port}/`],
  ['a file', () => 'file:///etc/passwd'],
  ["a cloud's secrets", () => 'http://169.254.169.254/latest/meta-data/'],
].map(([what, url]) => ({
  id: 'D7',
  title: `RetrieveURL and its kin: ${what as string}; never fetched`,
  attack: (attacker: Attacker) => luredTo(attacker, url as (port: number) => string),
  expected: ['0x0000', '0 visits'],
  isKept: true,
}));

export const NAME_ROWS: readonly TortureRow[] = [
  ...UIDS,
  notOffered('D4', 'a DICOMDIR, which is no instance', '1.2.840.10008.1.2.1', '1.2.840.10008.1.3.10'),
  ...TEXTS,
  ...URLS,
];
