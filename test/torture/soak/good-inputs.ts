/** What is mutated: twenty sound data sets and twenty sound conversations, all made here, small and of every shape. */
import {
  EXPLICIT_VR_BIG_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  IMPLICIT_VR_LITTLE_ENDIAN,
  splitPart10,
  writeDataSet,
} from '@modelbank/dicom';
import type { DataSet } from '@modelbank/dicom';
import { anthropomorphicPhantom, phantomInstance, phantomSeriesUids } from '@modelbank/phantoms';
import {
  RAW_CT,
  RAW_VERIFICATION,
  rawAssociateRequest,
  rawCommandSet,
  rawData,
  rawEchoRequest,
  rawItem,
  rawPdu,
  rawStoreRequest,
} from '@modelbank/testing';
import {
  EXPLICIT_BE,
  EXPLICIT_LE,
  IMPLICIT_LE,
  UNDEFINED,
  delimiter,
  identity,
  item,
  openSequence,
  raw,
} from '../../../libs/dicom/test-support/raw-bytes';
import { element, sequence, sliceDataSet } from '../../support/ct-slices';
import { largeStructureSet } from '../../support/large-structure-set';

export interface GoodDataSet {
  readonly name: string;
  readonly transferSyntaxUid: string;
  readonly bytes: Buffer;
}

const JPEG_2000 = '1.2.840.10008.1.2.4.90';
const RLE = '1.2.840.10008.1.2.5';

const fragments = (...parts: readonly Buffer[]): Buffer =>
  Buffer.concat([
    raw(0x7fe00010, 'OB', '', EXPLICIT_LE, UNDEFINED),
    ...parts.map((part) => item(part)),
    delimiter(0xfffee0dd),
  ]);

function nested(depth: number, open: boolean): Buffer {
  let inside: Buffer = raw(0x0040a160, 'UT', 'the text at the bottom');
  for (let level = 0; level < depth; level += 1) {
    const one = item(inside, open && level % 2 === 0);
    inside = open ? openSequence(0x0040a730, one) : raw(0x0040a730, 'SQ', one);
  }
  return inside;
}

const REPORT: DataSet = {
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.88.22',
  SOPInstanceUID: '1.2.3.4.5',
  StudyInstanceUID: '1.2.3.4',
  SeriesInstanceUID: '1.2.3.6',
  Modality: 'SR',
  PatientID: 'PHANTOM-S',
};

export function goodDataSets(): GoodDataSet[] {
  const explicit = (name: string, ...parts: readonly Buffer[]): GoodDataSet => ({
    name,
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
    bytes: Buffer.concat(parts),
  });
  const slice = sliceDataSet({ seed: 'soak', k: 0 });
  const header = sliceDataSet({ seed: 'soak', k: 1 }).subarray(0, -(12 + 512));
  return [
    explicit('a CT slice', slice),
    explicit('a CT slice of an anthropomorphic phantom', phantomSlice()),
    explicit('a CT slice with private text', sliceDataSet({ seed: 'soak', k: 2, more: [element(0x00091001, 'LO', 'x'), element(0x00091002, 'UN', 'y')] })),
    explicit('an RTSTRUCT', largeStructureSet(400)),
    explicit('a report header', Buffer.from(writeDataSet(REPORT, 'explicit'))),
    { name: 'the same in implicit VR', transferSyntaxUid: IMPLICIT_VR_LITTLE_ENDIAN, bytes: Buffer.from(writeDataSet(REPORT, 'implicit')) },
    explicit('sequences of stated length', identity(), nested(20, false)),
    explicit('sequences of undefined length', identity(), nested(20, true)),
    explicit('sequences nested 64 deep', identity(), nested(64, true)),
    explicit('an empty sequence and an empty item', identity(), raw(0x00081140, 'SQ', ''), openSequence(0x00082218, item(Buffer.alloc(0), true))),
    explicit('many elements', identity(), ...Array.from({ length: 300 }, (_, index) => raw(0x00211000 + index, 'LO', 'text'))),
    explicit('UN of undefined length', identity(), raw(0x00091001, 'UN', '', EXPLICIT_LE, UNDEFINED), item(raw(0x00091002, '', 'ab', IMPLICIT_LE), true), delimiter(0xfffee0dd)),
    explicit('every VR', identity(), ...EVERY_VR),
    explicit('contours', identity(), sequence(0x30060039, sequence(0x30060040, element(0x30060050, 'DS', '1\\2\\3\\4\\5\\6')))),
    { name: 'implicit VR with private sequences', transferSyntaxUid: IMPLICIT_VR_LITTLE_ENDIAN, bytes: Buffer.concat([identity(IMPLICIT_LE), raw(0x00291010, '', item(raw(0x00291011, '', 'ab', IMPLICIT_LE)), IMPLICIT_LE), raw(0x00291012, '', 'no sequence', IMPLICIT_LE), openSequence(0x00291013, item(Buffer.alloc(0)), IMPLICIT_LE)]) },
    { name: 'implicit VR, plain', transferSyntaxUid: IMPLICIT_VR_LITTLE_ENDIAN, bytes: Buffer.concat([identity(IMPLICIT_LE), raw(0x00280010, '', Buffer.from([16, 0]), IMPLICIT_LE), raw(0x7fe00010, '', Buffer.alloc(512), IMPLICIT_LE)]) },
    { name: 'big endian', transferSyntaxUid: EXPLICIT_VR_BIG_ENDIAN, bytes: Buffer.concat([identity(EXPLICIT_BE), openSequence(0x00081140, item(raw(0x00081155, 'UI', '1.2.3\0', EXPLICIT_BE), true, false), EXPLICIT_BE), raw(0x7fe00010, 'OW', Buffer.alloc(256), EXPLICIT_BE)]) },
    { name: 'JPEG 2000 in fragments', transferSyntaxUid: JPEG_2000, bytes: Buffer.concat([header, fragments(Buffer.alloc(0), Buffer.alloc(400, 7), Buffer.alloc(38, 9))]) },
    { name: 'RLE with an offset table', transferSyntaxUid: RLE, bytes: Buffer.concat([header, fragments(Buffer.alloc(4), Buffer.alloc(200, 3))]) },
    explicit('text of many character sets', identity(), element(0x00080005, 'CS', '\\ISO 2022 IR 87'), element(0x00081030, 'LO', '\x1b$B;3ED\x1b(B')),
  ]; // prettier-ignore
}

