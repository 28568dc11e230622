/**
 * Group B of the bad inputs, time: peers that are slow, silent, gone, or too many. Before an association the ARTIM timer closes
 * the connection without a word (PS3.8 section 9.1.5), inside one our own limits abort it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { RAW_CT, RawPeer, rawData, rawEchoRequest, rawPdu, rawStoreRequest } from '@modelbank/testing';
import { attackCt } from '../support/attack-ct';
import type { Attacker } from '../support/attacker';
import { peerRefused } from '../support/torture-row';
import type { TortureRow } from '../support/torture-row';

const TIMED_OUT = peerRefused('timeout');
const LOST = { kind: 'association.lost', code: 'dropped' };
/** The suite's limits are 2 s, and the watchdog looks twice a second. */
const ENDED_WITHIN_MS = 5_000;
const command = (uid: string) => rawData(RAW_CT.id, 0x03, rawStoreRequest(uid));
const piece = (bytes: Buffer, last = false) => rawData(RAW_CT.id, last ? 0x02 : 0x00, bytes);

/** One byte at a time until the hub has had enough. */
async function dribbled(attacker: Attacker, peer: RawPeer, bytes: Buffer): Promise<string> {
  const dribble = peer.dribble(bytes, 250);
  const seen = await attacker.reply(peer, ENDED_WITHIN_MS);
  peer.close();
  await dribble;
  return seen;
}

const SLOW: readonly TortureRow[] = [
  {
    id: 'B11',
    title: 'an association request one byte at a time',
    attack: async (attacker) => dribbled(attacker, await attacker.connect(), attacker.request()),
    expected: 'closed',
    audit: TIMED_OUT,
  },
  {
    id: 'B11',
    title: 'a connection on which nothing is said',
    attack: async (attacker) => attacker.reply(await attacker.connect(), ENDED_WITHIN_MS),
    expected: 'closed',
    audit: TIMED_OUT,
  },
  {
    id: 'B11',
    title: 'the body of a P-DATA-TF one byte at a time',
    attack: async (attacker) => {
      const { uid, dataSet } = attackCt();
      const peer = await attacker.associate();
      peer.send(command(uid));
      return dribbled(attacker, peer, piece(dataSet, true));
    },
    expected: 'A-ABORT 2/0',
    audit: peerRefused('rate'),
  },
  {
    id: 'B11',
    title: 'the header of a P-DATA-TF, then silence',
    attack: async (attacker) => {
      const peer = await attacker.associate();
      peer.send(rawPdu(0x04, Buffer.alloc(0), 60_000));
      return attacker.reply(peer, ENDED_WITHIN_MS);
    },
    expected: 'A-ABORT 2/0',
    audit: TIMED_OUT,
  },
  {
    id: 'B11',
    title: 'half an object, then silence',
    attack: async (attacker) => {
      const { uid, dataSet } = attackCt();
      const peer = await attacker.associate();
      peer.send(command(uid), piece(dataSet.subarray(0, 400)));
      return attacker.reply(peer, ENDED_WITHIN_MS);
    },
    expected: 'A-ABORT 2/0',
    audit: TIMED_OUT,
  },
  {
    id: 'B11',
    title: 'an association on which nothing is done',
    attack: async (attacker) => attacker.reply(await attacker.associate(), ENDED_WITHIN_MS),
    expected: 'A-ABORT 2/0',
    audit: TIMED_OUT,
  },
];

/** As many as a hostile peer opens at once in the suite; `npm run soak` opens more. */
const MANY = Number(process.env.MODELBANK_TORTURE_ASSOCIATIONS ?? 200);
const AT_ONCE = 25;

