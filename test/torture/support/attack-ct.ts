/** What attackers send: a sound CT slice that names an invented person, with whatever a row changes in it. */
import { CT_IMAGE_STORAGE, element, sliceDataSet, sliceUids } from '../../support/ct-slices';

/** Found by PLANTED of the journeys: whatever the hub logs, it must not be this. */
const PERSON: readonly Buffer[] = [
  element(0x00100010, 'PN', 'ZEBEDEE^HANSEN'),
  element(0x00100030, 'DA', '19340917'),
  element(0x00104000, 'LT', 'ZEBEDEE 0101701234'),
];
const PATIENT_ID = '0101701234';

export interface AttackCt {
  readonly uid: string;
  readonly dataSet: Buffer;
}

let made = 0;

/** A new instance each time; `more` replaces or adds elements. */
export function attackCt(more: readonly Buffer[] = [], side = 16): AttackCt {
  made += 1;
  const plan = { seed: `attack ${process.pid} ${made}`, k: 0, side, patientId: PATIENT_ID };
  return { uid: sliceUids(plan).instance, dataSet: sliceDataSet({ ...plan, more: [...more, ...PERSON] }) };
}

/** The UIDs that an instance must have, and nothing else. */
export function identityOf(uid: string, sopClassUid = CT_IMAGE_STORAGE): Buffer {
  return Buffer.concat([
    element(0x00080016, 'UI', sopClassUid),
    element(0x00080018, 'UI', uid),
    element(0x00100010, 'PN', 'ZEBEDEE^HANSEN'),
    element(0x00100020, 'LO', PATIENT_ID),
    element(0x0020000d, 'UI', `${uid}.1`),
    element(0x0020000e, 'UI', `${uid}.2`),
  ]);
}
