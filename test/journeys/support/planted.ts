/** A CT slice with an invented person in every element that can hold text: standard, private, and inside sequences. */
import { readFileSync, writeFileSync } from 'node:fs';
import { DICTIONARY, splitPart10 } from '@modelbank/dicom';
import { element, sequence } from '../../support/ct-slices';

const NAME = 'ZEBEDEE';
const CPR = '0101701234';
const BIRTH_DATE = '19340917';
/** Finds the person in any text; `\uXXXX`, hexadecimal and Base64 of the name too. */
export const PLANTED = /zebedee|010170-?1234|19340917|1934-09-17|5a454245444545|WkVCRURFR/i;

/** By VR, as much of the person as a value may hold. */
const VALUES: Readonly<Record<string, string>> = {
  AE: NAME,
  CS: NAME,
  DA: BIRTH_DATE,
  DT: `${BIRTH_DATE}120000`,
  LO: `${CPR} ${NAME}`,
  LT: `${NAME} ${CPR}`,
  PN: `${NAME}^HANSEN`,
  SH: `${NAME} ${CPR}`.slice(0, 16),
  ST: `${CPR} ${NAME}`,
  UC: `${NAME} ${CPR}`,
  UR: `https://${NAME}.example/${CPR}`,
  UT: `${NAME} ${CPR}`,
};
const PRIVATE_VALUES: Readonly<Record<string, string>> = { ...VALUES, DS: CPR, IS: CPR.slice(1), UN: `${NAME} ${CPR}` };
/** What decides how the instance is read at all. */
const KEPT: ReadonlySet<number> = new Set([
  DICTIONARY.SpecificCharacterSet.tag,
  DICTIONARY.ImageType.tag,
  DICTIONARY.Modality.tag,
  DICTIONARY.PhotometricInterpretation.tag,
  DICTIONARY.RescaleType.tag,
]);

/** Writes the file anew with the person in it; `salt` makes another person of the same instance. */
export function plant(path: string, salt = ''): void {
  const bytes = readFileSync(path);
  const { dataSetOffset } = splitPart10(bytes);
  const own = elementsOf(bytes.subarray(dataSetOffset));
  const all = new Map([...own, ...plantedElements(own, salt)]);
  const sorted = [...all].sort(([a], [b]) => a - b).map(([, each]) => each);
  writeFileSync(path, Buffer.concat([bytes.subarray(0, dataSetOffset), ...sorted]));
}

function plantedElements(own: ReadonlyMap<number, Buffer>, salt: string): Map<number, Buffer> {
  const planted = new Map<number, Buffer>();
  for (const { tag, vr } of Object.values(DICTIONARY)) {
    if (tag < 0x00080000 || tag >= 0x7fe00000 || KEPT.has(tag)) continue;
    if (VALUES[vr] !== undefined) planted.set(tag, element(tag, vr, vr === 'PN' ? VALUES.PN + salt : VALUES[vr]));
    else if (vr === 'SQ' && !own.has(tag)) planted.set(tag, sequence(tag, nestedPerson()));
  }
  planted.set(0x00110010, element(0x00110010, 'LO', VALUES.LO));
  Object.entries(PRIVATE_VALUES).forEach(([vr, value], index) => {
    const tag = 0x00111001 + index;
    planted.set(tag, element(tag, vr, value));
  });
  planted.set(0x00111080, sequence(0x00111080, nestedPerson()));
  return planted;
}

/** Two levels deep. */
function nestedPerson(): Buffer {
  const person = Buffer.concat([
    element(0x00080104, 'LO', VALUES.LO),
    element(0x00100010, 'PN', VALUES.PN),
    element(0x0040a160, 'UT', VALUES.UT),
  ]);
  return Buffer.concat([element(0x00080104, 'LO', VALUES.LO), sequence(0x0040a730, person)]);
}

const LONG_FORM = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);

/** The elements of the outermost level as they are; our own writer's files have defined lengths throughout. */
function elementsOf(dataSet: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = 0; at < dataSet.length;) {
    const isLong = LONG_FORM.has(dataSet.toString('latin1', at + 4, at + 6));
    const length = isLong ? dataSet.readUInt32LE(at + 8) : dataSet.readUInt16LE(at + 6);
    const end = at + (isLong ? 12 : 8) + length;
    found.set(dataSet.readUInt16LE(at) * 65536 + dataSet.readUInt16LE(at + 2), dataSet.subarray(at, end));
    at = end;
  }
  return found;
}
