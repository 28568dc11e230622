/** Group C of the bad inputs, values: what no value may say, and data sets that are not what was announced (PS3.4 B.2.3). */
import { RAW_CT } from '@modelbank/testing';
import { raw } from '../../../libs/dicom/test-support/raw-bytes';
import { element } from '../../support/ct-slices';
import { attackCt } from '../support/attack-ct';
import type { Attacker } from '../support/attacker';
import { DOES_NOT_MATCH, MISMATCH, UID_INVALID, newUid, storeRefused } from '../support/store-rows';
import type { TortureRow } from '../support/torture-row';

/** Kept as it came; what the hub read of it is empty, never wrong. */
function nulled(
  title: string,
  elements: readonly Buffer[],
  expectedHeader: Readonly<Record<string, unknown>> = {},
): TortureRow {
  return {
    id: title.startsWith('character set') ? 'C12' : 'C11',
    title,
    attack: async (attacker) => {
      const { uid, dataSet } = attackCt(elements);
      const status = await attacker.store(dataSet, uid);
      const header = headerOf(attacker, uid);
      return [status, ...Object.keys(expectedHeader).map((name) => `${name}: ${JSON.stringify(header[name] ?? null)}`)];
    },
    expected: ['0x0000', ...Object.entries(expectedHeader).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)],
    isKept: true,
  };
}

function headerOf({ place }: Attacker, uid: string): Record<string, unknown> {
  const [row] = place.records.rows<{ header: string }>(`SELECT header FROM instance WHERE sopInstanceUid = '${uid}'`);
  return row === undefined ? {} : (JSON.parse(row.header) as Record<string, unknown>);
}

const VALUES: readonly TortureRow[] = [
  nulled('a PN of 30000 carets', [element(0x00100010, 'PN', '^'.repeat(30_000))]),
  nulled('a UT of 16 MiB of carets', [element(0x0040a160, 'UT', Buffer.alloc(16 * 1024 * 1024, 0x5e))]),
  nulled('DS 1e999999', [element(0x00280030, 'DS', '1e999999\\1e999999')], { pixelSpacingMm: null }),
  nulled('IS 99999999999', [element(0x00200013, 'IS', '99999999999')], { instanceNumber: null }),
  nulled('IS with a million digits', [element(0x00200013, 'IS', '9'.repeat(60_000))], { instanceNumber: null }),
  nulled(
    'DA 20260231 and an age of 999 years',
    [element(0x00080020, 'DA', '20260231'), element(0x00101010, 'AS', '999Y')],
    { ageYears: null },
  ),
  nulled('TM 25:61', [element(0x00080030, 'TM', '25:61')]),
  nulled('character set: an unknown one', [element(0x00080005, 'CS', 'ISO_IR 999')]),
  nulled('character set: 5000 ISO 2022 escapes', [
    element(0x00080005, 'CS', '\\ISO 2022 IR 87\\ISO 2022 IR 149'),
    element(0x00081030, 'LO', '\x1b$B\x1b$)C\x1b(J'.repeat(5_000)),
  ]),
  nulled("character set: bytes that become ', < and NUL", [
    element(0x00080005, 'CS', 'GB18030'),
    element(0x00081030, 'LO', Buffer.from("\x81\x30\x81'<\0';--", 'latin1')),
  ]),
  nulled('character set: UTF-8 that is none', [
    element(0x00080005, 'CS', 'ISO_IR 192'),
    element(0x00081030, 'LO', Buffer.from([0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0x41])),
  ]),
];

const IDENTITY: readonly TortureRow[] = [
  {
    id: 'C14',
    title: 'another SOP Instance UID in the data than in the request',
    attack: (attacker) => attacker.store(attackCt().dataSet, newUid()),
    expected: DOES_NOT_MATCH,
    audit: MISMATCH,
  },
  {
    id: 'C14',
    title: 'another SOP Class UID in the data than in the request',
    attack: (attacker) => {
      const { uid, dataSet } = attackCt([element(0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.4')]);
      return attacker.store(dataSet, uid);
    },
    expected: DOES_NOT_MATCH,
    audit: MISMATCH,
  },
  ...(
    [
      ['two Study Instance UIDs', 0x0020000d, '1.2.3\\1.2.4'],
      ['two Series Instance UIDs', 0x0020000e, '1.2.3\\1.2.4'],
      ['a Study Instance UID of words', 0x0020000d, 'ZEBEDEE HANSEN'],
    ] as const
  ).map(([title, tag, value]) => ({
    id: 'C15',
    title,
    attack: (attacker: Attacker) => {
      const { uid, dataSet } = attackCt([element(tag, 'UI', value)]);
      return attacker.store(dataSet, uid);
    },
    expected: DOES_NOT_MATCH,
    audit: UID_INVALID,
  })),
  storeRefused(
    'C15',
    'no Study Instance UID',
    (uid) =>
      Buffer.concat([
        raw(0x00080016, 'UI', `${RAW_CT.abstractSyntax}\0`),
        element(0x00080018, 'UI', uid),
        element(0x0020000e, 'UI', '1.2.3'),
      ]),
    DOES_NOT_MATCH,
    UID_INVALID,
  ),
  storeRefused(
    'C15',
    'no Series Instance UID',
    (uid) =>
      Buffer.concat([
        raw(0x00080016, 'UI', `${RAW_CT.abstractSyntax}\0`),
        element(0x00080018, 'UI', uid),
        element(0x0020000d, 'UI', '1.2.3'),
      ]),
    DOES_NOT_MATCH,
    UID_INVALID,
  ),
  {
    id: 'C15',
    title: "an empty Patient Name, which is nobody's mistake",
    attack: (attacker) => {
      const { uid, dataSet } = attackCt([element(0x00100010, 'PN', '')]);
      return attacker.store(dataSet, uid);
    },
    expected: '0x0000',
    isKept: true,
  },
  {
    id: 'C16',
    title: "the stored file has an empty preamble, whatever the sender's had",
    attack: async (attacker) => {
      const { uid, dataSet } = attackCt();
      const status = await attacker.store(dataSet, uid);
      const preamble = attacker.place.objectOf(uid).subarray(0, 128);
      return [status, preamble.equals(Buffer.alloc(128)) ? 'zeros' : 'not zeros'];
    },
    expected: ['0x0000', 'zeros'],
    isKept: true,
  },
];

export const VALUE_ROWS: readonly TortureRow[] = [...VALUES, ...IDENTITY];