/** Opens associations and keeps those that are accepted alive; counts what they were answered. */
async function openMany(attacker: Attacker): Promise<string[]> {
  const answers = new Map<string, number>();
  const kept: RawPeer[] = [];
  const alive = setInterval(() => kept.forEach((peer) => peer.send(rawData(1, 0x03, rawEchoRequest()))), 500);
  for (let opened = 0; opened < MANY; opened += AT_ONCE) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        const peer = await attacker.connect();
        peer.send(attacker.request());
        const answer = await attacker.reply(peer, ENDED_WITHIN_MS);
        answers.set(answer, (answers.get(answer) ?? 0) + 1);
        if (answer === 'A-ASSOCIATE-AC') kept.push(peer);
        else peer.close();
      }),
    );
  }
  clearInterval(alive);
  await Promise.all(kept.map((peer) => attacker.release(peer)));
  return [...answers].map(([answer, count]) => `${count} x ${answer}`).sort();
}

async function openAndAbort(attacker: Attacker): Promise<string> {
  for (let cycle = 0; cycle < MANY; cycle += 1) {
    const peer = await attacker.associate();
    peer.send(rawPdu(0x07));
    await peer.closed();
  }
  return `${MANY} cycles`;
}

const FLOODS: readonly TortureRow[] = [
  {
    id: 'B12',
    title: `${MANY} associations that are opened and kept`,
    attack: openMany,
    expected: [`${MANY - 8} x A-ASSOCIATE-RJ 2/3/2`, '8 x A-ASSOCIATE-AC'],
    audit: peerRefused('limit'),
    withinMs: 60_000,
  },
  {
    id: 'B12',
    title: `${MANY} associations that are opened and aborted`,
    attack: openAndAbort,
    expected: `${MANY} cycles`,
    audit: LOST,
    withinMs: 60_000,
  },
];

/** Sends, waits until it has arrived, and resets the connection. */
function resetAfter(...bytes: readonly Buffer[]) {
  return async (attacker: Attacker): Promise<string> => {
    const { peer, reset } = await attacker.connectThroughWire();
    peer.send(attacker.request());
    await attacker.reply(peer);
    peer.send(...bytes);
    await delay(60);
    reset();
    return 'reset';
  };
}

const cut = attackCt();

async function resetBeforeResponse(attacker: Attacker): Promise<string[]> {
  const { uid, dataSet } = attackCt([], 512);
  const { peer, reset } = await attacker.connectThroughWire();
  peer.send(attacker.request());
  await attacker.reply(peer);
  peer.send(command(uid));
  await attacker.sendDataSet(peer, dataSet);
  await new Promise<void>((resolve) => peer.socket.write('', () => resolve()));
  reset();
  await delay(300);
  const again = await attacker.store(dataSet, uid);
  const rows = attacker.place.records.rows(`SELECT id FROM instance WHERE sopInstanceUid = '${uid}'`);
  return [again, `${rows.length} row`];
}

const GONE: readonly TortureRow[] = [
  ...(
    [
      ['after the acceptance', []],
      ['inside a command', [command(cut.uid).subarray(0, 30)]],
      ['after the command', [command(cut.uid)]],
      ['inside the data set', [command(cut.uid), piece(cut.dataSet.subarray(0, 300))]],
      ['inside a PDU of the data set', [command(cut.uid), piece(cut.dataSet).subarray(0, 300)]],
    ] as const
  ).map(([when, bytes]) => ({
    id: 'B13',
    title: `RST ${when}`,
    attack: resetAfter(...bytes),
    expected: 'reset',
    audit: LOST,
  })),
  {
    id: 'B13',
    title: 'RST after the last PDV, before the answer: sending again is safe',
    attack: resetBeforeResponse,
    expected: ['0x0000', '1 row'],
    audit: LOST,
    isKept: true,
  },
  {
    id: 'B13',
    title: 'a release inside an object',
    attack: async (attacker) => {
      const peer = await attacker.associate();
      peer.send(command(cut.uid), piece(cut.dataSet.subarray(0, 300)), rawPdu(0x05));
      return attacker.reply(peer);
    },
    expected: 'A-RELEASE-RP',
    audit: LOST,
  },
];

export const SLOW_PEER_ROWS: readonly TortureRow[] = [...SLOW, ...FLOODS, ...GONE];
