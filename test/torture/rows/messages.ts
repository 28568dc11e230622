/** Group B of the bad inputs, messages: command sets that lie and operations that nobody offered (PS3.7). */
import { RAW_CT, rawCommandSet, rawData, rawEchoRequest, rawStoreRequest } from '@modelbank/testing';
import { attackCt } from '../support/attack-ct';
import type { Attacker } from '../support/attacker';
import { peerRefused } from '../support/torture-row';
import type { ExpectedAudit, TortureRow } from '../support/torture-row';

const VIOLATION = peerRefused('protocolViolation');
const OPERATION_REFUSED: ExpectedAudit = { kind: 'peer.refused', code: 'operationRefused' };
const COMMAND_LAST = 0x03;
const DATA_LAST = 0x02;
const NO_DATA_SET = 0x0101;

const command = (elements: Readonly<Record<number, number | string>>, groupLengthError = 0): Buffer =>
  rawData(RAW_CT.id, COMMAND_LAST, rawCommandSet(elements, groupLengthError));
const data = (bytes: number): Buffer => rawData(RAW_CT.id, DATA_LAST, Buffer.alloc(bytes));

const BROKEN: readonly TortureRow[] = (
  [
    ['a group length that is too long', command({ 0x0100: 0x30, 0x0110: 1, 0x0800: NO_DATA_SET }, 2)],
    ['a group length that is too short', command({ 0x0100: 0x30, 0x0110: 1, 0x0800: NO_DATA_SET }, -2)],
    ['no command field', command({ 0x0110: 1, 0x0800: NO_DATA_SET })],
    ['no message id', command({ 0x0100: 0x30, 0x0800: NO_DATA_SET })],
    ['an element cut off', rawData(1, COMMAND_LAST, rawEchoRequest().subarray(0, -3))],
    ['a context that was never proposed', rawData(99, COMMAND_LAST, rawEchoRequest())],
    ['a data set without a command', data(40)],
  ] as const
).map(([title, bytes]) => ({
  id: 'B14',
  title,
  attack: (attacker: Attacker) => attacker.sendAssociated(bytes),
  expected: 'A-ABORT 0/0',
  audit: VIOLATION,
}));

async function oneMegabyte(attacker: Attacker): Promise<string> {
  const peer = await attacker.associate();
  for (let part = 0; part < 10; part += 1) peer.send(rawData(RAW_CT.id, 0x01, Buffer.alloc(100_000)));
  return attacker.reply(peer);
}

/** Sends messages one after the other in one association and releases it. */
async function exchange(attacker: Attacker, messages: readonly (readonly Buffer[])[]): Promise<string[]> {
  const peer = await attacker.associate();
  const answers: string[] = [];
  for (const message of messages) {
    peer.send(...message);
    answers.push(await attacker.reply(peer));
  }
  await attacker.release(peer);
  return answers;
}

const echo = [rawData(1, COMMAND_LAST, rawEchoRequest(9))];

async function reusedMessageId(attacker: Attacker): Promise<string[]> {
  const peer = await attacker.associate();
  const answers: string[] = [];
  for (let k = 0; k < 2; k += 1) {
    const { uid, dataSet } = attackCt();
    answers.push(await attacker.storeOn(peer, dataSet, uid, { messageId: 7 }));
  }
  await attacker.release(peer);
  return answers;
}

const STRANGE: readonly TortureRow[] = [
  { id: 'B14', title: 'a command set of 1 MB', attack: oneMegabyte, expected: 'A-ABORT 0/0', audit: VIOLATION },
  {
    id: 'B14',
    title: 'an unknown command field',
    attack: (attacker) => exchange(attacker, [[command({ 0x0100: 0x0999, 0x0110: 5, 0x0800: NO_DATA_SET })], echo]),
    expected: ['0x0211', '0x0000'],
    audit: OPERATION_REFUSED,
  },
  {
    id: 'B14',
    title: 'no Affected SOP Instance UID',
    attack: (attacker) =>
      exchange(attacker, [
        [command({ 0x0002: RAW_CT.abstractSyntax, 0x0100: 1, 0x0110: 1, 0x0800: 1 }), data(1_000)],
        echo,
      ]),
    expected: ['0x0110', '0x0000'],
    audit: OPERATION_REFUSED,
  },
  {
    id: 'B14',
    title: 'a message id that was used before, its operation being over',
    attack: reusedMessageId,
    expected: ['0x0000', '0x0000'],
    isKept: true,
  },
  {
    id: 'B14',
    title: 'a second request while the data set of the first is due',
    attack: (attacker) =>
      attacker.sendAssociated(
        rawData(RAW_CT.id, COMMAND_LAST, rawStoreRequest('1.2.3', 7)),
        rawData(RAW_CT.id, COMMAND_LAST, rawStoreRequest('1.2.4', 7)),
      ),
    expected: 'A-ABORT 0/0',
    audit: VIOLATION,
  },
  {
    id: 'B14',
    title: '"no data set" with a data set behind it',
    attack: async (attacker) => {
      const peer = await attacker.associate();
      const store = { 0x0002: RAW_CT.abstractSyntax, 0x0100: 1, 0x0110: 1, 0x0800: NO_DATA_SET, 0x1000: '1.2.3' };
      peer.send(command(store));
      const status = await attacker.reply(peer);
      peer.send(data(8));
      return [status, await attacker.reply(peer)];
    },
    expected: ['0x0110', 'A-ABORT 0/0'],
    audit: [OPERATION_REFUSED, VIOLATION],
  },
];

async function cancelFlood(attacker: Attacker): Promise<string> {
  const peer = await attacker.associate();
  const cancel = command({ 0x0100: 0x0fff, 0x0120: 1, 0x0800: NO_DATA_SET });
  peer.send(Buffer.concat(Array.from({ length: 20_000 }, () => cancel)), ...echo);
  const seen = await attacker.reply(peer, 5_000);
  await attacker.release(peer);
  return seen;
}

const NOT_OFFERED: readonly TortureRow[] = [
  {
    id: 'B16',
    title: 'a flood of 20000 C-CANCEL',
    attack: cancelFlood,
    expected: '0x0000',
  },
  ...(
    [
      ['C-FIND', 0x0020],
      ['C-GET', 0x0010],
      ['C-MOVE', 0x0021],
      ['N-ACTION', 0x0130],
    ] as const
  ).map(([operation, field]) => ({
    id: 'B16',
    title: `${operation}, which is not offered`,
    attack: (attacker: Attacker) =>
      exchange(attacker, [[command({ 0x0100: field, 0x0110: 6, 0x0800: 1 }), data(400)], echo]),
    expected: ['0x0122', '0x0000'],
    audit: OPERATION_REFUSED,
  })),
];

export const MESSAGE_ROWS: readonly TortureRow[] = [...BROKEN, ...STRANGE, ...NOT_OFFERED];