const EVERY_VR = [
  ['AE', 'STATION'], ['AS', '042Y'], ['AT', '\0\0\0\0'], ['CS', 'WORD'], ['DA', '20260101'], ['DS', '1.5 '], ['DT', '20260101'], ['FD', '12345678'],
  ['FL', '1234'], ['IS', '42'], ['LO', 'text'], ['LT', 'text'], ['OB', 'bytes!'], ['OD', '12345678'], ['OF', '1234'], ['OL', '1234'], ['OV', '12345678'],
  ['OW', '1234'], ['PN', 'A^B '], ['SH', 'text'], ['SL', '1234'], ['SS', '12'], ['ST', 'text'], ['SV', '12345678'], ['TM', '1200'], ['UC', 'text'],
  ['UI', '1.2\0'], ['UL', '1234'], ['UN', 'text'], ['UR', 'urn:'], ['US', '12'], ['UT', 'text'], ['UV', '12345678'],
].map(([vr, value], index) => raw(0x00211001 + index, vr, value)); // prettier-ignore

function phantomSlice(): Buffer {
  const phantom = anthropomorphicPhantom({ rows: 16, columns: 16, slices: 3, pixelSpacingMm: 25, sliceSpacingMm: 100 });
  const series = {
    ...phantomSeriesUids('soak'),
    patientName: 'Phantom^Soak',
    patientId: 'PHANTOM-S',
    date: '20260101',
    time: '120000',
  };
  const bytes = Buffer.from(phantomInstance(phantom, { ...series, attributes: {} }, 1));
  return bytes.subarray(splitPart10(bytes).dataSetOffset);
}

/** The PDUs that a peer sends in one association, in order. */
export function goodConversations(): Buffer[][] {
  const slice = sliceDataSet({ seed: 'soak', k: 3 });
  const uid = '1.2.3.4.5';
  const store = (dataSet: Buffer, size: number): Buffer[] => {
    const pieces: Buffer[] = [rawData(RAW_CT.id, 3, rawStoreRequest(uid))];
    for (let at = 0; at < dataSet.length; at += size) {
      pieces.push(rawData(RAW_CT.id, at + size >= dataSet.length ? 2 : 0, dataSet.subarray(at, at + size)));
    }
    return pieces;
  };
  const echo = rawData(RAW_VERIFICATION.id, 3, rawEchoRequest(5));
  const release = rawPdu(0x05);
  const command = (field: number) => rawData(RAW_CT.id, 3, rawCommandSet({ 0x0100: field, 0x0110: 1, 0x0800: 0x0101 }));
  const request = (more = {}) => rawAssociateRequest({ maximumLength: 131_072, ...more });
  const manyContexts = Array.from({ length: 60 }, (_, index) => ({ ...RAW_CT, id: 2 * index + 1 }));
  return [
    [request(), echo, release],
    [request(), echo, echo, echo, release],
    [request(), ...store(slice, 16_000), release],
    [request(), ...store(slice, 200), release],
    [request(), ...store(slice, 7), release],
    [request(), ...store(slice, 300), ...store(slice, 300), release],
    [request({ maximumLength: 0 }), echo, release],
    [request({ maximumLength: null }), echo, release],
    [request({ maximumLength: 1_024 }), ...store(slice, 500), release],
    [request({ contexts: manyContexts }), release],
    [request({ userItems: [rawItem(0x58, Buffer.from([1, 0, 0, 3, 97, 98, 99, 0, 0]))] }), echo, release],
    [request({ userItems: [rawItem(0x53, Buffer.from([0, 1, 0, 1]))] }), echo, release],
    [request({ userItems: [rawItem(0x55, 'SOAK_1')] }), echo, release],
    [request({ callingAeTitle: 'ANOTHER' }), echo, release],
    [request(), command(0x0020), release],
    [request(), command(0x0fff), command(0x0fff), echo, release],
    [request(), rawPdu(0x07)],
    [request(), rawData(RAW_CT.id, 3, rawStoreRequest(uid)), rawPdu(0x07)],
    [request(), rawData(RAW_CT.id, 1, rawStoreRequest(uid).subarray(0, 40)), rawData(RAW_CT.id, 3, rawStoreRequest(uid).subarray(40)), ...store(slice, 900).slice(1), release],
    [request(), Buffer.concat([echo, echo, ...store(slice, 4_000), echo, release])],
  ]; // prettier-ignore
}
