/** Group F of the bad inputs, as far as intake and assembly show it: sound DICOM with a wrong meaning is kept, then held. */
import { RAW_CT, eventually } from '@modelbank/testing';
import { raw, item } from '../../../libs/dicom/test-support/raw-bytes';
import { element, sequence, sliceDataSet, sliceUids } from '../../support/ct-slices';
import { attackCt, identityOf } from '../support/attack-ct';
import type { Attacker } from '../support/attacker';
import { CANNOT_UNDERSTAND, TOO_LARGE, newUid, storeRefused } from '../support/store-rows';
import type { TortureRow } from '../support/torture-row';

const TIMES = 50;
const ASSOCIATIONS = 8;

/** As many associations as a centre may have, all sending the same. */
async function sameAtOnce(attacker: Attacker): Promise<string[]> {
  const { uid, dataSet } = attackCt([], 256);
  const statuses = new Set<string>();
  let left = TIMES;
  await Promise.all(
    Array.from({ length: ASSOCIATIONS }, async () => {
      const peer = await attacker.associate();
      while (left > 0) {
        left -= 1;
        statuses.add(await attacker.storeOn(peer, dataSet, uid));
      }
      await attacker.release(peer);
    }),
  );
  const rows = attacker.place.records.rows(`SELECT id FROM instance WHERE sopInstanceUid = '${uid}'`);
  return [...statuses, `${rows.length} row`];
}

const PATIENT_IDS: readonly (readonly [string, string, string, 'a key' | 'no key'])[] = [
  ['F4', 'a CPR number that fails modulus 11', '0101654321', 'a key'],
  ['F5', 'a CPR number of an impossible day', '3113994321', 'a key'],
  ['F5', 'a replacement number with letters', '010199ABCD', 'a key'],
  ['F5', 'a foreign id', 'SE-19990101-TF12', 'a key'],
  ['F5', 'an id of spaces', '   ', 'no key'],
  ['F5', 'no id', '', 'no key'],
];

async function keyOf(attacker: Attacker, patientId: string): Promise<string[]> {
  const { uid, dataSet } = attackCt([element(0x00100020, 'LO', patientId)]);
  const status = await attacker.store(dataSet, uid);
  const key = attacker.place.records.instance(uid)?.patientKey ?? null;
  return [status, key === null ? 'no key' : /^[0-9a-f]{64}$/.test(key) ? 'a key' : 'something else'];
}

let series = 0;

/** Four slices, each with the same thing wrong; what the series is held for once nobody sends more of it. */
async function heldSeries(attacker: Attacker, wrong: readonly Buffer[], patientId?: string): Promise<string[]> {
  const seed = `trap ${process.pid} ${(series += 1)}`;
  const peer = await attacker.associate();
  const statuses = new Set<string>();
  for (let k = 0; k < 4; k += 1) {
    const plan = { seed, k, more: wrong, ...(patientId === undefined ? {} : { patientId }) };
    statuses.add(await attacker.storeOn(peer, sliceDataSet(plan), sliceUids(plan).instance));
  }
  await attacker.release(peer);
  const uid = sliceUids({ seed, k: 0 }).series;
  const sql = `SELECT held_item.code FROM held_item JOIN series ON series.id = held_item.subjectId WHERE series.seriesInstanceUid = '${uid}'`;
  const codes = () => attacker.place.records.rows<{ code: string }>(sql).map(({ code }) => code);
  await eventually(() => codes().length > 0, 8_000).catch(() => undefined);
  return [...statuses, ...codes()];
}

