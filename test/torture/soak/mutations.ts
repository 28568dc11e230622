/**
 * Changes that hurt parsers: flipped bits, cuts, lengths that lie, other VRs, nesting where there was none, pieces twice or left
 * out. Where a header lies is found from the bytes, so that most changes hit structure and not pixels. Reproducible: everything
 * comes from the generator.
 */
import { TAGGED_VRS, headerOffsets } from './header-offsets';

export type Random = () => number;

const INTERESTING = [
  0, 1, 2, 3, 7, 8, 0x40, 0x7f, 0x80, 0xff, 0xfffe, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
];
const MOST_CHANGES = 6;

const below = (random: Random, end: number): number => Math.floor(random() * end);
const oneOf = <T>(random: Random, all: readonly T[]): T => all[below(random, all.length)];

type Mutation = (bytes: Buffer, random: Random) => Buffer;

const flipBit: Mutation = (bytes, random) => {
  const at = below(random, bytes.length);
  bytes[at] ^= 1 << below(random, 8);
  return bytes;
};

const setByte: Mutation = (bytes, random) => {
  bytes[below(random, bytes.length)] = below(random, 256);
  return bytes;
};

const cut: Mutation = (bytes, random) => bytes.subarray(0, below(random, bytes.length) + 1);

const cutStart: Mutation = (bytes, random) => bytes.subarray(below(random, Math.min(bytes.length, 64)));

const removePiece: Mutation = (bytes, random) => {
  const [start, end] = pieceOf(bytes, random);
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
};

const repeatPiece: Mutation = (bytes, random) => {
  const [start, end] = pieceOf(bytes, random);
  return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
};

function pieceOf(bytes: Buffer, random: Random): [number, number] {
  const start = below(random, bytes.length);
  return [start, Math.min(bytes.length, start + 1 + below(random, 64))];
}

/** The length of an element, of 16 or 32 bits, at its place or a byte beside it. */
const lieAboutLength: Mutation = (bytes, random) => {
  const at = headerOf(bytes, random) + oneOf(random, [4, 6, 8]);
  const value = random() < 0.7 ? oneOf(random, INTERESTING) : below(random, bytes.length * 2);
  const size = oneOf(random, [2, 4] as const);
  if (at + size > bytes.length) return bytes;
  if (random() < 0.9) bytes.writeUIntLE(value % 2 ** (8 * size), at, size);
  else bytes.writeUIntBE(value % 2 ** (8 * size), at, size);
  return bytes;
};

const swapVr: Mutation = (bytes, random) => {
  const at = headerOf(bytes, random) + 4;
  if (at + 2 <= bytes.length) bytes.write(random() < 0.9 ? oneOf(random, TAGGED_VRS) : 'ZZ', at, 'latin1');
  return bytes;
};

const changeTag: Mutation = (bytes, random) => {
  const at = headerOf(bytes, random);
  const tag = oneOf(
    random,
    [0xfffee000, 0xfffee00d, 0xfffee0dd, 0x7fe00010, 0x00020010, 0x00080018, 0x0040a730, 0xffffffff, 0, 0x30060050],
  );
  if (at + 4 > bytes.length) return bytes;
  bytes.writeUInt16LE(tag >>> 16, at);
  bytes.writeUInt16LE(tag & 0xffff, at + 2);
  return bytes;
};

const OPENING = Buffer.from('400030a7535100 00ffffffff feff00e0ffffffff'.replaceAll(' ', ''), 'hex');

/** Sequences that are opened where an element stood, few or many, closed or not. */
const nest: Mutation = (bytes, random) => {
  const at = headerOf(bytes, random);
  const depth = oneOf(random, [1, 2, 63, 64, 65, 500]);
  const opened = Buffer.concat([bytes.subarray(0, at), ...Array.from({ length: depth }, () => OPENING)]);
  return Buffer.concat([opened, bytes.subarray(at)]);
};

function headerOf(bytes: Buffer, random: Random): number {
  const offsets = headerOffsets(bytes);
  return offsets.length === 0 || random() < 0.05 ? below(random, bytes.length) : oneOf(random, offsets);
}

const DATA_SET_MUTATIONS: readonly Mutation[] = [
  flipBit, setByte, cut, cutStart, removePiece, repeatPiece,
  lieAboutLength, lieAboutLength, lieAboutLength, swapVr, swapVr, changeTag, nest,
]; // prettier-ignore

/** One to six changes of a data set; the good one stays as it is. */
export function mutateDataSet(good: Buffer, random: Random): Buffer {
  return changed(good, random, DATA_SET_MUTATIONS);
}

/** Type and length of a PDU, length and header of its first item. */
const pduHeader: Mutation = (bytes, random) => {
  const at = below(random, Math.min(bytes.length, 12));
  if (random() < 0.5 || at + 4 > bytes.length) bytes[at] = oneOf(random, [0, 1, 2, 3, 4, 5, 6, 7, 8, 0x40, 0xff]);
  else bytes.writeUInt32BE(oneOf(random, INTERESTING), at);
  return bytes;
};

const PDU_MUTATIONS: readonly Mutation[] = [
  pduHeader, pduHeader, pduHeader, flipBit, setByte, setByte, cut, removePiece, repeatPiece, lieAboutLength,
]; // prettier-ignore

/** Changes PDUs of a conversation, leaves some out, sends some twice or in another order. */
export function mutateConversation(good: readonly Buffer[], random: Random): Buffer[] {
  const pdus = good.map((pdu) => (random() < 0.5 ? pdu : changed(pdu, random, PDU_MUTATIONS)));
  const roll = random();
  if (roll < 0.1) pdus.splice(below(random, pdus.length), 1);
  else if (roll < 0.2) pdus.splice(below(random, pdus.length), 0, oneOf(random, pdus));
  else if (roll < 0.3) pdus.sort(() => random() - 0.5);
  return pdus;
}

function changed(good: Buffer, random: Random, mutations: readonly Mutation[]): Buffer {
  let bytes: Buffer = Buffer.from(good);
  const changes = 1 + below(random, MOST_CHANGES);
  for (let change = 0; change < changes && bytes.length > 0; change += 1)
    bytes = oneOf(random, mutations)(bytes, random);
  return bytes;
}