const TRAPS: readonly (readonly [string, string, readonly Buffer[], string, string?])[] = [
  ['F7', 'PixelSpacing 0', [element(0x00280030, 'DS', '0\\0')], 'GEOMETRY_MISSING'],
  ['F7', 'PixelSpacing -1', [element(0x00280030, 'DS', '-1\\-1')], 'GEOMETRY_MISSING'],
  ['F7', 'PixelSpacing NaN', [element(0x00280030, 'DS', 'NaN\\NaN')], 'GEOMETRY_MISSING'],
  ['F7', 'PixelSpacing 1e308', [element(0x00280030, 'DS', '1e308\\1e308')], 'GEOMETRY_MISSING'],
  ['F7', 'an orientation that is not orthonormal', [element(0x00200037, 'DS', '1\\0\\0\\0.5\\0.5\\0')], 'NOT_ORTHONORMAL'],
  ['F7', 'an orientation of zeros', [element(0x00200037, 'DS', '0\\0\\0\\0\\0\\0')], 'NOT_ORTHONORMAL'],
  ['F7', 'all slices at one place', [element(0x00200032, 'DS', '0\\0\\0')], 'DUPLICATE_POSITION'],
  ['F7', 'no frame of reference', [element(0x00200052, 'UI', '')], 'FRAME_OF_REFERENCE_MISSING'],
  ['C15', 'no PatientID', [], 'PATIENT_ID_MISSING', ''],
]; // prettier-ignore

const RT_STRUCT = { ...RAW_CT, abstractSyntax: '1.2.840.10008.5.1.4.1.1.481.3' };

function structureSet(uid: string, contours: readonly Buffer[]): Buffer {
  const contour = Buffer.concat(
    contours.map((data) => item(Buffer.concat([element(0x30060042, 'CS', 'CLOSED_PLANAR'), data]))),
  );
  const roi = Buffer.concat(
    [element(0x30060084, 'IS', '1'), raw(0x30060040, 'SQ', contour)].sort(
      (a, b) => a.readUInt16LE(2) - b.readUInt16LE(2),
    ),
  );
  return Buffer.concat([identityOf(uid, RT_STRUCT.abstractSyntax), sequence(0x30060039, roi)]);
}

/** DS has a 16-bit length in explicit VR: 5000 points of 6 bytes each. */
const POINTS_OF_CONTOUR = 5_000;
const DENSE_CONTOUR = element(0x30060050, 'DS', '0\\0\\0\\'.repeat(POINTS_OF_CONTOUR).slice(0, -1));

function stored(attacker: Attacker, made: (uid: string) => Buffer): Promise<string> {
  const uid = newUid();
  return attacker.store(made(uid), uid, { contexts: [RT_STRUCT], sopClassUid: RT_STRUCT.abstractSyntax });
}

export const CLINICAL_ROWS: readonly TortureRow[] = [
  {
    id: 'F1',
    title: `the same instance ${TIMES} times at once`,
    attack: sameAtOnce,
    expected: ['0x0000', '1 row'],
    isKept: true,
  },
  ...PATIENT_IDS.map(([id, what, patientId, expected]) => ({
    id,
    title: `PatientID: ${what}`,
    attack: (attacker: Attacker) => keyOf(attacker, patientId),
    expected: ['0x0000', expected],
    isKept: true,
  })),
  {
    id: 'F6',
    title: 'a structure set of an image that nobody has sent',
    attack: (attacker) => stored(attacker, (uid) => structureSet(uid, [element(0x30060050, 'DS', '1\\2\\3')])),
    expected: '0x0000',
    isKept: true,
    isReadInChild: true,
  },
  {
    id: 'F6',
    title: 'coordinates of NaN and 1e308',
    attack: (attacker) =>
      stored(attacker, (uid) => structureSet(uid, [element(0x30060050, 'DS', 'NaN\\1e308\\-1e308')])),
    expected: '0x0000',
    isKept: true,
    isReadInChild: true,
  },
  storeRefused(
    'F6',
    'more than 10000000 contour points',
    (uid) =>
      structureSet(
        uid,
        Array.from({ length: 10_000_000 / POINTS_OF_CONTOUR + 1 }, () => DENSE_CONTOUR),
      ),
    CANNOT_UNDERSTAND,
    TOO_LARGE,
    { contexts: [RT_STRUCT], sopClassUid: RT_STRUCT.abstractSyntax },
  ),
  ...TRAPS.map(([id, title, wrong, code, patientId]) => ({
    id,
    title,
    attack: (attacker: Attacker) => heldSeries(attacker, wrong, patientId),
    expected: ['0x0000', code],
    isKept: true,
  })),
];
